/**
 * Reuse: may this stored response answer, now, without asking the origin? RFC 9111 4 and 4.2, RFC 5861, facts 4.2.
 * Under which key it was found is decided in cache-key.ts, whether a ban forgets it in invalidation.ts, how it is revalidated in
 * revalidation.ts. The viewer's Cache-Control and Pragma are never asked: CloudFront ignores them.
 */
import { hasField } from '../../http/fields.ts';
import type { Duration, Instant } from '../../model/units.ts';
import type { MissReason } from '../outcome.ts';
import type { Freshness, StoredResponse } from './stored-response.ts';

export type StaleReason = 'stale-while-revalidate' | 'stale-if-error' | 'origin-error' | 'max-stale';

export type Reuse =
  | { readonly kind: 'hit'; readonly age: Duration; readonly remaining: Duration }
  /** Answers although stale. After `stale-while-revalidate` the caller asks the origin on the side; after the others, nobody is asked. */
  | { readonly kind: 'hit-stale'; readonly age: Duration; readonly reason: StaleReason }
  /** Ask the origin whether it still holds: conditionalFields() has something to send. */
  | { readonly kind: 'revalidate'; readonly reason: 'stale' | 'request' }
  | { readonly kind: 'fetch'; readonly reason: MissReason }
  /** Nobody may be asked: the viewer wants what is stored or nothing (RFC 9111 5.2.1.7). */
  | { readonly kind: 'unavailable' };

const URI_MISS: Reuse = { kind: 'fetch', reason: 'uri-miss' };
const REFETCH: Reuse = { kind: 'fetch', reason: 'stale' };
const REVALIDATE: Reuse = { kind: 'revalidate', reason: 'stale' };

/** What the stored response found under the request's key, if any, is good for. */
export function decideReuse(stored: StoredResponse | undefined, method: string, now: Instant): Reuse {
  if (stored === undefined || !answersMethod(stored, method)) return URI_MISS;
  const { freshness } = stored;
  const age = currentAge(freshness, now);
  if (!freshness.alwaysRevalidate) {
    // RFC 9111 4.2: fresh while the lifetime is greater than the age.
    if (freshness.lifetime > age) return { kind: 'hit', age, remaining: freshness.lifetime - age };
    const window = freshness.staleWhileRevalidate ?? 0;
    if (window > 0 && age <= freshness.lifetime + window) return { kind: 'hit-stale', age, reason: 'stale-while-revalidate' };
  }
  if (freshness.excusedUntil !== undefined && now < freshness.excusedUntil) {
    const staleOnError = decideStaleOnError(stored, 'unreachable', now);
    if (staleOnError.kind === 'serve-stale') return { ...staleOnError, kind: 'hit-stale' };
  }
  return canRevalidate(stored) ? REVALIDATE : REFETCH;
}

/** RFC 9111 4: a response to HEAD has no body, so it answers HEAD alone; a response to GET answers HEAD, too. */
export function answersMethod(stored: StoredResponse, method: string): boolean {
  return stored.method === method || (stored.method === 'GET' && method === 'HEAD');
}

/** RFC 9111 4.2.3: current_age. A clock that was set back makes nothing younger than it was on arrival. */
export function currentAge(freshness: Pick<Freshness, 'initialAge' | 'responseTime'>, now: Instant): Duration {
  return freshness.initialAge + Math.max(0, now - freshness.responseTime);
}

/**
 * Are there validators worth sending? Only for successes: origins judge preconditions where they would otherwise answer 2xx
 * (RFC 9110 13.2.1), and a 304 about the page that exists now must not prolong the stored 404.
 */
export function canRevalidate(stored: StoredResponse): boolean {
  if (stored.freshness.unconditional === true || stored.status < 200 || stored.status >= 300) return false;
  return hasField(stored.fields, 'etag') || hasField(stored.fields, 'last-modified');
}

export type StaleOnError =
  | { readonly kind: 'serve-stale'; readonly age: Duration; readonly reason: 'stale-if-error' | 'origin-error' }
  /** The failure is what the viewer gets. */
  | {
      readonly kind: 'error';
      readonly reason: 'nothing-stored' | 'not-a-server-error' | 'stored-error' | 'forbidden' | 'too-stale';
    };

/**
 * The origin has failed while a stale response is in the cache: does the old response answer? Facts 4.2.
 * `failure` is the origin's status, or `unreachable` for every failure without one.
 */
export function decideStaleOnError(
  stored: StoredResponse | undefined,
  failure: number | 'unreachable',
  now: Instant,
): StaleOnError {
  if (stored === undefined) return { kind: 'error', reason: 'nothing-stored' };
  // CloudFront: a 4xx on an expired object is returned; 500-599 and an origin out of reach are covered.
  if (failure !== 'unreachable' && (failure < 500 || failure > 599)) return { kind: 'error', reason: 'not-a-server-error' };
  if (stored.status >= 400) return { kind: 'error', reason: 'stored-error' };
  const { freshness } = stored;
  const age = currentAge(freshness, now);
  // RFC 9111 5.2.2.4: with no-cache (and CloudFront: with `Vary: *`) nothing is reused that the origin has not just confirmed.
  if (freshness.alwaysRevalidate) return { kind: 'error', reason: 'forbidden' };
  // CloudFront: without stale-if-error the old response answers for as long as it is in the cache.
  if (freshness.staleIfError === undefined) return { kind: 'serve-stale', age, reason: 'origin-error' };
  if (freshness.staleIfError === 0) return { kind: 'error', reason: 'forbidden' };
  if (age > freshness.lifetime + freshness.staleIfError) return { kind: 'error', reason: 'too-stale' };
  return { kind: 'serve-stale', age, reason: 'stale-if-error' };
}

/**
 * The stored response, excused: CloudFront asks a failing origin once per ErrorCachingMinTTL, and until then the stale response
 * answers at once. To be stored in place of the old one when decideStaleOnError says serve-stale.
 */
export function excuse(stored: StoredResponse, errorCachingMinTtl: Duration, now: Instant): StoredResponse {
  return { ...stored, freshness: { ...stored.freshness, excusedUntil: now + errorCachingMinTtl } };
}
