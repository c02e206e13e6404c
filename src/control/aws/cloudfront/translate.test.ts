import { expect, test } from 'bun:test';
import { seconds } from '../../../model/units.ts';
import { CACHING_OPTIMIZED, minimalConfig } from './control-plane.fixture.ts';
import { distributionFromConfig } from './distribution-from-config.ts';
import type { ConfigContext } from './distribution-from-config.ts';

const context: ConfigContext = { id: 'E1', domainName: 'dx.cloudfront.localhost', tags: { 'warmfront:debug-headers': 'on' } };
const translate = (changes = {}, more: Partial<ConfigContext> = {}) =>
  distributionFromConfig(minimalConfig(changes), { ...context, ...more });

test('a minimal configuration', () => {
  const { origins, defaultCacheBehavior: behavior, ...rest } = translate();
  expect(rest).toMatchObject({
    id: 'E1',
    arn: 'arn:aws:cloudfront::000000000000:distribution/E1',
    revision: 1,
    enabled: true,
    httpVersion: 'http2',
    geoRestriction: { kind: 'none' },
    webAclId: undefined,
    standardLog: undefined,
    tags: { 'warmfront:debug-headers': 'on' },
  });
  expect(origins).toMatchObject([
    {
      domainName: 'localhost',
      connectionTimeout: seconds(10),
      responseTimeout: seconds(30),
      responseCompletionTimeout: undefined,
      kind: { kind: 'custom', protocolPolicy: 'http-only', httpPort: 3000, keepaliveTimeout: seconds(5) },
      originAccessControl: undefined,
    },
  ]);
  expect(behavior).toMatchObject({ pathPattern: '*', allowedMethods: ['HEAD', 'GET'], cachedMethods: ['HEAD', 'GET'] });
  expect(behavior.forwarding).toMatchObject({ kind: 'policies', cachePolicy: { id: CACHING_OPTIMIZED, minTtl: seconds(1) } });
});

test('an S3 origin with access control, and a policy of one order', () => {
  const bucket = {
    Id: 'site',
    DomainName: 'B.s3.us-east-1.amazonaws.com',
    S3OriginConfig: { OriginAccessIdentity: '' },
    OriginAccessControlId: 'EOAC',
  };
  const distribution = translate(
    {
      Origins: { Quantity: 1, Items: [bucket] },
      DefaultCacheBehavior: {
        TargetOriginId: 'site',
        ViewerProtocolPolicy: 'https-only',
        CachePolicyId: 'mine',
        ResponseHeadersPolicyId: 'rhp',
      },
    },
    {
      originAccessControls: {
        EOAC: { Name: 'x', SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' },
      },
      cachePolicies: {
        mine: {
          Name: 'mine',
          MinTTL: 5,
          ParametersInCacheKeyAndForwardedToOrigin: {
            EnableAcceptEncodingGzip: true,
            HeadersConfig: { HeaderBehavior: 'whitelist', Headers: { Quantity: 1, Items: ['X-Language'] } },
            CookiesConfig: { CookieBehavior: 'allExcept', Cookies: { Quantity: 1, Items: ['Session'] } },
            QueryStringsConfig: { QueryStringBehavior: 'all' },
          },
        },
      },
      responseHeadersPolicies: {
        rhp: {
          Name: 'rhp',
          SecurityHeadersConfig: {
            StrictTransportSecurity: { Override: true, AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Preload: true },
            XSSProtection: { Override: false, Protection: true, ReportUri: '/x' },
          },
          CustomHeadersConfig: { Quantity: 1, Items: [{ Header: 'X-A', Value: '', Override: true }] },
        },
      },
    },
  );
  expect(distribution.origins[0]).toMatchObject({
    domainName: 'b.s3.us-east-1.amazonaws.com',
    kind: { kind: 's3', originAccessIdentity: undefined },
    originAccessControl: { id: 'EOAC', originType: 's3', signingBehavior: 'always', signingProtocol: 'sigv4' },
  });
  const { forwarding, responseHeadersPolicy } = distribution.defaultCacheBehavior;
  expect(forwarding).toMatchObject({
    cachePolicy: {
      minTtl: seconds(5),
      defaultTtl: seconds(86_400),
      headers: ['x-language'],
      cookies: { kind: 'allExcept', names: ['Session'] },
      queryStrings: { kind: 'all' },
      acceptEncodingBrotli: false,
    },
  });
  expect(responseHeadersPolicy).toMatchObject({
    security: [
      { name: 'strict-transport-security', value: 'max-age=60; includeSubDomains; preload', override: true },
      { name: 'x-xss-protection', value: '1; report=/x', override: false },
    ],
    custom: [{ name: 'x-a', value: '', override: true }],
  });
});

test('legacy values, error pages, groups and countries', () => {
  const site = minimalConfig().Origins!.Items![0]!;
  const distribution = translate({
    Origins: { Quantity: 2, Items: [site, { ...site, Id: 'spare' }] },
    OriginGroups: {
      Quantity: 1,
      Items: [
        {
          Id: 'group',
          Members: { Quantity: 2, Items: [{ OriginId: 'site' }, { OriginId: 'spare' }] },
          FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [503] } },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'group',
      ViewerProtocolPolicy: 'allow-all',
      ForwardedValues: {
        QueryString: true,
        QueryStringCacheKeys: { Quantity: 1, Items: ['Q'] },
        Cookies: { Forward: 'whitelist', WhitelistedNames: { Quantity: 1, Items: ['s*'] } },
        Headers: { Quantity: 1, Items: ['Accept-Language'] },
      },
      MaxTTL: 100_000,
    },
    CustomErrorResponses: {
      Quantity: 2,
      Items: [{ ErrorCode: 404, ResponsePagePath: '/404.html', ResponseCode: '200', ErrorCachingMinTTL: 0 }, { ErrorCode: 500 }],
    },
    Restrictions: { GeoRestriction: { RestrictionType: 'blacklist', Quantity: 1, Items: ['DE'] } },
  });
  expect(distribution.originGroups).toEqual([
    { id: 'group', primaryOriginId: 'site', secondaryOriginId: 'spare', failoverStatusCodes: [503], selection: 'default' },
  ]);
  expect(distribution.defaultCacheBehavior.forwarding).toEqual({
    kind: 'legacy',
    legacy: {
      minTtl: 0,
      defaultTtl: seconds(86_400),
      maxTtl: seconds(100_000),
      queryString: true,
      queryStringCacheKeys: ['Q'],
      cookies: { kind: 'whitelist', names: ['s*'] },
      headers: ['accept-language'],
    },
  });
  expect(distribution.customErrorResponses).toEqual([
    { errorCode: 404, errorCachingMinTtl: 0, page: { path: '/404.html', responseCode: 200 } },
    { errorCode: 500, errorCachingMinTtl: seconds(10), page: undefined },
  ]);
  expect(distribution.geoRestriction).toEqual({ kind: 'blacklist', countries: ['DE'] });
});
