/**
 * Storing: may this response be kept for later requests, and how long will it be fresh? Facts 4.1, 4.3, 4.4.
 * How long, in ttl.ts; errors, in error-caching.ts; which of its fields are kept, in prepare-stored.ts. That a body is complete and
 * small enough is the driver's and the store's business.
 */
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Instant } from '../../model/units.ts';
import type { OriginResponseHead, ViewerRequest } from '../request.ts';
import { decideErrorCaching, type ErrorCaching } from './error-caching.ts';
import type { Freshness } from './stored-response.ts';
import { decideTtl, freshnessOf, initialAge } from './ttl.ts';

export interface StoringInput {
  readonly request: Pick<ViewerRequest, 'method' | 'fields'>;
  /** The method sent to the origin. */
  readonly method: string;
  readonly head: Pick<OriginResponseHead, 'status' | 'fields'>;
  readonly behavior: Pick<CompiledCacheBehavior, 'source' | 'ttls' | 'cachingDisabled' | 'cachesOptions'>;
  readonly distribution: Pick<CompiledDistribution, 'customErrors' | 'origins' | 'originGroups'>;
  readonly requestTime: Instant;
  readonly responseTime: Instant;
  /** Which origin answered; the cache behavior's first unless said. */
  readonly originId?: string;
}

/** The words for the log; the last three are the driver's, the four before them those of RFC 9111 (rfc9111/decide-storing.ts). */
export type NotStored =
  | 'method'
  | 'caching-disabled'
  | 'partial'
  | 'status'
  | 'no-store'
  | 'no-cache'
  | 'private'
  | Extract<ErrorCaching, { kind: 'pass' }>['reason']
  | 'authorization'
  | 'must-understand'
  | 'no-freshness'
  | 'vary'
  | 'guard'
  | 'too-large'
  | 'no-capacity';

export type Storing =
  | { readonly kind: 'store'; readonly freshness: Freshness; readonly because: string }
  | { readonly kind: 'pass'; readonly reason: NotStored };

export function decideStoring(input: StoringInput): Storing {
  const { request, method, head, behavior, distribution, requestTime, responseTime, originId } = input;
  if (!isCachedMethod(request.method, behavior) || !isCachedMethod(method, behavior)) return pass('method');
  if (behavior.cachingDisabled) return pass('caching-disabled');
  const { status, fields } = head;
  if (status >= 400) {
    const errorCaching = decideErrorCaching(distribution, behavior, status, fields, originId);
    if (errorCaching.kind === 'pass') return errorCaching;
    const age = initialAge(fields, requestTime, responseTime);
    return {
      kind: 'store',
      freshness: errorFreshness(errorCaching.lifetime, age, requestTime, responseTime),
      because: errorCaching.formula,
    };
  }
  // Ours: a part of an object is passed on; only whole objects are kept.
  if (status === 206) return pass('partial');
  // A 304 that answers a validation never gets here (revalidation.ts); any other has nothing that could be kept.
  if (status < 200 || status === 304) return pass('status');

  const ttl = decideTtl(behavior.ttls, fields, responseTime);
  if (ttl.refusal !== undefined) return pass(ttl.refusal);
  return { kind: 'store', freshness: freshnessOf(behavior.ttls, ttl, fields, requestTime, responseTime), because: ttl.formula };
}

function isCachedMethod(method: string, behavior: Pick<CompiledCacheBehavior, 'cachesOptions'>): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'OPTIONS' && behavior.cachesOptions);
}

/** An error's TTL counts from its arrival, and an expired error never answers again. */
function errorFreshness(lifetime: number, age: number, requestTime: Instant, responseTime: Instant): Freshness {
  return {
    requestTime,
    responseTime,
    initialAge: age,
    lifetime: age + lifetime,
    staleWhileRevalidate: undefined,
    staleIfError: 0,
    alwaysRevalidate: false,
  };
}

function pass(reason: NotStored): Storing {
  return { kind: 'pass', reason };
}
