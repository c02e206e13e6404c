/**
 * Cache, origin request and response headers policies, and the legacy ForwardedValues they replaced. Plain JSON values.
 * Header names are lower case here; cookie and query names keep their case (CloudFront: both are case-sensitive).
 */
import type { Duration } from './units.ts';

/** Which named things count. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'whitelist'; readonly names: readonly string[] }
  | { readonly kind: 'allExcept'; readonly names: readonly string[] };

export interface Ttls {
  readonly minTtl: Duration;
  readonly defaultTtl: Duration;
  readonly maxTtl: Duration;
}

export interface CachePolicy extends Ttls {
  readonly id: string;
  readonly name: string;
  readonly headers: readonly string[];
  readonly cookies: Selection;
  readonly queryStrings: Selection;
  readonly acceptEncodingGzip: boolean;
  readonly acceptEncodingBrotli: boolean;
}

export interface OriginRequestPolicy {
  readonly id: string;
  readonly name: string;
  readonly headers:
    | { readonly kind: 'none' | 'allViewer' }
    | { readonly kind: 'whitelist' | 'allExcept' | 'allViewerAndWhitelistCloudFront'; readonly names: readonly string[] };
  readonly cookies: Selection;
  readonly queryStrings: Selection;
}

/** CloudFront: everything forwarded is keyed, except unlisted "other" headers, which pass unkeyed (facts 3.6, 7.1). */
export interface LegacyForwarding extends Ttls {
  readonly queryString: boolean;
  /** Empty: all parameters are keyed. */
  readonly queryStringCacheKeys: readonly string[];
  /** In a whitelist `*` and `?` are wildcards. */
  readonly cookies: { readonly kind: 'none' | 'all' } | { readonly kind: 'whitelist'; readonly names: readonly string[] };
  /** `['*']` forwards all headers and disables caching. */
  readonly headers: readonly string[];
}

export interface ResponseHeadersPolicy {
  readonly id: string;
  readonly name: string;
  readonly remove: readonly string[];
  readonly cors: CorsPolicy | undefined;
  /** Security headers already rendered to lines: name, value, override. */
  readonly security: readonly PolicyHeader[];
  readonly custom: readonly PolicyHeader[];
  /** Percent, 0-100; undefined when Server-Timing is off. */
  readonly serverTimingSamplingRate: number | undefined;
}

export interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

export interface CorsPolicy {
  readonly allowOrigins: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowCredentials: boolean;
  readonly exposeHeaders: readonly string[];
  readonly maxAge: Duration | undefined;
  readonly originOverride: boolean;
}
