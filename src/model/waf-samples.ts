/**
 * Samples of requests that web ACLs have inspected, as edges keep them and the API tells them (GetSampledRequests). Plain JSON.
 */
import type { Fields } from '../http/fields.ts';
import type { Instant } from './units.ts';

export interface WafSampleQuery {
  readonly webAclArn: string;
  /** Of a rule, a rule group or the web ACL. */
  readonly metricName: string;
  /** Both inclusive. */
  readonly from: Instant;
  readonly to: Instant;
  readonly most: number;
}

export interface WafSamples {
  /** Newest first. */
  readonly samples: readonly WafSample[];
  /** How many requests there were in that time, of which these are some. */
  readonly population: number;
}

export interface WafSample {
  readonly at: Instant;
  readonly action: string;
  /** How many requests it stands for. */
  readonly weight: number;
  readonly request: {
    readonly clientIp: string;
    readonly country: string;
    /** With the query. */
    readonly uri: string;
    readonly method: string;
    readonly httpVersion: string;
    readonly headers: Fields;
  };
  readonly ruleWithinGroup: string | undefined;
  readonly insertedHeaders: Fields;
  readonly responseCode: number | undefined;
  readonly labels: readonly string[];
  readonly overriddenAction: string | undefined;
  readonly captcha: WafSampleToken | undefined;
  readonly challenge: WafSampleToken | undefined;
}

export type WafSampleToken =
  | { readonly kind: 'solved'; readonly solvedAt: Instant }
  | { readonly kind: 'unsolved'; readonly reason: string };
