/**
 * CloudFront's security policies: what a distribution asks of its viewers' TLS connections at least, and the cipher suites it takes up to
 * TLS 1.2. Facts 10.4, whose matrix this is, in its order. The suites of TLS 1.3 are not for choosing. What our TLS library does not
 * speak of it (SSLv3, RC4, CBC with SHA-384, AES128-SHA256) is in docs/guides/limits.md. How terms are kept to: adapters/listen/tcp.
 */
import type { TlsVersion } from '../model/tls-terms.ts';

export interface SecurityPolicy {
  readonly minimumVersion: TlsVersion;
  /** OpenSSL's names, for up to TLS 1.2. Empty where only TLS 1.3 is spoken. */
  readonly ciphers: readonly string[];
}

/** MinimumProtocolVersion's values, each with its column in the matrix of the facts. */
const COLUMNS = {
  SSLv3: 'A',
  TLSv1: 'B',
  TLSv1_2016: 'C',
  'TLSv1.1_2016': 'D',
  'TLSv1.2_2018': 'E',
  'TLSv1.2_2019': 'F',
  'TLSv1.2_2021': 'G',
  'TLSv1.2_2025': 'H',
  'TLSv1.3_2025': 'I',
} as const;

export type SecurityPolicyName = keyof typeof COLUMNS;

/** Cipher suite -> the columns it stands in. */
const SUITES: readonly (readonly [cipher: string, columns: string])[] = [
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ABCDEFGH'],
  ['ECDHE-RSA-AES128-GCM-SHA256', 'ABCDEFGH'],
  ['ECDHE-ECDSA-AES128-SHA256', 'ABCDEF'],
  ['ECDHE-RSA-AES128-SHA256', 'ABCDEF'],
  ['ECDHE-ECDSA-AES128-SHA', 'ABCD'],
  ['ECDHE-RSA-AES128-SHA', 'ABCD'],
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ABCDEFGH'],
  ['ECDHE-RSA-AES256-GCM-SHA384', 'ABCDEFGH'],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ABCDEFG'],
  ['ECDHE-RSA-CHACHA20-POLY1305', 'ABCDEFG'],
  ['ECDHE-ECDSA-AES256-SHA384', 'ABCDEF'],
  ['ECDHE-RSA-AES256-SHA384', 'ABCDEF'],
  ['ECDHE-ECDSA-AES256-SHA', 'ABCD'],
  ['ECDHE-RSA-AES256-SHA', 'ABCD'],
  ['AES128-GCM-SHA256', 'ABCDE'],
  ['AES256-GCM-SHA384', 'ABCDE'],
  ['AES128-SHA256', 'ABCDE'],
  ['AES256-SHA', 'ABCD'],
  ['AES128-SHA', 'ABCD'],
  ['DES-CBC3-SHA', 'AB'],
  ['RC4-MD5', 'A'],
];

export const SECURITY_POLICIES: Readonly<Record<SecurityPolicyName, SecurityPolicy>> = {
  SSLv3: policy('SSLv3', 'TLSv1'),
  // Of the default certificate, too.
  TLSv1: policy('TLSv1', 'TLSv1'),
  TLSv1_2016: policy('TLSv1_2016', 'TLSv1'),
  'TLSv1.1_2016': policy('TLSv1.1_2016', 'TLSv1.1'),
  'TLSv1.2_2018': policy('TLSv1.2_2018', 'TLSv1.2'),
  'TLSv1.2_2019': policy('TLSv1.2_2019', 'TLSv1.2'),
  'TLSv1.2_2021': policy('TLSv1.2_2021', 'TLSv1.2'),
  'TLSv1.2_2025': policy('TLSv1.2_2025', 'TLSv1.2'),
  'TLSv1.3_2025': policy('TLSv1.3_2025', 'TLSv1.3'),
};

function policy(name: SecurityPolicyName, minimumVersion: TlsVersion): SecurityPolicy {
  const ciphers = SUITES.filter(([, columns]) => columns.includes(COLUMNS[name])).map(([cipher]) => cipher);
  return { minimumVersion, ciphers };
}
