/**
 * Cache-Status, for those who ask for it: what the cache did, in RFC 9211's words. Read off the Outcome.
 * Who may ask for it is decided by the distribution (debugHeaders) or a debug token; X-Cache is in tables/result-types.ts.
 */
import { SECOND, type Duration } from '../../model/units.ts';
import type { MissReason, Outcome } from '../outcome.ts';

/** RFC 9211 2: an identifier of the cache. */
const CACHE_NAME = 'warmfront';

/** The value of Cache-Status. Undefined when the cache was not asked. */
export function cacheStatus(outcome: Outcome): string | undefined {
  const { cache, cacheKey } = outcome;
  const key = cacheKey === undefined ? '' : `; key=${quoted(cacheKey)}`;
  switch (cache.kind) {
    case 'none':
      return undefined;
    case 'hit':
      return `${CACHE_NAME}; hit; ttl=${wholeSeconds(cache.remaining)}${key}`;
    case 'hit-stale':
      return `${CACHE_NAME}; hit${key}; detail=${cache.reason}`;
    case 'revalidated':
      return `${CACHE_NAME}; fwd=stale; fwd-status=304; stored${key}`;
    case 'collapsed':
      return `${CACHE_NAME}; ${forwarded(cache.reason)}; collapsed${key}`;
    case 'miss': {
      const stored = cache.stored ? '; stored' : '';
      const detail = cache.notStored ?? (cache.reason === 'invalidated' ? 'invalidated' : undefined);
      return `${CACHE_NAME}; ${forwarded(cache.reason)}${stored}${key}${detail === undefined ? '' : `; detail=${quoted(detail)}`}`;
    }
  }
}

/** RFC 9211 2.2 has no word for what an invalidation forgot (to the cache, it was not there), nor for a request that is not the cache's. */
const OTHER_WORDS: Readonly<Partial<Record<MissReason, string>>> = { invalidated: 'uri-miss', upgrade: 'bypass' };

function forwarded(reason: MissReason): string {
  return `fwd=${OTHER_WORDS[reason] ?? reason}`;
}

function wholeSeconds(duration: Duration): number {
  return Math.floor(duration / SECOND);
}

/** A string of RFC 8941 3.3.3: printable ASCII; what is not is shown as an escape of our own, so that no key breaks the field. */
function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/gu, (character) => `{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${printable.replace(/["\\]/g, '\\$&')}"`;
}
