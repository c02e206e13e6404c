/**
 * Collapsing: may this request wait for a fetch of the same key that another request began, and may it take that response?
 * Facts 5 (collapsing). Who began the fetch and how waiters read it is the driver's business; whether a response is stored is
 * decided in decide-storing.ts. A fetch by HEAD has no body to share with a GET: the driver keeps the two apart.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import type { ViewerRequest } from '../request.ts';
import { currentAge } from './decide-reuse.ts';
import type { Storing } from './decide-storing.ts';
import type { Freshness } from './stored-response.ts';

export type Collapsing =
  | { readonly kind: 'collapse' }
  | { readonly kind: 'alone'; readonly reason: 'method' | 'caching-disabled' | 'cookies-forwarded' | 'request' };

const COLLAPSE: Collapsing = { kind: 'collapse' };

/** May the request join, or be joined by, others with its cache key? */
export function decideCollapsing(
  behavior: Pick<CompiledCacheBehavior, 'cachesOptions' | 'cachingDisabled' | 'forwardsCookies'>,
  request: Pick<ViewerRequest, 'method'>,
): Collapsing {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD' && !(method === 'OPTIONS' && behavior.cachesOptions)) {
    return { kind: 'alone', reason: 'method' };
  }
  if (behavior.cachingDisabled) return { kind: 'alone', reason: 'caching-disabled' };
  // CloudFront: an answer to somebody's cookies is nobody else's, whether or not the cookies are part of the key.
  if (behavior.forwardsCookies) return { kind: 'alone', reason: 'cookies-forwarded' };
  return COLLAPSE;
}

/**
 * May those who waited take the response? CloudFront: not when it is private, no-store, no-cache or has a lifetime of 0 with
 * MinTTL 0; each of them then asks the origin itself.
 */
export function maySharePending(storing: Storing): boolean {
  return storing.kind === 'store' && answersSeveral(storing.freshness);
}

/** Was it of use for more than one request when it arrived? */
export function answersSeveral(freshness: Freshness): boolean {
  return !freshness.alwaysRevalidate && freshness.lifetime > currentAge(freshness, freshness.responseTime);
}
