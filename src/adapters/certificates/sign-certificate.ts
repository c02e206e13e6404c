/**
 * X.509 as browsers want it (RFC 5280; CA/Browser Forum Baseline Requirements 7.1): ECDSA P-256, random 127-bit serials, names in
 * subjectAltName, key identifiers that chain. Which names and how long is decided in local-ca.ts.
 */
// @peculiar/x509 finds its algorithms by metadata and does not load without this; so it is imported here and nowhere else.
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

/** A server certificate for `host`: a DNS name, a wildcard or an IP address. */
export async function signLeaf(authority: KeyedCertificate, host: string, validity: Validity): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    // A common name holds 64 characters at most; the name that counts is the alternative one.
    subject: host.length <= 64 ? `CN=${host}` : 'CN=Warmfront',
    issuer: authority.certificate.subject,
    ...dates(validity),
    signingAlgorithm: SIGNATURE,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }]),
      await AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
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
