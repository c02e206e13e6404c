/**
 * The local certificate authority: HTTPS for any configured host with no certificate bought. A person trusts `<data>/ca.pem` once;
 * every host then gets a leaf certificate signed by it, kept under `<data>/certificates/` and renewed before it expires.
 * Ours throughout: CloudFront takes certificates from ACM or its own `*.cloudfront.net` one (facts 10.4).
 *
 *   <data>/ca.pem  <data>/ca-key.pem (0600)  <data>/certificates/<host>.pem: key, then certificate (0600); `*` is written `_`
 */
import { join } from 'node:path';
import { IssuanceFailure, type CertificateAuthority } from '../../edge/certificate-ports.ts';
import type { ServerCertificate } from '../../edge/certificate-ports.ts';
import type { Clock } from '../../edge/ports.ts';
import { DAY, HOUR, type Duration } from '../../model/units.ts';
import { CertificateFileError, readText, writeText } from './certificate-files.ts';
import {
  belongTogether,
  parseCertificate,
  privateKeyFromPem,
  privateKeyToPem,
  signAuthority,
  signLeaf,
  type Certificate,
  type KeyedCertificate,
  type Validity,
} from './sign-certificate.ts';

export interface LocalCa {
  /** The authority's certificate, PEM. */
  readonly certificate: string;
  /** Where it lies, for people and for CURL_CA_BUNDLE. */
  readonly path: string;
  /** One certificate for each host, in order, without repetitions; `*.` hosts are wildcards, IP addresses are allowed. */
  certificatesFor(hosts: readonly string[]): Promise<readonly ServerCertificate[]>;
  /** Issues what ACM is asked for, at once and for any name. */
  readonly authority: CertificateAuthority;
}

const AUTHORITY_NAME = 'CN=Warmfront local CA, O=Warmfront';
const AUTHORITY_LIFETIME: Duration = 10 * 365 * DAY;
/** Browsers refuse leaves that last longer than 398 days; Apple's, even private ones above 825. */
const LEAF_LIFETIME: Duration = 397 * DAY;
/** ACM: thirteen months. */
const ISSUED_LIFETIME: Duration = 395 * DAY;
/** Ours: a certificate with less than this left is made anew, so that no run of usual length sees one expire. */
const RENEW_BEFORE: Duration = 60 * DAY;
/** Viewers' clocks differ. */
const BACKDATED: Duration = HOUR;

const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;

/** Opens the authority kept under `data`, or makes it when neither of its files is there. Rejects with CertificateFileError. */
export async function openLocalCa(data: string, clock: Pick<Clock, 'now'>): Promise<LocalCa> {
  const path = join(data, 'ca.pem');
  const authority = await openAuthority(path, join(data, 'ca-key.pem'), clock);
  const folder = join(data, 'certificates');
  const known = new Map<string, Promise<ServerCertificate>>();

  function certificateFor(host: string): Promise<ServerCertificate> {
    const made = (known.get(host) ?? Promise.resolve(undefined)).then(async (held) =>
      held !== undefined && isCurrent(parseCertificate(held.cert), clock) ? held : openLeaf(folder, host, authority, clock),
    );
    known.set(host, made);
    // A disk that was full may be mended: the next call tries again.
    made.catch(() => known.delete(host));
    return made;
  }

  return {
    certificate: pemOf(authority.certificate),
    path,
    certificatesFor: (hosts) => Promise.all([...new Set(hosts.map((host) => host.toLowerCase()))].map(certificateFor)),
    authority: {
      name: 'local CA',
      isLocal: true,
      refuses: () => undefined,
      async issue({ names: [first, ...others], keyAlgorithm }) {
        if (first === undefined) throw new IssuanceFailure('a certificate needs a name', true);
        const { certificate, privateKey } = await signLeaf(
          authority,
          [first, ...others],
          validityFrom(clock, authority, ISSUED_LIFETIME),
          keyAlgorithm,
        );
        return { certificate: pemOf(certificate), chain: pemOf(authority.certificate), key: await privateKeyToPem(privateKey) };
      },
      async abandon() {},
      async sweep() {},
    },
  };
}

async function openAuthority(path: string, keyPath: string, clock: Pick<Clock, 'now'>): Promise<KeyedCertificate> {
  const remedy = `restore it, or delete ${path} and ${keyPath} to have a new authority made (which must then be trusted anew)`;
  const [pem, keyPem] = await Promise.all([readText(path, remedy), readText(keyPath, remedy)]);
  if (pem === undefined && keyPem === undefined) return makeAuthority(path, keyPath, clock);
  if (pem === undefined) throw new CertificateFileError(path, 'is missing, though its key is there', remedy);
  if (keyPem === undefined) throw new CertificateFileError(keyPath, 'is missing, though its certificate is there', remedy);
  const certificate = await parsed(path, 'certificate', remedy, () => parseCertificate(pem));
  const privateKey = await parsed(keyPath, 'P-256 private key', remedy, () => privateKeyFromPem(keyPem));
  const authority = { certificate, privateKey };
  if (!(await parsed(path, 'P-256 certificate', remedy, () => belongTogether(authority)))) {
    throw new CertificateFileError(keyPath, `is not the key of ${path}`, remedy);
  }
  if (certificate.notAfter.getTime() <= clock.now()) {
    throw new CertificateFileError(path, `expired on ${certificate.notAfter.toISOString()}`, remedy);
  }
  return authority;
}

async function makeAuthority(path: string, keyPath: string, clock: Pick<Clock, 'now'>): Promise<KeyedCertificate> {
  const remedy = 'make the data directory writable, or choose another with --data';
  const now = clock.now();
  const authority = await signAuthority(AUTHORITY_NAME, { notBefore: now - BACKDATED, notAfter: now + AUTHORITY_LIFETIME });
  // The key first: a certificate that is there was issued by a key that is there.
  await writeText(keyPath, await privateKeyToPem(authority.privateKey), KEY_MODE, remedy);
  await writeText(path, pemOf(authority.certificate), CERTIFICATE_MODE, remedy);
  return authority;
}

/** The leaf kept on disk while it serves; else a new one. */
async function openLeaf(
  folder: string,
  host: string,
  authority: KeyedCertificate,
  clock: Pick<Clock, 'now'>,
): Promise<ServerCertificate> {
  const path = join(folder, `${fileNameOf(host)}.pem`);
  const remedy = 'make it readable and writable for this user, or delete it to have it made anew';
  const text = await readText(path, remedy);
  if (text !== undefined) {
    const kept = await parsed(path, 'private key and certificate', remedy, () => splitLeaf(host, text));
    const certificate = await parsed(path, 'certificate', remedy, () => parseCertificate(kept.cert));
    if (
      isCurrent(certificate, clock) &&
      (await certificate.verify({ publicKey: authority.certificate.publicKey, signatureOnly: true }))
    ) {
      return kept;
    }
  }
  const leaf = await signLeaf(authority, [host], validityFrom(clock, authority, LEAF_LIFETIME));
  const made = { serverName: host, cert: pemOf(leaf.certificate), key: await privateKeyToPem(leaf.privateKey) };
  await writeText(path, `${made.key}${made.cert}`, KEY_MODE, remedy);
  return made;
}

/** Nothing that the authority signs outlives it. */
function validityFrom(clock: Pick<Clock, 'now'>, { certificate }: KeyedCertificate, lifetime: Duration): Validity {
  const now = clock.now();
  return { notBefore: now - BACKDATED, notAfter: Math.min(now + lifetime, certificate.notAfter.getTime()) };
}

/** Throws unless the text is a key that belongs to a certificate. */
async function splitLeaf(host: string, text: string): Promise<ServerCertificate> {
  const at = text.indexOf('-----BEGIN CERTIFICATE-----');
  if (at <= 0) throw new Error('no certificate after the key');
  const kept = { serverName: host, key: text.slice(0, at), cert: text.slice(at) };
  const pair = { certificate: parseCertificate(kept.cert), privateKey: await privateKeyFromPem(kept.key) };
  if (!(await belongTogether(pair))) throw new Error('the key is not the certificate’s');
  return kept;
}

function isCurrent(certificate: Certificate, clock: Pick<Clock, 'now'>): boolean {
  return certificate.notBefore.getTime() <= clock.now() && clock.now() + RENEW_BEFORE < certificate.notAfter.getTime();
}

async function parsed<T>(path: string, what: string, remedy: string, parse: () => T | Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    throw new CertificateFileError(path, `is no valid ${what}`, remedy, { cause: error });
  }
}

function pemOf(certificate: Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** `*` and `:` do not go into file names everywhere; `_` is in no host name that CloudFront takes. */
function fileNameOf(host: string): string {
  if (!/^[a-z0-9*.:_-]{1,253}$/.test(host)) throw new Error(`"${host}" is no host name a certificate can carry`);
  return host.replaceAll('*', '_').replaceAll(':', '-');
}
