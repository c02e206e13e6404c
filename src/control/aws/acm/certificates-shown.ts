/**
 * Which certificates a distribution shows, to viewers and to origins: their keys must stay as long as an edge may still show them.
 */
import type { CertificateVersion } from '../../../model/certificate.ts';
import type { Distribution } from '../../../model/distribution.ts';

export function certificatesShown({
  viewerCertificate,
  origins,
}: Pick<Distribution, 'viewerCertificate' | 'origins'>): readonly CertificateVersion[] {
  return [viewerCertificate, ...origins.map((origin) => origin.clientCertificate)].filter((shown) => shown !== undefined);
}
