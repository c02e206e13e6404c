/**
 * Custom error responses: which configured page, if any, replaces an answer of this status, how it is asked for and how long it is
 * fresh. Facts 4.4. For how long the error itself is cached: core/cache/error-caching.ts. That unsafe requests and capacity errors
 * never get a page, the caller knows. A page that cannot be fetched is answered with the status of that fetch, which the caller does.
 */
import { parseCacheControl } from '../../http/cache-control.ts';
import { fieldValue, type Fields } from '../../http/fields.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { CustomErrorResponse } from '../../model/distribution.ts';
import { errorStatusRow } from '../../tables/error-caching.ts';
import { errorCachingMinTtl } from '../cache/error-caching.ts';
import { delta } from '../cache/ttl.ts';
import type { ViewerRequest } from '../request.ts';

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

/** What the viewer said of the body sent, or of the object asked for, says nothing about the page. */
const OF_ANOTHER_OBJECT: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'expect',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]);

/** The request for the page, on behalf of the request that failed. */
export function errorPageRequest(request: ViewerRequest, path: string): ViewerRequest & { readonly method: 'GET' | 'HEAD' } {
  return {
    ...request,
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    path,
    query: undefined,
    fields: request.fields.filter(([name]) => !OF_ANOTHER_OBJECT.has(name)),
    body: { kind: 'none' },
    upgrade: undefined,
    errorOf: { path: request.path, query: request.query },
  };
}

/**
 * The cache behavior that fetches the page. CloudFront: the one that its path matches; and unless that is one made for it, the page is
 * as fresh as the error that it stands for: the larger of ErrorCachingMinTTL and what the erroring response's own header says.
 */
export function errorPageBehavior(
  distribution: Pick<CompiledDistribution, 'customErrors' | 'defaultBehavior'>,
  matched: CompiledCacheBehavior,
  error: { readonly status: number; readonly fields: Fields },
): CompiledCacheBehavior {
  // CloudFront: 416 is never cached, and its TTL setting is ignored.
  if (matched !== distribution.defaultBehavior || errorStatusRow(error.status).cached === 'never') return matched;
  const { sMaxage, maxAge } = parseCacheControl(fieldValue(error.fields, 'cache-control'));
  const ttl = Math.max(errorCachingMinTtl(distribution, error.status), delta(sMaxage ?? maxAge ?? 0));
  return { ...matched, ttls: { minTtl: ttl, defaultTtl: ttl, maxTtl: ttl } };
}
