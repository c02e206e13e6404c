/**
 * The ciphers offered to origins over TLS 1.2 and older (facts 10.4), the best first, by OpenSSL's names. Those of TLS 1.3 are not for
 * choosing. Of CloudFront's list our TLS library no longer speaks CBC with SHA-384 and RC4; nobody should.
 */

/** With every OriginSslProtocols. */
export const ORIGIN_CIPHERS: readonly string[] = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'AES256-SHA',
  'AES128-SHA',
];

/** Only where protocols before TLS 1.2 are allowed. */
export const OLD_ORIGIN_CIPHERS: readonly string[] = ['DES-CBC3-SHA'];
