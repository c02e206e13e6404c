/**
 * Error caching: is a response of status 400 or above stored, and for how long? Facts 4.4; the statuses are rows of
 * tables/error-caching.ts. Errors that the edge makes itself follow the same rule: pass no fields.
 * Everything else about storing is decided in decide-storing.ts; which page the viewer gets, in viewer-response/custom-error.ts.
 */
import { parseCacheControl } from '../../http/cache-control.ts';
import { fieldValue, type Fields } from '../../http/fields.ts';
import { MAX_TTL_BOUNDS_ERROR_TTL } from '../../model/assumptions.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Duration } from '../../model/units.ts';
import { DEFAULT_ERROR_CACHING_MIN_TTL, errorStatusRow } from '../../tables/error-caching.ts';
import { delta, inSeconds } from './ttl.ts';

export type ErrorCaching =
  | { readonly kind: 'store'; readonly lifetime: Duration; readonly formula: string }
  | { readonly kind: 'pass'; readonly reason: 'error-status' | 'error-without-max-age' | 'error-ttl-0' | 'not-implemented' };

/** The distribution's ErrorCachingMinTTL for a status; 10 seconds for a status without an entry. */
export function errorCachingMinTtl(distribution: Pick<CompiledDistribution, 'customErrors'>, status: number): Duration {
  return distribution.customErrors.get(status)?.errorCachingMinTtl ?? DEFAULT_ERROR_CACHING_MIN_TTL;
}

/** Whether and for how long an error with this status and these fields is stored. `originId`: who sent it, the first origin unless said. */
export function decideErrorCaching(
  distribution: Pick<CompiledDistribution, 'customErrors' | 'origins' | 'originGroups'>,
  behavior: Pick<CompiledCacheBehavior, 'source' | 'ttls'>,
  status: number,
  fields: Fields,
  originId?: string,
): ErrorCaching {
  const { cached } = errorStatusRow(status);
  if (cached === 'never') return { kind: 'pass', reason: 'error-status' };
  const cacheControl = parseCacheControl(fieldValue(fields, 'cache-control'));
  const directive = cacheControl.sMaxage ?? cacheControl.maxAge;
  if (cached === 'with-max-age' && directive === undefined) return { kind: 'pass', reason: 'error-without-max-age' };
  // CloudFront: S3 says with a 501 that it does not know something; with one of these directives nothing of it is kept.
  const isForbidden = cacheControl.noStore || cacheControl.noCache === true || cacheControl.private === true;
  if (status === 501 && isForbidden && isServedByS3(distribution, behavior, originId))
    return { kind: 'pass', reason: 'not-implemented' };

  const minimum = errorCachingMinTtl(distribution, status);
  const { maxTtl } = behavior.ttls;
  const asked = directive === undefined ? 0 : delta(directive);
  const allowed = MAX_TTL_BOUNDS_ERROR_TTL ? Math.min(asked, maxTtl) : asked;
  const lifetime = Math.max(minimum, allowed);
  if (lifetime === 0) return { kind: 'pass', reason: 'error-ttl-0' };
  const minimumText = `ErrorCachingMinTTL ${inSeconds(minimum)}`;
  if (directive === undefined) return { kind: 'store', lifetime, formula: minimumText };
  const name = cacheControl.sMaxage === undefined ? 'max-age' : 's-maxage';
  const askedText =
    allowed < asked ? `min(${name} ${inSeconds(asked)}, MaxTTL ${inSeconds(maxTtl)})` : `${name} ${inSeconds(asked)}`;
  return { kind: 'store', lifetime, formula: `max(${minimumText}, ${askedText}) = ${inSeconds(lifetime)}` };
}

function isServedByS3(
  { origins, originGroups }: Pick<CompiledDistribution, 'origins' | 'originGroups'>,
  { source }: Pick<CompiledCacheBehavior, 'source'>,
  answeredBy: string | undefined,
): boolean {
  const originId = answeredBy ?? originGroups.get(source.targetOriginId)?.primaryOriginId ?? source.targetOriginId;
  return origins.get(originId)?.kind.kind === 's3';
}
