/**
 * Reuse in a shared cache: RFC 9111 4, 4.2 and 4.2.4, with the request directives of 5.2.1 and RFC 5861. Which variant is meant was
 * settled before (variants.ts). Pragma is not asked: RFC 9111 5.4 has it deprecated.
 */
import { parseCacheControl, type CacheControl } from '../../../http/cache-control.ts';
import { fieldValue } from '../../../http/fields.ts';
import { seconds, type Duration, type Instant } from '../../../model/units.ts';
import type { ViewerRequest } from '../../request.ts';
import { answersMethod, canRevalidate, currentAge, type Reuse, type StaleOnError } from '../decide-reuse.ts';
import type { StoredResponse } from '../stored-response.ts';

/** What the stored response found for this request, if any, is good for. */
export function decideRfc9111Reuse(
  stored: StoredResponse | undefined,
  request: Pick<ViewerRequest, 'method' | 'fields'>,
  now: Instant,
): Reuse {
  const value = fieldValue(request.fields, 'cache-control');
  const requested = value === undefined ? undefined : parseCacheControl(value);
  const reuse = reuseOf(stored, request.method, requested, now);
  // RFC 9111 5.2.1.7: a stored response that meets the request's other constraints, or 504.
  if (requested?.onlyIfCached === true && (reuse.kind === 'fetch' || reuse.kind === 'revalidate')) return { kind: 'unavailable' };
  return reuse;
}

function reuseOf(stored: StoredResponse | undefined, method: string, requested: CacheControl | undefined, now: Instant): Reuse {
  if (stored === undefined || !answersMethod(stored, method)) return { kind: 'fetch', reason: 'uri-miss' };
  const { freshness } = stored;
  const age = currentAge(freshness, now);
  // RFC 9111 5.2.1.4 and 5.2.1.1: no-cache, or an age that the viewer does not accept.
  if (requested !== undefined && isTooOldFor(requested, age)) return askAgain(stored, 'request');
  // RFC 9111 5.2.2.4: no-cache in the response.
  if (freshness.alwaysRevalidate) return askAgain(stored, 'stale');
  const remaining = freshness.lifetime - age;
  if (remaining > 0) {
    // RFC 9111 5.2.1.3: "still be fresh for at least the specified number of seconds".
    return remaining >= secondsOf(requested?.minFresh, 0) ? { kind: 'hit', age, remaining } : askAgain(stored, 'request');
  }
  if (freshness.neverStale !== true) {
    // RFC 9111 5.2.1.2: "exceeded its freshness lifetime by no more than the specified number of seconds"; without one, by any.
    const maxStale = requested?.maxStale;
    if (maxStale === true || (typeof maxStale === 'number' && -remaining <= seconds(maxStale))) {
      return { kind: 'hit-stale', age, reason: 'max-stale' };
    }
    // RFC 5861 3.
    const window = freshness.staleWhileRevalidate ?? 0;
    if (-remaining < window) return { kind: 'hit-stale', age, reason: 'stale-while-revalidate' };
  }
  if (freshness.excusedUntil !== undefined && now < freshness.excusedUntil) {
    const staleOnError = decideRfc9111StaleOnError(stored, 'unreachable', now);
    if (staleOnError.kind === 'serve-stale') return { ...staleOnError, kind: 'hit-stale' };
  }
  return askAgain(stored, 'stale');
}

function isTooOldFor(requested: CacheControl, age: Duration): boolean {
  return requested.noCache !== false || age > secondsOf(requested.maxAge, Number.POSITIVE_INFINITY);
}

/** RFC 9111 4.2.1: what is no number of seconds asks for nothing that a cache could keep. */
function secondsOf(value: number | 'invalid' | undefined, otherwise: Duration): Duration {
  return typeof value === 'number' ? seconds(value) : otherwise;
}

function askAgain(stored: StoredResponse, reason: 'stale' | 'request'): Reuse {
  return canRevalidate(stored) ? { kind: 'revalidate', reason } : { kind: 'fetch', reason };
}

/** The statuses that RFC 5861 4 calls an error. */
const ERRORS: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** The origin has failed: may the stale response answer in its place? RFC 9111 4.2.4, RFC 5861 4. */
export function decideRfc9111StaleOnError(
  stored: StoredResponse | undefined,
  failure: number | 'unreachable',
  now: Instant,
): StaleOnError {
  if (stored === undefined) return { kind: 'error', reason: 'nothing-stored' };
  if (failure !== 'unreachable' && !ERRORS.has(failure)) return { kind: 'error', reason: 'not-a-server-error' };
  const { freshness } = stored;
  // RFC 9111 4.2.4: "MUST NOT generate a stale response if it is prohibited by an explicit in-protocol directive".
  if (freshness.alwaysRevalidate || freshness.neverStale === true) return { kind: 'error', reason: 'forbidden' };
  const age = currentAge(freshness, now);
  if (freshness.staleIfError !== undefined) {
    return age > freshness.lifetime + freshness.staleIfError
      ? { kind: 'error', reason: 'too-stale' }
      : { kind: 'serve-stale', age, reason: 'stale-if-error' };
  }
  // RFC 9111 4.2.4: else only when disconnected; a status of 5xx is an answer.
  return failure === 'unreachable'
    ? { kind: 'serve-stale', age, reason: 'origin-error' }
    : { kind: 'error', reason: 'forbidden' };
}
