/**
 * Cache policies that scenarios share, by the ids they refer to.
 */
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront';

export const ORIGIN_DECIDES = '11111111-1111-4111-8111-111111111111';

/** MinTTL 0: the origin's Cache-Control counts for all it says. Nothing but the path is keyed. */
export const originDecides: Readonly<Record<string, CachePolicyConfig>> = {
  [ORIGIN_DECIDES]: {
    Name: 'origin-decides',
    MinTTL: 0,
    DefaultTTL: 86_400,
    MaxTTL: 31_536_000,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: false,
      EnableAcceptEncodingBrotli: false,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    },
  },
};

/** An edge whose default cache behavior lets the origin decide. */
export const ORIGIN_DECIDES_OPTIONS = {
  cachePolicies: originDecides,
  distribution: { DefaultCacheBehavior: { CachePolicyId: ORIGIN_DECIDES } },
} as const;
