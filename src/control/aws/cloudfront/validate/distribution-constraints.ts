/**
 * The constraints of a DistributionConfig as CloudFront's model states them: required members, enumerations and lengths.
 * Extracted from the service's public model; the checks themselves are in constraints.ts.
 */
import { length, oneOf, required } from './constraints.ts';
import type { Constraint } from './constraints.ts';

const METHOD = oneOf('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'DELETE');
const EVENT = oneOf('viewer-request', 'viewer-response', 'origin-request', 'origin-response');

const behaviorAt = (path: string): readonly Constraint[] => [
  [`${path}.TargetOriginId`, required],
  [`${path}.ViewerProtocolPolicy`, required],
  [`${path}.ViewerProtocolPolicy`, oneOf('allow-all', 'https-only', 'redirect-to-https')],
  [`${path}.TrustedSigners.Enabled`, required],
  [`${path}.TrustedSigners.Quantity`, required],
  [`${path}.TrustedKeyGroups.Enabled`, required],
  [`${path}.TrustedKeyGroups.Quantity`, required],
  [`${path}.AllowedMethods.Quantity`, required],
  [`${path}.AllowedMethods.Items`, required],
  [`${path}.AllowedMethods.Items.*`, METHOD],
  [`${path}.AllowedMethods.CachedMethods.Quantity`, required],
  [`${path}.AllowedMethods.CachedMethods.Items`, required],
  [`${path}.AllowedMethods.CachedMethods.Items.*`, METHOD],
  [`${path}.LambdaFunctionAssociations.Items.*.LambdaFunctionARN`, required],
  [`${path}.LambdaFunctionAssociations.Items.*.EventType`, required],
  [`${path}.LambdaFunctionAssociations.Items.*.EventType`, EVENT],
  [`${path}.FunctionAssociations.Items.*.FunctionARN`, required],
  [`${path}.FunctionAssociations.Items.*.FunctionARN`, length(0, 108)],
  [`${path}.FunctionAssociations.Items.*.EventType`, required],
  [`${path}.FunctionAssociations.Items.*.EventType`, EVENT],
  [`${path}.GrpcConfig.Enabled`, required],
  [`${path}.ForwardedValues.QueryString`, required],
  [`${path}.ForwardedValues.Cookies`, required],
  [`${path}.ForwardedValues.Cookies.Forward`, required],
  [`${path}.ForwardedValues.Cookies.Forward`, oneOf('none', 'whitelist', 'all')],
];

const ORIGIN = 'Origins.Items.*';
const GROUP = 'OriginGroups.Items.*';

export const DISTRIBUTION_CONSTRAINTS: readonly Constraint[] = [
  ['CallerReference', required],
  ['CallerReference', length(1, 256)],
  ['Comment', required],
  ['Enabled', required],
  ['Origins', required],
  ['Origins.Quantity', required],
  ['Origins.Items', required],
  [`${ORIGIN}.Id`, required],
  [`${ORIGIN}.Id`, length(1, 128)],
  [`${ORIGIN}.DomainName`, required],
  [`${ORIGIN}.CustomHeaders.Quantity`, required],
  [`${ORIGIN}.CustomHeaders.Items.*.HeaderName`, required],
  [`${ORIGIN}.CustomHeaders.Items.*.HeaderValue`, required],
  [`${ORIGIN}.S3OriginConfig.OriginAccessIdentity`, required],
  [`${ORIGIN}.CustomOriginConfig.HTTPPort`, required],
  [`${ORIGIN}.CustomOriginConfig.HTTPSPort`, required],
  [`${ORIGIN}.CustomOriginConfig.OriginProtocolPolicy`, required],
  [`${ORIGIN}.CustomOriginConfig.OriginProtocolPolicy`, oneOf('http-only', 'match-viewer', 'https-only')],
  [`${ORIGIN}.CustomOriginConfig.OriginSslProtocols.Items`, required],
  [`${ORIGIN}.CustomOriginConfig.OriginSslProtocols.Items.*`, oneOf('SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2')],
  [`${ORIGIN}.CustomOriginConfig.IpAddressType`, oneOf('ipv4', 'ipv6', 'dualstack')],
  [`${ORIGIN}.VpcOriginConfig.VpcOriginId`, required],
  [`${ORIGIN}.OriginShield.Enabled`, required],
  [`${ORIGIN}.OriginShield.OriginShieldRegion`, length(1, 32)],
  [`${GROUP}.Id`, required],
  [`${GROUP}.Id`, length(1, 128)],
  [`${GROUP}.FailoverCriteria`, required],
  [`${GROUP}.FailoverCriteria.StatusCodes`, required],
  [`${GROUP}.FailoverCriteria.StatusCodes.Items`, required],
  [`${GROUP}.Members`, required],
  [`${GROUP}.Members.Items`, required],
  [`${GROUP}.Members.Items.*.OriginId`, required],
  [`${GROUP}.SelectionCriteria`, oneOf('default', 'media-quality-based')],
  ['DefaultCacheBehavior', required],
  ...behaviorAt('DefaultCacheBehavior'),
  ['CacheBehaviors.Items.*.PathPattern', required],
  ...behaviorAt('CacheBehaviors.Items.*'),
  ['CustomErrorResponses.Items.*.ErrorCode', required],
  ['PriceClass', oneOf('PriceClass_100', 'PriceClass_200', 'PriceClass_All', 'None')],
  ['ViewerCertificate.IAMCertificateId', length(0, 32)],
  ['ViewerCertificate.SSLSupportMethod', oneOf('sni-only', 'vip', 'static-ip')],
  [
    'ViewerCertificate.MinimumProtocolVersion',
    oneOf(
      'SSLv3',
      'TLSv1',
      'TLSv1_2016',
      'TLSv1.1_2016',
      'TLSv1.2_2018',
      'TLSv1.2_2019',
      'TLSv1.2_2021',
      'TLSv1.3_2025',
      'TLSv1.2_2025',
    ),
  ],
  ['ViewerCertificate.CertificateSource', oneOf('cloudfront', 'iam', 'acm')],
  ['Restrictions.GeoRestriction', required],
  ['Restrictions.GeoRestriction.RestrictionType', required],
  ['Restrictions.GeoRestriction.RestrictionType', oneOf('blacklist', 'whitelist', 'none')],
  // CloudFront: its own lists say `HTTP2`; both spellings are accepted.
  ['HttpVersion', oneOf('http1.1', 'http2', 'http3', 'http2and3', 'HTTP1.1', 'HTTP2', 'HTTP3', 'HTTP2and3', 'HTTP2AND3')],
  ['ConnectionMode', oneOf('direct', 'tenant-only')],
  ['ViewerMtlsConfig.Mode', oneOf('required', 'optional', 'passthrough')],
  ['ConnectionFunctionAssociation.Id', required],
  ['ConnectionFunctionAssociation.Id', length(1, 64)],
  ['CacheTagConfig.HeaderName', required],
];
