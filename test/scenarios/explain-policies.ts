/**
 * A cache policy for scenarios about explanations: nothing keyed and no TTL bound but what is asked for.
 */
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront';
import type { TestEdgeOptions } from '../../src/testing/index.ts';

const ID = '22222222-2222-4222-8222-222222222222';

export interface PolicyChanges {
  readonly query?: 'all';
  readonly cookies?: 'all';
  readonly headers?: readonly string[];
  readonly gzip?: boolean;
  /** In seconds. */
  readonly minTtl?: number;
}

export function cachePolicy({ query, cookies, headers = [], gzip = false, minTtl = 0 }: PolicyChanges): CachePolicyConfig {
  return {
    Name: 'explained',
    MinTTL: minTtl,
    DefaultTTL: 86_400,
    MaxTTL: 31_536_000,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: gzip,
      EnableAcceptEncodingBrotli: false,
      HeadersConfig:
        headers.length === 0
          ? { HeaderBehavior: 'none' }
          : { HeaderBehavior: 'whitelist', Headers: { Quantity: headers.length, Items: [...headers] } },
      CookiesConfig: { CookieBehavior: cookies ?? 'none' },
      QueryStringsConfig: { QueryStringBehavior: query ?? 'none' },
    },
  };
}

/** An edge whose default cache behavior uses the policy. */
export function explained(policy: CachePolicyConfig): TestEdgeOptions {
  return { cachePolicies: { [ID]: policy }, distribution: { DefaultCacheBehavior: { CachePolicyId: ID } } };
}
