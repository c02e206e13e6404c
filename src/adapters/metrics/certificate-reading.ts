/**
 * Until when the certificates that viewers are shown are valid, and how many could not be renewed. What is known of them comes from the
 * control plane (model/admin.ts).
 */
import type { CertificateState } from '../../model/admin.ts';
import { SECOND, type Instant } from '../../model/units.ts';
import { LABEL_LIMIT, OTHER, type MetricsReading } from '../../tables/metrics.ts';

/** Of several certificates under one label, the first that ends is told. */
export function readCertificates(certificates: readonly CertificateState[]): MetricsReading {
  const ends = new Map<string, Instant>();
  for (const { names, notAfter, usedBy } of certificates) {
    if (notAfter === undefined || usedBy.length === 0) continue;
    const name = names[0] ?? OTHER;
    const label = ends.has(name) || ends.size < LABEL_LIMIT ? name : OTHER;
    ends.set(label, Math.min(ends.get(label) ?? Infinity, notAfter));
  }
  return {
    warmfront_certificate_expiry_timestamp_seconds: [...ends].map(([name, end]) => ({ labels: [name], value: end / SECOND })),
    warmfront_certificate_problems: [{ labels: [], value: certificates.filter(({ problem }) => problem !== undefined).length }],
  };
}
