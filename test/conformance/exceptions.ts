/**
 * Tests of http-tests/cache-tests that Warmfront does not pass, with the reason. A row whose test passes fails the run. In RFC 9111
 * mode a reason says what the test asks beyond the letter or against it; in CloudFront mode, which rule of CloudFront it contradicts.
 */
import type { CacheSemantics } from '../../src/model/compile.ts';

export interface Exception {
  readonly id: string;
  readonly reason: string;
}

/** The suite's part is 5 octets long and says that it is octets 4 to 9, which are 6. */
const FALSE_PARTS = [
  'partial-store-partial-reuse-partial',
  'partial-store-partial-reuse-partial-byterange',
  'partial-store-partial-reuse-partial-absent',
  'partial-store-partial-reuse-partial-suffix',
];

/** The suite's If-Modified-Since lies 3000 seconds before the Date of the response. */
const OLDER_THAN_DATE = 'RFC 9111 4.3.2: without Last-Modified the Date counts, and the test asks for 304 although it is later';

const RFC9111: readonly Exception[] = [
  ...because(
    'RFC 9110 15.3.7: Content-Range and the length of the part contradict each other; such a part is not used',
    FALSE_PARTS,
  ),
  ...because('RFC 9111 3.3 lets a cache store parts; in this mode the whole is fetched, and the suite answers that with a part', [
    'partial-store-partial-complete',
  ]),
  ...because(OLDER_THAN_DATE, ['conditional-lm-fresh-no-lm']),
  ...because('RFC 9110 9.3.3 lets a cache reuse the answer to a POST; only answers to GET and HEAD are stored', ['method-POST']),
  ...because('RFC 9111 4.1 asks for equal field values; this one asks the cache to negotiate in the place of the origin', [
    'vary-normalise-lang-select',
  ]),
];

const CLOUDFRONT: readonly Exception[] = [
  ...because("CloudFront sends Age on hits only: a miss does not carry the origin's (captures)", [
    'freshness-max-age-age',
    'freshness-expires-age-slow-date',
    'freshness-expires-age-fast-date',
    'other-age-update-expires',
    'other-age-update-max-age',
    // They depend on the first.
    'age-parse-nonnumeric',
    'age-parse-negative',
    'age-parse-float',
    'age-parse-large-minus-one',
    'age-parse-large',
    'age-parse-larger',
    'age-parse-suffix',
    'age-parse-prefix',
    'age-parse-suffix-twoline',
    'age-parse-prefix-twoline',
    'age-parse-dup-0',
    'age-parse-dup-0-twoline',
    'age-parse-dup-old',
  ]),
  ...because('Guide, expiration: Expires is read in the format of HTTP dates, which is case-sensitive (RFC 9110 5.6.7)', [
    'freshness-expires-wrong-case-weekday',
    'freshness-expires-wrong-case-month',
    'freshness-expires-wrong-case-tz',
  ]),
  ...because(
    'Guide, expiration: a stale object answers for an origin that fails, unless stale-if-error=0; no other directive forbids it',
    ['stale-close-must-revalidate', 'stale-close-proxy-revalidate', 'stale-close-s-maxage=2'],
  ),
  ...because('Guide, expiration: where the origin is silent, DefaultTTL counts; Last-Modified is no reason to keep anything', [
    'heuristic-200-cached',
    'heuristic-203-cached',
    'heuristic-204-cached',
  ]),
  ...because('Guide, error caching: these are cached only with max-age or s-maxage', ['heuristic-405-cached']),
  ...because('Guide, error caching: these errors are cached for ErrorCachingMinTTL (10 seconds), whatever Expires says', [
    'heuristic-502-not_cached',
    'heuristic-503-not_cached',
    'heuristic-504-not_cached',
    'status-404-stale',
    'status-500-stale',
    'status-502-stale',
    'status-503-stale',
    'status-504-stale',
  ]),
  ...because('Guide, error caching: errors of other statuses than those it lists are not cached', [
    'heuristic-410-cached',
    'heuristic-599-cached',
    'status-410-fresh',
    'status-410-stale',
    'status-499-fresh',
    'status-499-stale',
    'status-599-fresh',
    'status-599-stale',
    'status-599-must-understand',
  ]),
  ...because('Guide, expiration: no-store is not stored with MinTTL 0; must-understand is no directive of CloudFront', [
    'status-200-must-understand',
  ]),
  ...because('Guide, HTTP methods: GET and HEAD are cached, and OPTIONS on request; no other method ever is', ['method-POST']),
  ...because('Guide, cache key: the cache policy names the headers that tell objects apart; Vary does not', [
    'vary-no-match',
    'vary-omit-stored',
    'vary-omit',
    'vary-invalidate',
    'vary-2-no-match',
    'vary-2-match-omit',
    'vary-3-no-match',
    'vary-3-order',
  ]),
  ...because('Guide, custom origins: of Vary, viewers see Accept-Encoding, Cookie and what is forwarded', ['vary-star']),
  ...because(OLDER_THAN_DATE, ['conditional-lm-fresh-no-lm']),
  ...because('Guide, cookies: where they are not forwarded, Set-Cookie is removed', [
    'headers-store-Set-Cookie',
    'other-set-cookie',
  ]),
  ...because('Guide, invalidation: objects are forgotten by invalidations, not by requests', [
    'invalidate-POST',
    'invalidate-POST-failed',
    'invalidate-PUT',
    'invalidate-PUT-failed',
    'invalidate-DELETE',
    'invalidate-DELETE-failed',
  ]),
  ...because('Guide, HTTP methods: seven are known, all others are refused', [
    'invalidate-M-SEARCH',
    'invalidate-M-SEARCH-failed',
  ]),
  ...because(
    'Guide, errors: Content-Range and the length of the part contradict each other (OriginContentRangeLengthError)',
    FALSE_PARTS,
  ),
  ...because(
    'Guide, ranges: CloudFront asks for a larger part than the viewer, and the suite answers with another than was asked for',
    ['partial-store-partial-complete'],
  ),
  ...because('Guide, custom origins: Authorization is forwarded by policy, and then answers are cached as any other', [
    'other-authorization',
    'other-authorization-public',
    'other-authorization-must-revalidate',
    'other-authorization-smaxage',
  ]),
  ...because('Guide, expiration: Cache-Control and Expires say how long; CDN-Cache-Control is no header of CloudFront', [
    'cdn-max-age',
    'cdn-max-age-max',
    'cdn-max-age-max-plus',
    'cdn-max-age-age',
    'cdn-max-age-0',
    'cdn-max-age-extension',
    'cdn-max-age-expires',
    'cdn-max-age-cc-max-age-invalid-expires',
    'cdn-max-age-0-expires',
    'cdn-max-age-short-cc-max-age',
    'cdn-max-age-long-cc-max-age',
    'cdn-private',
    'cdn-no-cache',
    'cdn-no-store-cc-fresh',
    'cdn-fresh-cc-nostore',
    'cdn-cc-invalid-sh-type-unknown',
    'cdn-cc-invalid-sh-type-wrong',
  ]),
  ...because('Guide, custom origins: one 100 (Continue) is taken from the origin; no interim response is said to reach viewers', [
    'interim-102',
    'interim-103',
    'interim-not-cached',
    'interim-no-header-reuse',
  ]),
];

export const EXCEPTIONS: Readonly<Record<CacheSemantics, readonly Exception[]>> = { rfc9111: RFC9111, cloudfront: CLOUDFRONT };

function because(reason: string, ids: readonly string[]): readonly Exception[] {
  return ids.map((id) => ({ id, reason }));
}
