/**
 * One stored response, without its body: what the decisions of a later request need, prepared once when it is stored.
 * Whether it may be stored is decided in decide-storing.ts, whether it may answer in decide-reuse.ts.
 */
import type { Fields } from '../../http/fields.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { Bytes, Duration, Instant } from '../../model/units.ts';
import type { Edition } from './edition.ts';

export interface StoredResponse {
  /** The whole cache key; see cache-key.ts. */
  readonly key: string;
  readonly distributionId: string;
  /** Path and keyed query, as invalidation paths are matched against it. */
  readonly uri: string;
  /** GET also answers HEAD. A HEAD answer has no body and answers HEAD only. */
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly status: number;
  /** The origin's fields as viewers will see them: no hop-by-hop fields, no stripped Set-Cookie, Vary filtered. */
  readonly fields: Fields;
  readonly bodyLength: Bytes;
  readonly freshness: Freshness;
  /** Lower-case cache tags. */
  readonly tags: readonly string[];
  /** The newest ban applied when the request to the origin was sent; a newer matching ban makes this a miss. */
  readonly banSequence: number;
  /** Set when the edge made this error itself because the origin failed; its page is made anew for each viewer. */
  readonly failure?: ErrorDetail;
  /** Set on errors that perhaps only who asked with these gets: see guard/asked-with.ts. */
  readonly askedWith?: readonly string[];
  /** Set where the origin sent Set-Cookie and it is not kept; for explanations. */
  readonly setCookieDropped?: true;
  /** Set on the blocks of an object and on the head that they belong to; see blocks.ts. */
  readonly edition?: Edition;
  /** RFC 9111 mode: what is stored here is no response but the index of the variants under this key; see rfc9111/variants.ts. */
  readonly variants?: VariantIndex;
}

/** Which request fields the responses to one URI have been told apart by, the newest list first. Names lower case, sorted. */
export interface VariantIndex {
  /** Part of every variant's key; a new one for each new index. */
  readonly generation: string;
  readonly nominations: readonly (readonly string[])[];
}

/** The inputs of freshness, fixed when the response was stored or last validated. RFC 9111 4.2. */
export interface Freshness {
  readonly requestTime: Instant;
  readonly responseTime: Instant;
  /** How old it already was at responseTime: the larger of Age and the apparent age. RFC 9111 4.2.3. */
  readonly initialAge: Duration;
  /** How long it is fresh, counted from age 0. */
  readonly lifetime: Duration;
  readonly staleWhileRevalidate: Duration | undefined;
  readonly staleIfError: Duration | undefined;
  /** Ask the origin before every reuse, whatever the lifetime. */
  readonly alwaysRevalidate: boolean;
  /** Once stale it never answers unless the origin has confirmed it, whoever asks: must-revalidate and its kin, in RFC 9111 mode. */
  readonly neverStale?: true;
  /** When the origin must be asked, ask without conditions. CloudFront: `Vary: *`. */
  readonly unconditional?: true;
  /** The origin has failed: until then this response answers, though stale, and the origin is left in peace. */
  readonly excusedUntil?: Instant;
}
