/**
 * Distributions through the AWS SDK against the real program: what is given comes back whole, at the limits too; of updates that
 * race with one ETag one wins; a web ACL guards one, and follows its IP set; and a script that deletes page after page reaches the end.
 */
import {
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  DeleteOriginAccessControlCommand,
  GetDistributionConfigCommand,
  GetOriginAccessControlCommand,
  ListOriginAccessControlsCommand,
  UpdateDistributionCommand,
  type CloudFrontClient,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { CreateIPSetCommand, CreateWebACLCommand, UpdateIPSetCommand } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { CheckedBehavior } from '../../src/control/aws/cloudfront/filled-config.ts';
import { CACHING_OPTIMIZED, cloudFrontOf, createSite, siteConfig, wafOf } from '../process/site.ts';
import { succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

let warmfront: RunningWarmfront;
let cloudFront: CloudFrontClient;

beforeAll(async () => {
  warmfront = await startWarmfront();
  cloudFront = cloudFrontOf(warmfront);
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

function counted<Item>(Items: Item[]): { Quantity: number; Items: Item[] } {
  return { Quantity: Items.length, Items };
}

const LEGACY: CheckedBehavior = {
  TargetOriginId: 'origin 0',
  ViewerProtocolPolicy: 'https-only',
  MinTTL: 1,
  DefaultTTL: 2,
  MaxTTL: 3,
  SmoothStreaming: true,
  Compress: true,
  AllowedMethods: {
    ...counted(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'DELETE'] as const satisfies string[]),
    CachedMethods: counted(['GET', 'HEAD', 'OPTIONS'] as const satisfies string[]),
  },
  ForwardedValues: {
    QueryString: true,
    QueryStringCacheKeys: counted(['a', 'ü', 'b&c']),
    Cookies: { Forward: 'whitelist', WhitelistedNames: counted(['session*', 'x?']) },
    Headers: counted(['Origin', 'Accept-Language']),
  },
};

/** Everything there may be many of, as many as there may be, with text that XML must escape. */
const LARGEST: DistributionConfig = {
  ...siteConfig({ originPort: 80 }),
  Aliases: { Quantity: 0 },
  Comment: `ü & <b> "q" 'a' 日本 😀`,
  DefaultRootObject: 'a/b.html',
  Origins: counted(
    Array.from({ length: 100 }, (_, index) => ({
      Id: `origin ${index}`,
      DomainName: `host${index}.example.com`,
      OriginPath: '/a&b',
      CustomHeaders: counted([{ HeaderName: 'X-From', HeaderValue: `a & <${index}>` }]),
      CustomOriginConfig: { HTTPPort: 8080, HTTPSPort: 8443, OriginProtocolPolicy: 'match-viewer' },
    })),
  ),
  OriginGroups: counted(
    Array.from({ length: 10 }, (_, index) => ({
      Id: `group ${index}`,
      FailoverCriteria: { StatusCodes: counted([403, 500]) },
      Members: counted([{ OriginId: 'origin 0' }, { OriginId: `origin ${index + 1}` }]),
    })),
  ),
  DefaultCacheBehavior: LEGACY,
  CacheBehaviors: counted([
    { ...LEGACY, PathPattern: `/~"'@:+&$*?.x` },
    ...Array.from({ length: 74 }, (_, index) => ({
      PathPattern: `/${index}/*`,
      TargetOriginId: `group ${index % 10}`,
      ViewerProtocolPolicy: 'redirect-to-https' as const,
      CachePolicyId: CACHING_OPTIMIZED,
    })),
  ]),
  CustomErrorResponses: counted(
    [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((ErrorCode) => ({
      ErrorCode,
      ResponsePagePath: `/errors/${ErrorCode}.html`,
      ResponseCode: '200',
      ErrorCachingMinTTL: 0,
    })),
  ),
  Restrictions: { GeoRestriction: { RestrictionType: 'blacklist', ...counted(['AQ', 'BV']) } },
  HttpVersion: 'http2and3',
  PriceClass: 'PriceClass_100',
  IsIPV6Enabled: false,
};

test('a configuration at every limit comes back as it was given, and an update with it changes nothing', async () => {
  const { Distribution } = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig: LARGEST }));
  expect(Distribution?.DistributionConfig).toMatchObject(LARGEST);
  const { DistributionConfig, ETag } = await cloudFront.send(new GetDistributionConfigCommand({ Id: Distribution?.Id }));
  const updated = await cloudFront.send(
    new UpdateDistributionCommand({ Id: Distribution?.Id, IfMatch: ETag, DistributionConfig }),
  );
  expect(updated.Distribution?.DistributionConfig).toEqual(DistributionConfig);
  expect(updated.ETag).not.toBe(ETag);
});

test('of ten updates with one ETag, one wins', async () => {
  const { id } = await createSite(cloudFront, { originPort: 80 });
  const { DistributionConfig: config, ETag } = await cloudFront.send(new GetDistributionConfigCommand({ Id: id }));
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      cloudFront
        .send(
          new UpdateDistributionCommand({ Id: id, IfMatch: ETag, DistributionConfig: { ...config!, Comment: `by ${index}` } }),
        )
        .then(
          ({ Distribution }) => Distribution?.DistributionConfig?.Comment,
          (error: unknown) => (error instanceof Error ? error.name : String(error)),
        ),
    ),
  );
  const winners = outcomes.filter((outcome) => outcome !== 'PreconditionFailed');
  const { DistributionConfig: after } = await cloudFront.send(new GetDistributionConfigCommand({ Id: id }));
  expect(winners).toEqual([after?.Comment]);
});

test('a distribution keeps its domain name, and a certificate for it, when the suffix changes', async () => {
  const { domainName } = await createSite(cloudFront, { originPort: 80 });
  expect(await warmfront.stop()).toBe(0);
  warmfront = await startWarmfront({ data: warmfront.data, flags: ['--domain-suffix', 'cdn.localhost'] });
  cloudFront = cloudFrontOf(warmfront);
  const later = await createSite(cloudFront, { originPort: 80 });
  expect(domainName).toMatch(/^d[a-z0-9]{13}\.cloudfront\.localhost$/);
  expect(later.domainName).toMatch(/^d[a-z0-9]{13}\.cdn\.localhost$/);
  for (const name of [domainName, later.domainName]) {
    const url = `https://${name}:${warmfront.httpsPort}/`;
    const shown = await succeed(['curl', '-sS', '-o', '/dev/null', '-w', '%{ssl_verify_result}', url], warmfront.environment);
    expect(shown).toBe('0');
  }
});

test('a web ACL guards a distribution, and what its IP set holds counts as soon as it is changed', async () => {
  const { httpPort } = warmfront;
  const waf = wafOf(warmfront);
  const Scope = 'CLOUDFRONT';
  const VisibilityConfig = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'm' };
  const Addresses = ['127.0.0.0/8'];
  const ips = (await waf.send(new CreateIPSetCommand({ Name: 'us', Scope, IPAddressVersion: 'IPV4', Addresses }))).Summary!;
  const Statement = { IPSetReferenceStatement: { ARN: ips.ARN } };
  const rule = {
    Name: 'us',
    Priority: 0,
    Statement,
    Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
    VisibilityConfig,
  };
  const acl = { Name: 'guard', Scope, DefaultAction: { Allow: {} }, VisibilityConfig, Rules: [rule] } as const;
  const made = await waf.send(new CreateWebACLCommand({ ...acl, Rules: [rule] }));
  // Nobody listens at the origin: what is let through is answered with 502.
  const config = { ...siteConfig({ originPort: 1024 }), CallerReference: 'guarded', WebACLId: made.Summary!.ARN! };
  const created = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const host = created.Distribution!.DomainName!;
  const answered = async (wanted: number): Promise<void> => {
    let status = 0;
    while (status !== wanted) status = (await fetch(`http://127.0.0.1:${httpPort}/`, { headers: { host } })).status;
  };
  await answered(429);
  await waf.send(new UpdateIPSetCommand({ Name: 'us', Id: ips.Id!, LockToken: ips.LockToken!, Scope, Addresses: [] }));
  await answered(502);
  waf.destroy();
}, 20_000);

test('a script that deletes page after page reaches the end', async () => {
  for (let index = 0; index < 5; index++) {
    const OriginAccessControlConfig = {
      Name: `control ${index}`,
      SigningProtocol: 'sigv4',
      SigningBehavior: 'always',
      OriginAccessControlOriginType: 's3',
    } as const;
    await cloudFront.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig }));
  }
  let Marker: string | undefined;
  do {
    const { OriginAccessControlList: page } = await cloudFront.send(new ListOriginAccessControlsCommand({ MaxItems: 2, Marker }));
    for (const { Id } of page?.Items ?? []) {
      const { ETag } = await cloudFront.send(new GetOriginAccessControlCommand({ Id }));
      await cloudFront.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: ETag }));
    }
    Marker = page?.NextMarker;
  } while (Marker !== undefined);
  const { OriginAccessControlList: left } = await cloudFront.send(new ListOriginAccessControlsCommand({}));
  expect(left?.Quantity).toBe(0);
});
