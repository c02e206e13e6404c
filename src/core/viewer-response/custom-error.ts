/**
 * Custom error responses: which configured page, if any, replaces an answer of this status. Facts 4.4.
 * For how long the error is cached: core/cache/error-caching.ts. That unsafe requests and capacity errors never get one, the
 * caller knows. A page that cannot be fetched is answered with the status of that fetch, which the caller does.
 */
import type { CompiledDistribution } from '../../model/compile.ts';
import type { CustomErrorResponse } from '../../model/distribution.ts';
import { errorStatusRow } from '../../tables/error-caching.ts';

export type CustomErrorPage = CustomErrorResponse & { readonly page: NonNullable<CustomErrorResponse['page']> };

/** The entry whose page replaces a response of `status`, or undefined. An entry without a page only sets a TTL. */
export function decideCustomError(
  distribution: Pick<CompiledDistribution, 'customErrors'>,
  status: number,
): CustomErrorPage | undefined {
  const entry = distribution.customErrors.get(status);
  if (entry === undefined || !hasPage(entry) || !errorStatusRow(status).customPage) return undefined;
  return entry;
}

function hasPage(entry: CustomErrorResponse): entry is CustomErrorPage {
  return entry.page !== undefined;
}
