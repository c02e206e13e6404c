import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront';
import { describe, expect, test } from 'bun:test';
import { seconds } from '../../../../model/units.ts';
import { MANAGED_CACHE_POLICIES } from '../../../../tables/managed-cache-policies.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from '../../../../tables/managed-origin-request-policies.ts';
import { MANAGED_RESPONSE_HEADERS_POLICIES } from '../../../../tables/managed-response-headers-policies.ts';
import { oaiCanonicalUserId } from '../../canonical-user.ts';
import { call, CACHING_OPTIMIZED, controlPlane, minimalConfig, refusal } from '../control-plane.fixture.ts';
import { MANAGED_CACHE_CONFIGS, MANAGED_ORIGIN_REQUEST_CONFIGS, MANAGED_RESPONSE_HEADERS_CONFIGS } from './managed-policies.ts';
import { cachePolicyFromConfig, originRequestPolicyFromConfig, responseHeadersPolicyFromConfig } from './translate-policies.ts';
import { acceptCachePolicy, acceptOriginRequestPolicy } from './validate-policies.ts';

const config: CachePolicyConfig = { Name: 'mine', MinTTL: 1, DefaultTTL: 2, MaxTTL: 3 };

describe('a custom policy', () => {
  test('reaches the edges when it changes, and cannot go while it is used', async () => {
    const plane = controlPlane();
    const created = await plane.handlers.CreateCachePolicy!({ CachePolicyConfig: config }, call);
    const Id = created.CachePolicy!.Id!;
    expect(Id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const behavior = { TargetOriginId: 'site', ViewerProtocolPolicy: 'allow-all' as const, CachePolicyId: Id };
    const { Distribution, ETag } = await plane.handlers.CreateDistribution!(
      { DistributionConfig: minimalConfig({ DefaultCacheBehavior: behavior }) },
      call,
    );
    await plane.settled();
    const updated = await plane.handlers.UpdateCachePolicy!(
      { Id, IfMatch: created.ETag, CachePolicyConfig: { ...config, MaxTTL: 9 } },
      call,
    );
    expect(updated.ETag).not.toBe(created.ETag);
    await plane.settled();
    const sent = plane.snapshots.at(-1)!.distributions[0]!;
    expect(sent).toMatchObject({ revision: 2, defaultCacheBehavior: { forwarding: { cachePolicy: { maxTtl: seconds(9) } } } });
    expect((await plane.handlers.GetDistribution!({ Id: Distribution!.Id }, call)).ETag).toBe(ETag);

    const remove = (IfMatch: string | undefined) => () => plane.handlers.DeleteCachePolicy!({ Id, IfMatch }, call);
    expect(refusal(remove(created.ETag))).toBe('412 PreconditionFailed');
    expect(refusal(remove(updated.ETag))).toBe('409 CachePolicyInUse');
  });

  test('has a name of its own', async () => {
    const plane = controlPlane();
    const create = (Name: string) => () => plane.handlers.CreateCachePolicy!({ CachePolicyConfig: { ...config, Name } }, call);
    expect(refusal(create('a'))).toBe('accepted');
    expect(refusal(create('a'))).toBe('409 CachePolicyAlreadyExists');
    expect(refusal(create('Managed-CachingOptimized'))).toBe('409 CachePolicyAlreadyExists');
    for (let n = 1; n < 20; n++) expect(refusal(create(`a${n}`))).toBe('accepted');
    expect(refusal(create('one-more'))).toBe('400 TooManyCachePolicies');
  });
});

test('managed policies are listed and read, and cannot be changed', async () => {
  const plane = controlPlane();
  const list = async (Type?: 'managed' | 'custom') =>
    (await plane.handlers.ListCachePolicies!({ Type }, call)).CachePolicyList!.Quantity;
  expect([await list(), await list('managed'), await list('custom')]).toEqual([
    MANAGED_CACHE_POLICIES.length,
    MANAGED_CACHE_POLICIES.length,
    0,
  ]);
  const got = await plane.handlers.GetCachePolicy!({ Id: CACHING_OPTIMIZED }, call);
  expect(got.CachePolicy!.CachePolicyConfig!.Name).toBe('Managed-CachingOptimized');
  const ids = { Id: CACHING_OPTIMIZED, IfMatch: got.ETag };
  expect(refusal(() => plane.handlers.UpdateCachePolicy!({ ...ids, CachePolicyConfig: config }, call))).toBe('400 IllegalUpdate');
  expect(refusal(() => plane.handlers.DeleteCachePolicy!(ids, call))).toBe('400 IllegalDelete');
});

test('what the API shows of a managed policy means what the edges do', () => {
  const withoutComment = (policy: { comment: string }) =>
    Object.fromEntries(Object.entries(policy).filter(([member]) => member !== 'comment'));
  expect(MANAGED_CACHE_CONFIGS.map(({ id, config: shown }) => cachePolicyFromConfig(id, shown))).toEqual(
    MANAGED_CACHE_POLICIES.map(withoutComment) as unknown as ReturnType<typeof cachePolicyFromConfig>[],
  );
  expect(MANAGED_ORIGIN_REQUEST_CONFIGS.map(({ id, config: shown }) => originRequestPolicyFromConfig(id, shown))).toEqual(
    MANAGED_ORIGIN_REQUEST_POLICIES.map(withoutComment) as unknown as ReturnType<typeof originRequestPolicyFromConfig>[],
  );
  const byName = (policy: ReturnType<typeof responseHeadersPolicyFromConfig>) => ({
    ...policy,
    security: policy.security.toSorted((a, b) => a.name.localeCompare(b.name)),
  });
  expect(
    MANAGED_RESPONSE_HEADERS_CONFIGS.map(({ id, config: shown }) => byName(responseHeadersPolicyFromConfig(id, shown))),
  ).toEqual(MANAGED_RESPONSE_HEADERS_POLICIES.map((policy) => byName(withoutComment(policy) as unknown as typeof policy)));
});

const key = (changes: object): CachePolicyConfig => ({
  ...config,
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: false,
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'none' },
    ...changes,
  },
});
const listed = (...Items: string[]) => ({ Quantity: Items.length, Items });
const keyHeaders = (...names: string[]) => key({ HeadersConfig: { HeaderBehavior: 'whitelist', Headers: listed(...names) } });

const rows: [name: string, config: CachePolicyConfig, want: string][] = [
  ['the least there is', { Name: 'a', MinTTL: 0 }, 'accepted'],
  ['no name', { Name: undefined, MinTTL: 0 }, '400 MalformedXML'],
  ['TTLs out of order', { ...config, MinTTL: 5 }, '400 InvalidArgument'],
  ['a negative TTL', { ...config, MinTTL: -1 }, '400 InvalidArgument'],
  ['a header', keyHeaders('Accept-Language'), 'accepted'],
  ['a header twice', keyHeaders('A', 'a'), '400 InvalidArgument'],
  ['Cookie as a header', keyHeaders('Cookie'), '400 InvalidArgument'],
  ['11 headers', keyHeaders(...Array.from({ length: 11 }, (_, n) => `h${n}`)), '400 TooManyHeadersInCachePolicy'],
  ['a whitelist of nothing', keyHeaders(), '400 InvalidArgument'],
  ['names without a whitelist', key({ CookiesConfig: { CookieBehavior: 'all', Cookies: listed('a') } }), '400 InvalidArgument'],
  [
    'compression without caching',
    { ...key({ EnableAcceptEncodingGzip: true }), MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 },
    '400 InvalidArgument',
  ],
];
test.each(rows)('cache policy: %s', (_, given, want) => expect(refusal(() => acceptCachePolicy(given))).toBe(want));

test('an origin request policy cannot name Authorization', () => {
  const given = (header: string) => ({
    Name: 'a',
    HeadersConfig: { HeaderBehavior: 'whitelist' as const, Headers: listed(header) },
    CookiesConfig: { CookieBehavior: 'none' as const },
    QueryStringsConfig: { QueryStringBehavior: 'none' as const },
  });
  expect(refusal(() => acceptOriginRequestPolicy(given('Authorization')))).toBe('400 InvalidArgument');
  expect(refusal(() => acceptOriginRequestPolicy(given('Origin')))).toBe('accepted');
});

test('an origin access identity sent again is the same one', async () => {
  const plane = controlPlane();
  const create = (Comment: string) =>
    plane.handlers.CreateCloudFrontOriginAccessIdentity!(
      { CloudFrontOriginAccessIdentityConfig: { CallerReference: 'r', Comment } },
      call,
    );
  const first = await create('a');
  const { Id, S3CanonicalUserId } = first.CloudFrontOriginAccessIdentity!;
  expect(S3CanonicalUserId).toMatch(/^[0-9a-f]{96}$/);
  // What S3 compares with the principals of a bucket policy.
  expect(S3CanonicalUserId).toBe(oaiCanonicalUserId(Id!));
  expect([plane.hasOriginAccessIdentity(Id!), plane.hasOriginAccessIdentity('ENOBODY')]).toEqual([true, false]);
  expect((await create('a')).CloudFrontOriginAccessIdentity!.Id).toBe(Id);
  expect(refusal(() => create('b'))).toBe('409 CloudFrontOriginAccessIdentityAlreadyExists');
});
