/**
 * May this certificate be imported? ACM user guide, "Prerequisites for importing certificates" and "Reimporting a certificate":
 * PEM, one certificate, an unencrypted key that is its, a supported algorithm, valid now, and a chain in order. Sizes are the
 * model's constraints and were checked before. The first fault found is the answer; it says what is wrong and where.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { CertificateMaterial } from '../../../edge/certificate-ports.ts';
import type { Instant } from '../../../model/units.ts';
import { pemBlocks } from '../../../model/pem-blocks.ts';
import { ApiError } from '../wire/types.ts';
import { keyAlgorithmOf, readCertificate, type CertificateFacts } from './read-certificate.ts';
import { sentence } from '../../../model/sentence.ts';
import { errorCode } from '../../../model/error-code.ts';

export interface GivenCertificate {
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
  readonly chain: Uint8Array | undefined;
}

export interface CheckedCertificate {
  readonly material: CertificateMaterial;
  readonly facts: CertificateFacts;
}

/** Ours: viewers give up on longer ones (OpenSSL's own limit is 100, that of most others 10). */
const LONGEST_CHAIN = 10;

/** Throws ValidationException. */
export function checkImport(given: GivenCertificate, now: Instant): CheckedCertificate {
  const blocks = certificateBlocks(given.certificate, 'The certificate');
  if (blocks.length > 1) {
    throw invalid(
      'The certificate field contains more than one certificate. You must specify only one certificate in this field; the others belong into the certificate chain.',
    );
  }
  const [certificate] = parseAll(blocks, 'The certificate') as [X509Certificate];
  const key = readKey(given.key);
  const keyAlgorithm = keyAlgorithmOf(certificate.publicKey);
  if (keyAlgorithm === undefined || keyAlgorithmOf(key) === undefined) {
    throw invalid(
      'The private key is not supported. Use RSA with 1024, 2048, 3072 or 4096 bits, or ECDSA on prime256v1, secp384r1 or secp521r1.',
    );
  }
  if (!certificate.checkPrivateKey(key)) throw invalid('The private key does not match the public key of the certificate.');
  checkDates(certificate, 'The certificate', now);
  const chain = given.chain === undefined ? [] : certificateBlocks(given.chain, 'The certificate chain');
  checkChain(certificate, parseAll(chain, 'The certificate chain'), now);
  return {
    material: {
      certificate: blocks[0]!,
      chain: chain.join(''),
      key: key.export({ type: 'pkcs8', format: 'pem' }),
    },
    facts: readFacts(certificate, keyAlgorithm),
  };
}

/** What an authority of ours has issued; it needs no judgement. */
export function factsOf(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  const keyAlgorithm = keyAlgorithmOf(certificate.publicKey);
  if (keyAlgorithm === undefined) throw new Error('the authority issued a certificate for another kind of key');
  return readCertificate(certificate, keyAlgorithm);
}

/** ACM: what a new certificate under the same ARN may not change. Throws ValidationException. */
export function checkReplacement(facts: CertificateFacts, current: CertificateFacts): void {
  if (facts.keyAlgorithm !== current.keyAlgorithm) {
    throw invalid(
      `The key algorithm of a reimported certificate must not change: it is ${current.keyAlgorithm}, not ${facts.keyAlgorithm}. Import it as a new certificate.`,
    );
  }
  if (current.names.length > 0 && facts.names.length === 0) {
    throw invalid('A reimported certificate must name at least one domain, as the certificate does that it replaces.');
  }
  for (const [what, had, has] of [
    ['Key Usage', current.keyUsages, facts.keyUsages],
    ['Extended Key Usage', current.extendedKeyUsages, facts.extendedKeyUsages],
  ] as const) {
    if (had.length > 0 && has.length === 0) {
      throw invalid(`A reimported certificate must have ${what}, as the certificate has that it replaces.`);
    }
  }
}

function readFacts(certificate: X509Certificate, keyAlgorithm: CertificateFacts['keyAlgorithm']): CertificateFacts {
  try {
    return readCertificate(certificate, keyAlgorithm);
  } catch (error) {
    throw invalid(`The certificate has an extension that cannot be read: ${sentence(error)}.`);
  }
}

function certificateBlocks(given: Uint8Array, what: string): readonly string[] {
  const text = new TextDecoder().decode(given);
  const blocks = pemBlocks(text);
  const isPure = blocks.length > 0 && blocks.every((block) => block.startsWith('-----BEGIN CERTIFICATE-----'));
  if (!isPure)
    throw invalid(`${what} is not PEM-encoded or is not valid: it must be -----BEGIN CERTIFICATE----- blocks and no others.`);
  return blocks;
}

function parseAll(blocks: readonly string[], what: string): readonly X509Certificate[] {
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw invalid(`${what} is not PEM-encoded or is not valid${index === 0 ? '' : ` (certificate ${index + 1})`}.`);
    }
  });
}

function readKey(given: Uint8Array): KeyObject {
  try {
    return createPrivateKey(new TextDecoder().decode(given));
  } catch (error) {
    if (errorCode(error) === 'ERR_MISSING_PASSPHRASE')
      throw invalid('The private key is encrypted. It must not be protected by a password or passphrase.');
    throw invalid('The private key is not PEM-encoded or is not valid.');
  }
}

function checkDates(certificate: X509Certificate, what: string, now: Instant): void {
  const [notBefore, notAfter] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (notAfter.getTime() <= now) throw invalid(`${what} has expired: it was valid until ${notAfter.toISOString()}.`);
  if (notBefore.getTime() > now) throw invalid(`${what} is not valid yet: it is valid from ${notBefore.toISOString()}.`);
}

/** ACM: the chain begins with who certifies the certificate, and each one certifies the one before; the root may be left out. */
function checkChain(certificate: X509Certificate, chain: readonly X509Certificate[], now: Instant): void {
  if (chain.length === 0) {
    if (certificate.verify(certificate.publicKey)) return;
    throw invalid(
      'Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.',
    );
  }
  if (chain.length > LONGEST_CHAIN) throw invalid(`The certificate chain holds more than ${LONGEST_CHAIN} certificates.`);
  let below = certificate;
  for (const [index, authority] of chain.entries()) {
    const what = `Certificate ${index + 1} of the certificate chain`;
    if (!isCertifiedBy(below, authority)) {
      const before = index === 0 ? 'the certificate' : 'the one before it';
      throw invalid(
        `Could not validate the certificate with the certificate chain. ${what} (${nameOf(authority)}) does not certify ${before} (${nameOf(below)}): the chain must be in order and must not hold the certificate itself.`,
      );
    }
    checkDates(authority, what, now);
    below = authority;
  }
}

function isCertifiedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return authority.ca && certificate.issuer === authority.subject && certificate.verify(authority.publicKey);
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll('\n', ', ');
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationException', message, 400);
}
