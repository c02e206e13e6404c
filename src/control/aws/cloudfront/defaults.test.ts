import { expect, test } from 'bun:test';
import { CACHING_OPTIMIZED, minimalConfig } from './control-plane.fixture.ts';
import { fillDefaults } from './defaults.ts';
import type { CheckedConfig } from './filled-config.ts';

const fill = (changes = {}) => fillDefaults(minimalConfig(changes) as CheckedConfig);

test('a minimal configuration comes back with every default', () => {
  expect(fill()).toEqual({
    CallerReference: 'ref-1',
    Comment: '',
    Enabled: true,
    Aliases: { Quantity: 0 },
    DefaultRootObject: '',
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'site',
          DomainName: 'localhost',
          OriginPath: '',
          CustomHeaders: { Quantity: 0 },
          CustomOriginConfig: {
            HTTPPort: 3000,
            HTTPSPort: 443,
            OriginProtocolPolicy: 'http-only',
            OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
            OriginReadTimeout: 30,
            OriginKeepaliveTimeout: 5,
          },
          ConnectionAttempts: 3,
          ConnectionTimeout: 10,
          ResponseCompletionTimeout: 0,
          OriginShield: { Enabled: false },
          OriginAccessControlId: '',
        },
      ],
    },
    OriginGroups: { Quantity: 0 },
    DefaultCacheBehavior: {
      TargetOriginId: 'site',
      ViewerProtocolPolicy: 'allow-all',
      CachePolicyId: CACHING_OPTIMIZED,
      TrustedSigners: { Enabled: false, Quantity: 0 },
      TrustedKeyGroups: { Enabled: false, Quantity: 0 },
      AllowedMethods: { Quantity: 2, Items: ['HEAD', 'GET'], CachedMethods: { Quantity: 2, Items: ['HEAD', 'GET'] } },
      SmoothStreaming: false,
      Compress: false,
      LambdaFunctionAssociations: { Quantity: 0 },
      FunctionAssociations: { Quantity: 0 },
      FieldLevelEncryptionId: '',
      GrpcConfig: { Enabled: false },
    },
    CacheBehaviors: { Quantity: 0 },
    CustomErrorResponses: { Quantity: 0 },
    Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' },
    PriceClass: 'PriceClass_All',
    ViewerCertificate: {
      CloudFrontDefaultCertificate: true,
      SSLSupportMethod: 'vip',
      MinimumProtocolVersion: 'TLSv1',
      CertificateSource: 'cloudfront',
    },
    Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: '',
    HttpVersion: 'http2',
    IsIPV6Enabled: true,
    ContinuousDeploymentPolicyId: '',
    Staging: false,
  });
});

test('what is filled in stays as it is when filled in again', () => {
  const once = fill();
  expect(fillDefaults(once)).toEqual(once);
});

const legacy = (ttls: object) => {
  const ForwardedValues = { QueryString: false, Cookies: { Forward: 'none' } };
  const { MinTTL, DefaultTTL, MaxTTL } = fill({
    DefaultCacheBehavior: { TargetOriginId: 'site', ViewerProtocolPolicy: 'allow-all', ForwardedValues, ...ttls },
  }).DefaultCacheBehavior;
  return [MinTTL, DefaultTTL, MaxTTL];
};

const rows: [name: string, ttls: object, want: number[]][] = [
  ['none given', {}, [0, 86_400, 31_536_000]],
  ['a minimum beyond a day', { MinTTL: 100_000 }, [100_000, 100_000, 31_536_000]],
  ['all given', { MinTTL: 1, DefaultTTL: 2, MaxTTL: 3 }, [1, 2, 3]],
];
test.each(rows)('legacy TTLs: %s', (_, ttls, want) => expect(legacy(ttls)).toEqual(want));

test('a certificate of one order is shown in both forms', () => {
  const arn = 'arn:aws:acm:us-east-1:000000000000:certificate/0a';
  expect(fill({ ViewerCertificate: { ACMCertificateArn: arn, SSLSupportMethod: 'sni-only' } }).ViewerCertificate).toEqual({
    CloudFrontDefaultCertificate: false,
    ACMCertificateArn: arn,
    SSLSupportMethod: 'sni-only',
    MinimumProtocolVersion: 'TLSv1',
    Certificate: arn,
    CertificateSource: 'acm',
  });
});
