/**
 * Certificates as configurations name them: which names one covers, and which of its versions edges show. Facts: data plane 1.4, 10.4.
 * What ACM knows about a certificate is kept in src/control/aws/acm; keys never enter the model.
 */

/** ACM's words. */
export type KeyAlgorithm = 'RSA_1024' | 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'EC_prime256v1' | 'EC_secp384r1' | 'EC_secp521r1';

/** A certificate as it is at one time; its key is read from the store by these two. */
export interface CertificateVersion {
  readonly id: string;
  readonly version: number;
}

/** The one that a distribution shows for its aliases. */
export type ViewerCertificate = CertificateVersion;

/**
 * Whether one of a certificate's names is that of `alias`, both lower case. RFC 6125 6.4.3: `*` stands for one whole label, the
 * leftmost. CloudFront: an alias `*.example.com` needs a certificate for `*.example.com`.
 */
export function coversAlias(names: readonly string[], alias: string): boolean {
  const parent = alias.slice(alias.indexOf('.') + 1);
  return names.some((name) => name === alias || name === `*.${parent}`);
}
