/**
 * A stored DistributionConfig, with what it refers to, as the Distribution that edges read (model/distribution.ts). Parsed
 * here once; the data plane re-checks nothing. `''` and empty lists of the API become undefined or empty values of the model.
 */
import type { CertificateVersion } from '../../../model/certificate.ts';
import type { ContinuousDeployment } from '../../../model/continuous-deployment.ts';
import type { CacheBehavior, Distribution, Forwarding, Origin, OriginKind, ViewerMtls } from '../../../model/distribution.ts';
import type { CachePolicy, LegacyForwarding, OriginRequestPolicy, ResponseHeadersPolicy } from '../../../model/policies.ts';
import type { FieldLevelEncryption } from '../../../model/field-level-encryption.ts';
import { seconds } from '../../../model/units.ts';
import { items } from './filled-config.ts';
import type { FilledBehavior, FilledConfig, FilledOrigin } from './filled-config.ts';
import type { OriginAccessControlConfig } from './policies/documents.ts';
import { lowerCase } from './policies/translate-policies.ts';
import { signersOf, type KeyLookups } from './signers/trusted-keys.ts';
import type { TrustedAuthorities } from './trust-stores/trust-store-handlers.ts';

/** What the configuration names but does not contain. Lookups answer what validation has found to exist. */
export interface TranslationContext extends KeyLookups {
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  readonly revision: number;
  readonly tags: Readonly<Record<string, string>>;
  cachePolicy(id: string): CachePolicy | undefined;
  originRequestPolicy(id: string): OriginRequestPolicy | undefined;
  responseHeadersPolicy(id: string): ResponseHeadersPolicy | undefined;
  originAccessControl(id: string): OriginAccessControlConfig | undefined;
  /** Nothing for one that an earlier release took on trust. */
  certificateVersion(arn: string): CertificateVersion | undefined;
  trustStore(id: string): TrustedAuthorities | undefined;
  fieldLevelEncryption(id: string): FieldLevelEncryption | undefined;
  /** What the policy tells edges; nothing while it is not enabled. */
  continuousDeployment?(policyId: string): ContinuousDeployment | undefined;
}

export function translateDistribution(config: FilledConfig, context: TranslationContext): Distribution {
  const geo = config.Restrictions.GeoRestriction;
  return {
    id: context.id,
    arn: context.arn,
    domainName: context.domainName,
    revision: context.revision,
    enabled: config.Enabled,
    staging: config.Staging,
    aliases: lowerCase(config.Aliases),
    defaultRootObject: config.DefaultRootObject,
    httpVersion: config.HttpVersion,
    origins: config.Origins.Items.map((origin) => translateOrigin(origin, context)),
    originGroups: items(config.OriginGroups).map((group) => ({
      id: group.Id,
      primaryOriginId: group.Members.Items[0]!.OriginId,
      secondaryOriginId: group.Members.Items[1]!.OriginId,
      failoverStatusCodes: group.FailoverCriteria.StatusCodes.Items,
      selection: group.SelectionCriteria ?? 'default',
    })),
    cacheBehaviors: items(config.CacheBehaviors).map((behavior) => translateBehavior(behavior.PathPattern, behavior, context)),
    defaultCacheBehavior: translateBehavior('*', config.DefaultCacheBehavior, context),
    customErrorResponses: items(config.CustomErrorResponses).map((response) => ({
      errorCode: response.ErrorCode,
      errorCachingMinTtl: seconds(response.ErrorCachingMinTTL ?? 10),
      page: response.ResponsePagePath
        ? { path: response.ResponsePagePath, responseCode: Number(response.ResponseCode) }
        : undefined,
    })),
    cacheTagField: config.CacheTagConfig?.HeaderName.toLowerCase(),
    viewerCertificate: context.certificateVersion(config.ViewerCertificate.ACMCertificateArn ?? ''),
    minimumProtocolVersion: config.ViewerCertificate.MinimumProtocolVersion ?? 'TLSv1',
    priceClass: config.PriceClass,
    geoRestriction: geo.RestrictionType === 'none' ? { kind: 'none' } : { kind: geo.RestrictionType, countries: items(geo) },
    webAclId: nonEmpty(config.WebACLId),
    continuousDeploymentPolicyId: nonEmpty(config.ContinuousDeploymentPolicyId),
    continuousDeployment: context.continuousDeployment?.(config.ContinuousDeploymentPolicyId),
    viewerMtls: translateViewerMtls(config, context),
    connectionFunctionId: config.ConnectionFunctionAssociation?.Id,
    anycastIpListId: nonEmpty(config.AnycastIpListId),
    standardLog: config.Logging.Enabled
      ? { bucket: config.Logging.Bucket, prefix: config.Logging.Prefix, includeCookies: config.Logging.IncludeCookies }
      : undefined,
    tags: context.tags,
  };
}

function translateViewerMtls({ ViewerMtlsConfig: mtls }: FilledConfig, context: TranslationContext): ViewerMtls | undefined {
  if (mtls === undefined) return undefined;
  const { Mode = 'required', TrustStoreConfig: trust } = mtls;
  if (trust === undefined) return { mode: Mode, trustStore: undefined };
  const { TrustStoreId: id, IgnoreCertificateExpiry: ignoresExpiry = false, AdvertiseTrustStoreCaNames: tells } = trust;
  return { mode: Mode, trustStore: { ...existing(context.trustStore(id), id), ignoresExpiry, tellsNames: tells !== false } };
}

function translateBehavior(pathPattern: string, behavior: FilledBehavior, context: TranslationContext): CacheBehavior {
  const { ResponseHeadersPolicyId: responseHeaders, FieldLevelEncryptionId: encryption } = behavior;
  return {
    pathPattern,
    targetOriginId: behavior.TargetOriginId,
    viewerProtocolPolicy: behavior.ViewerProtocolPolicy,
    allowedMethods: behavior.AllowedMethods.Items,
    cachedMethods: behavior.AllowedMethods.CachedMethods.Items,
    compress: behavior.Compress,
    forwarding: translateForwarding(behavior, context),
    responseHeadersPolicy: responseHeaders
      ? existing(context.responseHeadersPolicy(responseHeaders), responseHeaders)
      : undefined,
    signers: signersOf(behavior, context),
    functionAssociations: items(behavior.FunctionAssociations).flatMap(({ EventType: eventType, FunctionARN: functionArn }) =>
      eventType === 'viewer-request' || eventType === 'viewer-response' ? [{ eventType, functionArn }] : [],
    ),
    lambdaAssociations: items(behavior.LambdaFunctionAssociations).map((one) => ({
      eventType: one.EventType,
      functionArn: one.LambdaFunctionARN,
      includeBody: one.IncludeBody ?? false,
    })),
    fieldLevelEncryption: encryption ? existing(context.fieldLevelEncryption(encryption), encryption) : undefined,
    smoothStreaming: behavior.SmoothStreaming,
    grpc: behavior.GrpcConfig.Enabled,
    realtimeLogConfigArn: nonEmpty(behavior.RealtimeLogConfigArn),
  };
}

function translateForwarding(behavior: FilledBehavior, context: TranslationContext): Forwarding {
  const { CachePolicyId: cache, OriginRequestPolicyId: originRequest, ForwardedValues: values } = behavior;
  if (cache) {
    return {
      kind: 'policies',
      cachePolicy: existing(context.cachePolicy(cache), cache),
      originRequestPolicy: originRequest ? existing(context.originRequestPolicy(originRequest), originRequest) : undefined,
    };
  }
  if (!values) throw new Error('a cache behavior has neither a cache policy nor forwarded values');
  const { Forward, WhitelistedNames } = values.Cookies;
  const legacy: LegacyForwarding = {
    minTtl: seconds(behavior.MinTTL ?? 0),
    defaultTtl: seconds(behavior.DefaultTTL ?? 0),
    maxTtl: seconds(behavior.MaxTTL ?? 0),
    queryString: values.QueryString,
    queryStringCacheKeys: items(values.QueryStringCacheKeys),
    cookies: Forward === 'whitelist' ? { kind: Forward, names: items(WhitelistedNames) } : { kind: Forward },
    headers: lowerCase(values.Headers),
  };
  return { kind: 'legacy', legacy };
}

function translateOrigin(origin: FilledOrigin, context: TranslationContext): Origin {
  const controlId = origin.OriginAccessControlId;
  const settings = origin.S3OriginConfig ?? origin.CustomOriginConfig ?? origin.VpcOriginConfig;
  const arn = origin.CustomOriginConfig?.OriginMtlsConfig?.ClientCertificateArn;
  return {
    id: origin.Id,
    domainName: origin.DomainName.toLowerCase(),
    originPath: origin.OriginPath,
    customHeaders: items(origin.CustomHeaders).map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]),
    connectionAttempts: origin.ConnectionAttempts,
    connectionTimeout: seconds(origin.ConnectionTimeout),
    responseTimeout: seconds(settings?.OriginReadTimeout ?? 30),
    responseCompletionTimeout: origin.ResponseCompletionTimeout === 0 ? undefined : seconds(origin.ResponseCompletionTimeout),
    kind: translateOriginKind(origin),
    originAccessControl:
      controlId === ''
        ? undefined
        : translateAccessControl(controlId, existing(context.originAccessControl(controlId), controlId)),
    originShieldRegion: origin.OriginShield.Enabled ? origin.OriginShield.OriginShieldRegion : undefined,
    vpcOriginId: origin.VpcOriginConfig?.VpcOriginId,
    // One that an earlier release took on trust has no key: requests that should show it fail, and say so.
    clientCertificate: arn === undefined ? undefined : (context.certificateVersion(arn) ?? { id: arn, version: 0 }),
  };
}

function translateOriginKind(origin: FilledOrigin): OriginKind {
  if (origin.S3OriginConfig) {
    return { kind: 's3', originAccessIdentity: nonEmpty(origin.S3OriginConfig.OriginAccessIdentity.split('/').at(-1)) };
  }
  const custom = origin.CustomOriginConfig;
  return {
    kind: 'custom',
    protocolPolicy: custom?.OriginProtocolPolicy ?? 'match-viewer',
    httpPort: custom?.HTTPPort ?? 80,
    httpsPort: custom?.HTTPSPort ?? 443,
    sslProtocols: items(custom?.OriginSslProtocols),
    keepaliveTimeout: seconds(custom?.OriginKeepaliveTimeout ?? 5),
    ipAddressType: custom?.IpAddressType,
  };
}

function translateAccessControl(id: string, control: OriginAccessControlConfig): NonNullable<Origin['originAccessControl']> {
  return {
    id,
    originType: control.OriginAccessControlOriginType,
    signingBehavior: control.SigningBehavior,
    signingProtocol: control.SigningProtocol,
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** In-use checks keep what is referred to from being deleted; its absence is our own mistake. */
function existing<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`${id} is referred to and does not exist`);
  return found;
}
