/**
 * The distributions that the literature's techniques are tried on, with the guard as it is where nobody says anything.
 */
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront';
import type { TestConfig, TestEdgeOptions } from '../../src/testing/index.ts';

export type SetUp =
  | 'CachingOptimized'
  | 'CachingOptimized and AllViewer'
  | 'one parameter keyed, all forwarded'
  | 'ForwardedValues'
  | 'RFC 9111';

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const ONE_PARAMETER = '22222222-2222-4222-8222-222222222222';

const oneParameter: CachePolicyConfig = {
  Name: 'one-parameter',
  MinTTL: 0,
  DefaultTTL: 86_400,
  MaxTTL: 31_536_000,
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: true,
    EnableAcceptEncodingBrotli: true,
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: 1, Items: ['callback'] } },
  },
};

const ALIAS = 'www.example.com';

function withDefault(behavior: TestConfig['DefaultCacheBehavior'] = {}): TestConfig {
  return { Aliases: { Quantity: 1, Items: [ALIAS] }, DefaultCacheBehavior: behavior };
}

export const SET_UPS: Readonly<Record<SetUp, TestEdgeOptions>> = {
  CachingOptimized: { distribution: withDefault({ CachePolicyId: CACHING_OPTIMIZED }) },
  'CachingOptimized and AllViewer': {
    distribution: withDefault({ CachePolicyId: CACHING_OPTIMIZED, OriginRequestPolicyId: ALL_VIEWER }),
  },
  'one parameter keyed, all forwarded': {
    cachePolicies: { [ONE_PARAMETER]: oneParameter },
    distribution: withDefault({ CachePolicyId: ONE_PARAMETER, OriginRequestPolicyId: ALL_VIEWER }),
  },
  /* oxlint-disable typescript/no-deprecated -- the older settings forward headers of their own. */
  ForwardedValues: {
    distribution: withDefault({
      ForwardedValues: { QueryString: true, Cookies: { Forward: 'none' } },
      MinTTL: 0,
    }),
  },
  /* oxlint-enable typescript/no-deprecated */
  'RFC 9111': {
    tags: { 'warmfront:cache-semantics': 'rfc9111' },
    distribution: withDefault({ CachePolicyId: CACHING_OPTIMIZED, OriginRequestPolicyId: ALL_VIEWER }),
  },
};
