/**
 * The words for what the cache did with a request and why, each with its sentence. The access log's last field and every explanation use
 * these and no others. RFC 9211 2.2 gives the words for forwarding; those for not storing are decide-storing.ts's.
 */
import type { MissReason, Outcome } from '../core/outcome.ts';

/** Why the origin is asked. */
export const MISS_REASONS: Readonly<Record<MissReason, string>> = {
  bypass: 'caching is off for this cache behavior',
  invalidated: 'what was stored under this key has been invalidated',
  method: 'the method is not one whose answers are cached',
  partial: 'only a part of the object is stored',
  request: 'the request itself asks for an answer from the origin',
  stale: 'what is stored under this key is no longer fresh',
  upgrade: 'it is a WebSocket handshake',
  'uri-miss': 'nothing is stored under this key',
  'vary-miss': 'what is stored under this key was chosen by other request headers',
};

/** Why a stale response answers. */
export const STALE_REASONS: Readonly<Record<string, string>> = {
  'max-stale': 'the request accepts it with max-stale',
  'origin-error': 'the origin has failed',
  'stale-if-error': 'the origin has failed, and stale-if-error allows it',
  'stale-while-revalidate': 'stale-while-revalidate allows it while it is renewed',
};

/** Why a response was not stored. */
export const NOT_STORED_REASONS: Readonly<Record<string, string>> = {
  authorization: 'the request had Authorization, and the response does not allow that it is shared',
  bypass: 'caching is off for this cache behavior',
  'caching-disabled': 'caching is off for this cache behavior',
  'error-status': 'errors of this status are not cached',
  'error-ttl-0': 'ErrorCachingMinTTL is 0 and the origin sent no max-age',
  'error-without-max-age': 'errors of this status are cached only with max-age or s-maxage',
  guard: 'the guard found that it is for its viewer alone, or made up for all',
  method: 'the method is not one whose answers are cached',
  'must-understand': 'the origin said must-understand, and the status is not understood',
  'no-cache': 'the origin said no-cache',
  'no-capacity': 'there was no room for its body at the moment',
  'no-freshness': 'it would never be fresh and has no validator',
  'no-store': 'the origin said no-store',
  'not-implemented': 'it is a 501 of S3 with no-cache, no-store or private',
  partial: 'it is only a part of an object',
  private: 'the origin said private',
  status: 'responses of this status are not cached',
  'too-large': 'it is larger than the cache takes',
  vary: 'the origin said Vary: *',
};

/** What a failed fetch is called, whose own words are the origin client's. */
const FAILED = 'origin-failed';

/**
 * The reason in the access log: `hit`, `hit-stale/stale-while-revalidate`, `miss/uri-miss`, `miss/uri-miss/no-store` (not stored, why),
 * `collapsed/stale`, `revalidated`, `refused/date/expired`; undefined for what else was answered before the cache was asked.
 */
export function reasonOf({ cache }: Pick<Outcome, 'cache'>): string | undefined {
  switch (cache.kind) {
    case 'none':
      return cache.refused === undefined ? undefined : `refused/${cache.refused}`;
    case 'hit':
    case 'revalidated':
      return cache.kind;
    case 'hit-stale':
    case 'collapsed':
      return `${cache.kind}/${cache.reason}`;
    case 'miss': {
      const because = notStoredWord(cache);
      return because === undefined || because === cache.reason ? `miss/${cache.reason}` : `miss/${cache.reason}/${because}`;
    }
  }
}

/** The word for why the response of a miss was not stored; undefined when it was. */
export function notStoredWord({ notStored }: { readonly notStored: string | undefined }): string | undefined {
  if (notStored === undefined) return undefined;
  return Object.hasOwn(NOT_STORED_REASONS, notStored) || Object.hasOwn(MISS_REASONS, notStored) ? notStored : FAILED;
}
