/**
 * X.509 as browsers want it (RFC 5280; CA/Browser Forum Baseline Requirements 7.1): an authority of ECDSA P-256, random 127-bit
 * serials, names in subjectAltName, key identifiers that chain. Which names, which keys and how long is decided in local-ca.ts.
 */
// @peculiar/x509 finds its algorithms by metadata and does not load without this.
import 'reflect-metadata';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeyAlgorithm } from '../../model/certificate.ts';
import type { Instant } from '../../model/units.ts';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

export type Certificate = X509Certificate;

export interface Validity {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

export interface KeyedCertificate {
  readonly certificate: Certificate;
  readonly privateKey: CryptoKey;
}

export async function signAuthority(name: string, validity: Validity): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name,
    ...dates(validity),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      // No intermediate authorities below this one.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

/** A server certificate for `names`: DNS names, wildcards or IP addresses. The first is also the common name where it fits. */
export async function signLeaf(
  authority: KeyedCertificate,
  names: readonly [string, ...string[]],
  validity: Validity,
  keyAlgorithm: KeyAlgorithm = 'EC_prime256v1',
): Promise<KeyedCertificate> {
  const keys = await generateKeys(keyAlgorithm);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    // A common name holds 64 characters at most; the names that count are the alternative ones.
    subject: names[0].length <= 64 ? `CN=${names[0]}` : 'CN=Warmfront',
    issuer: authority.certificate.subject,
    ...dates(validity),
    signingAlgorithm: SIGNATURE,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      // RFC 5246 7.4.2: TLS 1.2 may use an RSA key either way.
      keyAlgorithm.startsWith('RSA')
        ? new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true)
        : new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
      await AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

const CURVES: Readonly<Partial<Record<KeyAlgorithm, string>>> = {
  EC_prime256v1: 'P-256',
  EC_secp384r1: 'P-384',
  EC_secp521r1: 'P-521',
};

function generateKeys(algorithm: KeyAlgorithm): Promise<CryptoKeyPair> {
  const namedCurve = CURVES[algorithm];
  if (namedCurve !== undefined) return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
  const modulusLength = Number(algorithm.slice('RSA_'.length));
  const publicExponent = Uint8Array.of(1, 0, 1);
  return crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent, hash: 'SHA-256' }, true, [
    'sign',
    'verify',
  ]);
}

/** A private key for a certificate that somebody else will sign, PKCS #8. */
export async function generateKeyPem(algorithm: KeyAlgorithm): Promise<string> {
  return privateKeyToPem((await generateKeys(algorithm)).privateKey);
}

/** Throws on anything but a certificate. */
export function parseCertificate(pem: string): Certificate {
  return new X509Certificate(pem);
}

export async function privateKeyToPem(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

export function privateKeyFromPem(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), KEY, true, ['sign']);
}

/** Whether the key signs what the certificate's public key verifies. */
export async function belongTogether({ certificate, privateKey }: KeyedCertificate): Promise<boolean> {
  const probe = new TextEncoder().encode('warmfront');
  const publicKey = await crypto.subtle.importKey('spki', certificate.publicKey.rawData, KEY, false, ['verify']);
  return crypto.subtle.verify(SIGNATURE, publicKey, await crypto.subtle.sign(SIGNATURE, privateKey, probe), probe);
}

/** CA/Browser Forum 7.1: at least 64 random bits. 16 octets, the first below 0x80 (positive) and not 0. */
function randomSerial(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[0] = (octets[0]! & 0x3f) | 0x40;
  return octets.toHex();
}

function dates({ notBefore, notAfter }: Validity): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}
