/**
 * One request under inspection by a web ACL: what is asked of it, and what rules have found so far. Made for each request that is
 * inspected, used by the compiled rules (compile-web-acl.ts), and gone with the verdict.
 */
import type { InspectedRequest, MatchDetail } from '../../../model/waf-engine.ts';
import type { Duration, Instant } from '../../../model/units.ts';
import type { ViewerPlace } from '../cloudfront-header.ts';
import type { Contents } from './statements/contents.ts';
import type { RateCounters } from './rates/rate-counters.ts';

export interface Inspection {
  readonly request: InspectedRequest;
  readonly now: Instant;
  readonly locate: (address: string) => Pick<ViewerPlace, 'country' | 'region' | 'asn'>;
  readonly rates: Pick<RateCounters, 'hit'>;
  /** What the request's token says; asked only by a rule that challenges. */
  readonly token: () => TokenReading;
  /** Fully qualified, in the order in which they were added. */
  readonly labels: Set<string>;
  /** What statements share: the parts of the request, by the number that the compiler gave them. */
  readonly contents: (Contents | undefined)[];
  /** Which parts were larger than what is inspected, as logs call them. */
  readonly oversize: Set<string>;
  readonly limited: RateLimited[];
}

/** Before the first rule. */
export function beginInspection({ request, now, locate, rates, token }: Asked): Inspection {
  return { request, now, locate, rates, token, labels: new Set(), contents: [], oversize: new Set(), limited: [] };
}

type Asked = Pick<Inspection, 'request' | 'now' | 'locate' | 'rates' | 'token'>;

/** Why a statement matches; empty where there is nothing to say. Undefined: it does not. */
export type Match = readonly MatchDetail[] | undefined;

export const MATCHED: readonly MatchDetail[] = [];

/** A compiled statement. */
export type Matches = (inspection: Inspection) => Match;

/** When the client solved what, or why its token does not count. */
export type TokenReading =
  | { readonly kind: 'token'; readonly challengeSolved: Instant | undefined; readonly captchaSolved: Instant | undefined }
  | { readonly kind: 'none'; readonly reason: TokenFailure };

/** As AWS WAF logs it. */
export type TokenFailure = 'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'TOKEN_DOMAIN_MISMATCH';

/** A rate-based statement that found its limit exceeded. */
export interface RateLimited {
  readonly limit: number;
  readonly window: Duration;
  readonly limitKey: 'IP' | 'FORWARDED_IP' | 'CONSTANT' | 'CUSTOMKEYS';
  readonly values: readonly { readonly key: string; readonly name?: string; readonly value: string }[];
  readonly count: number;
}
