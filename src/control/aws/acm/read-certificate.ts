/**
 * What an X.509 certificate says, in ACM's words (ACM API reference, CertificateDetail). RFC 5280. Whether it may be imported is
 * judged in check-import.ts.
 */
// @peculiar/x509 finds its algorithms by metadata and does not load without this.
import 'reflect-metadata';
import type * as Sdk from '@aws-sdk/client-acm';
import {
  ExtendedKeyUsageExtension,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate as ParsedCertificate,
} from '@peculiar/x509';
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { KeyAlgorithm } from '../../../model/certificate.ts';
import type { Instant } from '../../../model/units.ts';

export interface CertificateFacts {
  /** The common name, else the first alternative name; '' when it names no host. */
  readonly domainName: string;
  /** DNS names, lower case. */
  readonly names: readonly string[];
  readonly serial: string;
  readonly subject: string;
  /** The organisation that issued it, else its common name. */
  readonly issuer: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly keyAlgorithm: KeyAlgorithm;
  readonly signatureAlgorithm: string;
  readonly keyUsages: readonly Sdk.KeyUsageName[];
  readonly extendedKeyUsages: readonly { readonly name: Sdk.ExtendedKeyUsageName; readonly oid: string }[];
}

/** Throws when an extension cannot be read. `keyAlgorithm` is that of its public key. */
export function readCertificate(certificate: X509Certificate, keyAlgorithm: KeyAlgorithm): CertificateFacts {
  const parsed = new ParsedCertificate(certificate.raw);
  const [commonName = ''] = parsed.subjectName.getField('CN');
  const alternative = parsed.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  const dnsNames = alternative.flatMap(({ type, value }) => (type === 'dns' ? [value.toLowerCase()] : []));
  const isHost = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(commonName);
  // RFC 6125 6.4.4: the common name counts where there is no alternative one.
  const names = dnsNames.length > 0 || !isHost ? dnsNames : [commonName.toLowerCase()];
  return {
    domainName: isHost ? commonName.toLowerCase() : (names[0] ?? ''),
    names: [...new Set(names)],
    serial: serialOf(certificate),
    subject: parsed.subject,
    issuer: parsed.issuerName.getField('O')[0] ?? parsed.issuerName.getField('CN')[0] ?? parsed.issuer,
    notBefore: parsed.notBefore.getTime(),
    notAfter: parsed.notAfter.getTime(),
    keyAlgorithm,
    signatureAlgorithm: signatureName(parsed.signatureAlgorithm),
    keyUsages: keyUsagesOf(parsed),
    extendedKeyUsages: (parsed.getExtension(ExtendedKeyUsageExtension)?.usages ?? []).map((usage) => ({
      name: EXTENDED_KEY_USAGES[String(usage)] ?? 'CUSTOM',
      oid: String(usage),
    })),
  };
}

const RSA_SIZES: ReadonlySet<number> = new Set([1024, 2048, 3072, 4096]);
const CURVES: Readonly<Record<string, KeyAlgorithm>> = {
  prime256v1: 'EC_prime256v1',
  secp384r1: 'EC_secp384r1',
  secp521r1: 'EC_secp521r1',
};

/** ACM: RSA of 1024, 2048, 3072 and 4096 bits, ECDSA on three curves. Undefined for any other key. */
export function keyAlgorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyAlgorithm | undefined {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa' && RSA_SIZES.has(modulusLength)) return `RSA_${modulusLength}` as KeyAlgorithm;
  return asymmetricKeyType === 'ec' && Object.hasOwn(CURVES, namedCurve) ? CURVES[namedCurve] : undefined;
}

/** `0a:1b:...` */
function serialOf({ serialNumber }: X509Certificate): string {
  const hex = serialNumber.toLowerCase();
  return (hex.length % 2 === 0 ? hex : `0${hex}`).replaceAll(/..(?=.)/g, '$&:');
}

/** `SHA256WITHRSA` */
function signatureName(algorithm: ParsedCertificate['signatureAlgorithm']): string {
  const { name, hash } = algorithm as { readonly name: string; readonly hash?: { readonly name: string } };
  const family = name === 'RSASSA-PKCS1-v1_5' ? 'RSA' : name.toUpperCase();
  return hash === undefined ? family : `${hash.name.replace('-', '')}WITH${family}`;
}

/** RFC 5280 4.2.1.3: the order of the bits. */
const KEY_USAGES: readonly Sdk.KeyUsageName[] = [
  'DIGITAL_SIGNATURE',
  'NON_REPUDIATION',
  'KEY_ENCIPHERMENT',
  'DATA_ENCIPHERMENT',
  'KEY_AGREEMENT',
  'CERTIFICATE_SIGNING',
  'CRL_SIGNING',
  'ENCIPHER_ONLY',
  'DECIPHER_ONLY',
];

function keyUsagesOf(parsed: ParsedCertificate): readonly Sdk.KeyUsageName[] {
  const flags = parsed.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return KEY_USAGES.filter((_, bit) => (flags & (1 << bit)) !== 0);
}

const EXTENDED_KEY_USAGES: Readonly<Record<string, Sdk.ExtendedKeyUsageName>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS_WEB_SERVER_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.2': 'TLS_WEB_CLIENT_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.3': 'CODE_SIGNING',
  '1.3.6.1.5.5.7.3.4': 'EMAIL_PROTECTION',
  '1.3.6.1.5.5.7.3.5': 'IPSEC_END_SYSTEM',
  '1.3.6.1.5.5.7.3.6': 'IPSEC_TUNNEL',
  '1.3.6.1.5.5.7.3.7': 'IPSEC_USER',
  '1.3.6.1.5.5.7.3.8': 'TIME_STAMPING',
  '1.3.6.1.5.5.7.3.9': 'OCSP_SIGNING',
  '2.5.29.37.0': 'ANY',
};
