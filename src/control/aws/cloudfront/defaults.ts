/**
 * What CloudFront fills in when a configuration leaves it out, on create and on update alike (an update replaces, it does not
 * merge). Facts: aws-api B4. Every member here is always emitted: clients dereference them. The result is what is stored and
 * what Get answers. Whether the values make sense is judged in validate/, after filling in.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type {
  CheckedBehavior,
  CheckedCertificate,
  CheckedConfig,
  CheckedOrigin,
  Counted,
  Defined,
  FilledConfig,
  FilledDefaultBehavior,
  FilledOrigin,
  LegacySettings,
} from './filled-config.ts';

const DEFAULT_TTL = 86_400;
const MAX_TTL = 31_536_000;

/** The configuration with every default in place. */
export function fillDefaults(config: CheckedConfig): FilledConfig {
  return {
    ...config,
    Aliases: counted(config.Aliases),
    DefaultRootObject: config.DefaultRootObject ?? '',
    Origins: { Quantity: config.Origins.Items.length, Items: config.Origins.Items.map(fillOrigin) },
    OriginGroups: counted(config.OriginGroups),
    DefaultCacheBehavior: fillBehavior(config.DefaultCacheBehavior),
    CacheBehaviors: counted({
      Quantity: config.CacheBehaviors?.Items?.length ?? 0,
      Items: (config.CacheBehaviors?.Items ?? []).map((one) => ({ PathPattern: one.PathPattern, ...fillBehavior(one) })),
    }),
    CustomErrorResponses: counted({
      Quantity: config.CustomErrorResponses?.Items?.length ?? 0,
      Items: (config.CustomErrorResponses?.Items ?? []).map((one) => ({
        ErrorCode: one.ErrorCode,
        ResponsePagePath: one.ResponsePagePath ?? '',
        ResponseCode: one.ResponseCode ?? '',
        // CloudFront: 10 seconds (data plane 4.4).
        ErrorCachingMinTTL: one.ErrorCachingMinTTL ?? 10,
      })),
    }),
    Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '', ...config.Logging },
    PriceClass: config.PriceClass ?? 'PriceClass_All',
    ViewerCertificate: fillViewerCertificate(config.ViewerCertificate),
    Restrictions: { GeoRestriction: fillGeoRestriction(config.Restrictions?.GeoRestriction) },
    WebACLId: config.WebACLId ?? '',
    // CloudFront: lists answer `HTTP2`, and tools send it back so.
    HttpVersion: (config.HttpVersion?.toLowerCase() ?? 'http2') as Sdk.HttpVersion,
    IsIPV6Enabled: config.IsIPV6Enabled ?? true,
    ContinuousDeploymentPolicyId: config.ContinuousDeploymentPolicyId ?? '',
    Staging: config.Staging ?? false,
  };
}

/** An empty list has no Items. */
function counted<T>(list: Counted<T> | undefined): { Quantity: number; Items?: T[] } {
  const items = list?.Items ?? [];
  return items.length === 0 ? { Quantity: 0 } : { Quantity: items.length, Items: [...items] };
}

function fillOrigin(origin: CheckedOrigin): FilledOrigin {
  return {
    ...origin,
    OriginPath: origin.OriginPath ?? '',
    CustomHeaders: counted(origin.CustomHeaders),
    ...(origin.S3OriginConfig && { S3OriginConfig: { OriginReadTimeout: 30, ...origin.S3OriginConfig } }),
    ...(origin.CustomOriginConfig && {
      CustomOriginConfig: {
        OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
        OriginReadTimeout: 30,
        OriginKeepaliveTimeout: 5,
        ...origin.CustomOriginConfig,
      },
    }),
    ...(origin.VpcOriginConfig && {
      VpcOriginConfig: { OriginReadTimeout: 30, OriginKeepaliveTimeout: 5, ...origin.VpcOriginConfig },
    }),
    ConnectionAttempts: origin.ConnectionAttempts ?? 3,
    ConnectionTimeout: origin.ConnectionTimeout ?? 10,
    // CloudFront: emitted even when unset; 0 is unlimited.
    ResponseCompletionTimeout: origin.ResponseCompletionTimeout ?? 0,
    OriginShield: origin.OriginShield ?? { Enabled: false },
    OriginAccessControlId: origin.OriginAccessControlId ?? '',
  };
}

function fillBehavior(behavior: CheckedBehavior): FilledDefaultBehavior {
  const { ForwardedValues, MinTTL: _min, DefaultTTL: _default, MaxTTL: _max, ...rest } = behavior;
  const methods = behavior.AllowedMethods ?? { Quantity: 2, Items: ['HEAD', 'GET'] };
  return {
    ...rest,
    TrustedSigners: { Enabled: behavior.TrustedSigners?.Enabled ?? false, ...counted(behavior.TrustedSigners) },
    TrustedKeyGroups: { Enabled: behavior.TrustedKeyGroups?.Enabled ?? false, ...counted(behavior.TrustedKeyGroups) },
    AllowedMethods: { ...methods, CachedMethods: methods.CachedMethods ?? { Quantity: 2, Items: ['HEAD', 'GET'] } },
    SmoothStreaming: behavior.SmoothStreaming ?? false,
    Compress: behavior.Compress ?? false,
    LambdaFunctionAssociations: counted(behavior.LambdaFunctionAssociations),
    FunctionAssociations: counted(behavior.FunctionAssociations),
    FieldLevelEncryptionId: behavior.FieldLevelEncryptionId ?? '',
    GrpcConfig: behavior.GrpcConfig ?? { Enabled: false },
    ...(ForwardedValues && {
      ForwardedValues: {
        ...ForwardedValues,
        Headers: counted(ForwardedValues.Headers),
        QueryStringCacheKeys: counted(ForwardedValues.QueryStringCacheKeys),
      },
    }),
    ...fillTtls(behavior),
  };
}

/** CloudFront: a behavior has its own TTLs only without a cache policy. Zeros beside a policy mean nothing and vanish. */
function fillTtls(given: CheckedBehavior): Pick<LegacySettings, 'MinTTL' | 'DefaultTTL' | 'MaxTTL'> {
  if (given.CachePolicyId) {
    return {
      ...(given.MinTTL && { MinTTL: given.MinTTL }),
      ...(given.DefaultTTL && { DefaultTTL: given.DefaultTTL }),
      ...(given.MaxTTL && { MaxTTL: given.MaxTTL }),
    };
  }
  const MinTTL = given.MinTTL ?? 0;
  const DefaultTTL = given.DefaultTTL ?? Math.max(DEFAULT_TTL, MinTTL);
  return { MinTTL, DefaultTTL, MaxTTL: given.MaxTTL ?? Math.max(MAX_TTL, DefaultTTL) };
}

function fillGeoRestriction(geo: Defined<Sdk.GeoRestriction> | undefined): Defined<Sdk.GeoRestriction> {
  return { RestrictionType: geo?.RestrictionType ?? 'none', ...counted(geo) };
}

function fillViewerCertificate(given: CheckedCertificate = {}): CheckedCertificate {
  // CloudFront: `Certificate` with `CertificateSource` is the older form of the same.
  const acm = given.ACMCertificateArn ?? (given.CertificateSource === 'acm' ? given.Certificate : undefined);
  const iam = given.IAMCertificateId ?? (given.CertificateSource === 'iam' ? given.Certificate : undefined);
  if (!acm && !iam) {
    return {
      CloudFrontDefaultCertificate: true,
      // CloudFront: with its own certificate the method and the version are not the user's to choose.
      SSLSupportMethod: 'vip',
      MinimumProtocolVersion: 'TLSv1',
      CertificateSource: 'cloudfront',
    };
  }
  return {
    CloudFrontDefaultCertificate: given.CloudFrontDefaultCertificate ?? false,
    ...(acm && { ACMCertificateArn: acm }),
    ...(iam && { IAMCertificateId: iam }),
    ...(given.SSLSupportMethod && { SSLSupportMethod: given.SSLSupportMethod }),
    MinimumProtocolVersion: given.MinimumProtocolVersion ?? 'TLSv1',
    Certificate: acm ?? iam!,
    CertificateSource: acm ? 'acm' : 'iam',
  };
}
