/**
 * ListCertificates: filters, order and pages. ACM API reference; without a filter on key types, ACM lists certificates with RSA keys
 * of 1024 and 2048 bits alone.
 */
import type * as Sdk from '@aws-sdk/client-acm';
import { ApiError } from '../wire/types.ts';
import type { StoredCertificate } from './certificate-registry.ts';

const USUAL_KEY_TYPES: readonly Sdk.KeyAlgorithm[] = ['RSA_1024', 'RSA_2048'];
/** ACM: the most that a page holds. */
const MOST = 1000;

/** The page that was asked for; `summary` shows one certificate. Throws ValidationException for a token that is not ours. */
export function listCertificates(
  stored: readonly StoredCertificate[],
  input: Sdk.ListCertificatesRequest,
  summary: (stored: StoredCertificate) => Sdk.CertificateSummary,
): Sdk.ListCertificatesResponse {
  const ordered = input.SortOrder === 'DESCENDING' ? stored.toReversed() : stored;
  const listed = ordered.map((one) => [one.id, summary(one)] as const).filter(([, one]) => isAskedFor(one, input));
  const start = startOf(
    input.NextToken,
    listed.map(([id]) => id),
  );
  const page = listed.slice(start, start + (input.MaxItems ?? MOST));
  const next = listed[start + page.length];
  return {
    CertificateSummaryList: page.map(([, one]) => one),
    ...(next && { NextToken: Buffer.from(next[0]).toString('base64url') }),
  };
}

function isAskedFor(
  one: Sdk.CertificateSummary,
  { CertificateStatuses: statuses = [], Includes }: Sdk.ListCertificatesRequest,
): boolean {
  const { keyTypes = USUAL_KEY_TYPES, keyUsage = [], extendedKeyUsage = [], exportOption, managedBy } = Includes ?? {};
  // A certificate must have every usage that is named.
  const hasAll = <T>(has: readonly T[] | undefined, wanted: readonly T[]): boolean =>
    wanted.every((usage) => usage === 'ANY' || (has ?? []).includes(usage));
  return (
    (statuses.length === 0 || statuses.includes(one.Status!)) &&
    (keyTypes.length === 0 ? USUAL_KEY_TYPES : keyTypes).includes(one.KeyAlgorithm!) &&
    hasAll(one.KeyUsages, keyUsage) &&
    hasAll(one.ExtendedKeyUsages, extendedKeyUsage) &&
    (exportOption === undefined || exportOption === 'DISABLED') &&
    managedBy === undefined
  );
}

/** A token names the certificate with which the page begins. */
function startOf(token: string | undefined, ids: readonly string[]): number {
  if (token === undefined) return 0;
  const at = ids.indexOf(Buffer.from(token, 'base64url').toString());
  if (at < 0) throw new ApiError('ValidationException', 'The NextToken is not valid, or the certificate it names is gone.', 400);
  return at;
}
