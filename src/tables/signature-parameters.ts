/**
 * What a signed request carries, in a URL or in cookies: facts 9.1. Names are case-sensitive and never percent-decoded. What they hold is
 * read in core/viewer-request/signature.
 */

export type SignatureParameter = 'expires' | 'policy' | 'signature' | 'keyPairId' | 'hashAlgorithm';

/** Parameters of the query string. */
export const SIGNATURE_PARAMETERS: ReadonlyMap<string, SignatureParameter> = new Map([
  ['Expires', 'expires'],
  ['Policy', 'policy'],
  ['Signature', 'signature'],
  ['Key-Pair-Id', 'keyPairId'],
  ['Hash-Algorithm', 'hashAlgorithm'],
]);

/** CloudFront: the same names, behind `CloudFront-`. */
export const SIGNATURE_COOKIES: ReadonlyMap<string, SignatureParameter> = new Map(
  [...SIGNATURE_PARAMETERS].map(([name, parameter]) => [`CloudFront-${name}`, parameter]),
);

export type HashAlgorithm = 'SHA1' | 'SHA256';

/** CloudFront: SHA1 where Hash-Algorithm is absent. */
export const HASH_ALGORITHMS: readonly HashAlgorithm[] = ['SHA1', 'SHA256'];
