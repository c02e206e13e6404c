/**
 * Settings that a distribution may carry and the data plane does not act on yet, one row each, so that none is ignored in silence:
 * the API and the start-up lines print them (model/compile.ts, `warnings`). A row goes when its setting is served.
 */
import type { CacheBehavior, Distribution } from '../model/distribution.ts';
import { CLOUDFRONT_HEADERS, type CloudFrontHeader } from './cloudfront-headers.ts';

export interface UnservedSetting {
  /** Where it stands in the DistributionConfig. */
  readonly setting: string;
  readonly present: (distribution: Distribution) => boolean;
  /** What happens instead, as a sentence without its full stop. */
  readonly message: string;
}

/** Which CloudFront-* headers the edge adds. */
const SERVED_SOURCES: ReadonlySet<CloudFrontHeader['source']> = new Set([
  'device',
  'connection',
  'geo',
  'tls',
  'client certificate',
  'error page',
]);

export const UNSERVED_SETTINGS: readonly UnservedSetting[] = [
  inDistribution('AnycastIpListId', (it) => it.anycastIpListId !== undefined, 'there are no anycast addresses'),
  inDistribution('ConnectionFunctionAssociation', (it) => it.connectionFunctionId !== undefined, 'the function is not run'),
  inDistribution('Logging', (it) => it.standardLog !== undefined, 'no log is written to the bucket'),
  inDistribution(
    'ViewerMtlsConfig.AdvertiseTrustStoreCaNames',
    (it) => it.viewerMtls?.trustStore?.tellsNames === false,
    'viewers are told the names of the authorities',
  ),
  inDistribution(
    'OriginGroups.SelectionCriteria',
    (it) => it.originGroups.some((group) => group.selection === 'media-quality-based'),
    'the primary origin is asked first, whatever its media quality',
  ),
  inDistribution(
    'Origins.OriginShield',
    (it) => it.origins.some((origin) => origin.originShieldRegion !== undefined),
    'there is one tier of cache',
  ),
  inDistribution(
    'Origins.VpcOriginConfig',
    (it) => it.origins.some((origin) => origin.vpcOriginId !== undefined),
    'the origin is reached over the ordinary network',
  ),
  inBehaviors('GrpcConfig', (it) => it.grpc, 'gRPC is not proxied'),
  inBehaviors('RealtimeLogConfigArn', (it) => it.realtimeLogConfigArn !== undefined, 'no real-time log is sent'),
  inBehaviors('SmoothStreaming', (it) => it.smoothStreaming, 'media files are served as they are'),
  inBehaviors(
    'TrustedSigners',
    (it) => it.signers !== undefined && it.signers.unknownAccounts.length > 0,
    'what other AWS accounts sign is refused: their keys are not known here',
  ),
  inBehaviors('Client-Cert-Chain', (it) => asksFor(it, 'client-cert-chain'), 'the header is not added to requests'),
  ...CLOUDFRONT_HEADERS.filter((header) => !SERVED_SOURCES.has(header.source)).map((header) =>
    inBehaviors(header.name, (it) => asksFor(it, header.name.toLowerCase()), 'the header is not added to requests'),
  ),
];

function inDistribution(setting: string, present: (distribution: Distribution) => boolean, message: string): UnservedSetting {
  return { setting, present, message };
}

function inBehaviors(setting: string, present: (behavior: CacheBehavior) => boolean, message: string): UnservedSetting {
  return {
    setting: `CacheBehaviors.${setting}`,
    present: (distribution) => present(distribution.defaultCacheBehavior) || distribution.cacheBehaviors.some(present),
    message,
  };
}

/** A policy or ForwardedValues names the header. Kinds that bring headers along without naming them are no one's express wish. */
function asksFor({ forwarding }: CacheBehavior, name: string): boolean {
  if (forwarding.kind === 'legacy') return forwarding.legacy.headers.includes(name);
  const forwarded = forwarding.originRequestPolicy?.headers;
  const isNamed =
    forwarded !== undefined &&
    (forwarded.kind === 'whitelist' || forwarded.kind === 'allViewerAndWhitelistCloudFront') &&
    forwarded.names.includes(name);
  return isNamed || forwarding.cachePolicy.headers.includes(name);
}
