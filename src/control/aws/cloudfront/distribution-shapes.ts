/**
 * A stored distribution as the API shows it: whole, and as a row of a list. Facts: aws-api B3, B4.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { items } from './filled-config.ts';
import type { FilledConfig } from './filled-config.ts';
import { distributionArn } from './ids.ts';
import type { Registry, StoredDistribution } from './registry.ts';
import { activeSigners } from './signers/trusted-keys.ts';

/** `Deployed` when every edge has acknowledged the newest revision. */
export function statusOf(stored: StoredDistribution): 'InProgress' | 'Deployed' {
  return stored.deployed >= stored.revision ? 'Deployed' : 'InProgress';
}

export function distributionShape(registry: Registry, stored: StoredDistribution): Sdk.Distribution {
  const { config, domainName } = stored.document;
  return {
    Id: stored.id,
    ARN: distributionArn(registry.accountId, stored.id),
    Status: statusOf(stored),
    LastModifiedTime: new Date(stored.modified),
    InProgressInvalidationBatches: registry.state.invalidations.pending(stored.id).length,
    DomainName: domainName,
    ...activeSigners(registry, config),
    DistributionConfig: config,
    ...recordals(config),
  };
}

export function distributionSummary(registry: Registry, stored: StoredDistribution): Sdk.DistributionSummary {
  const { config, domainName } = stored.document;
  return {
    Id: stored.id,
    ARN: distributionArn(registry.accountId, stored.id),
    ETag: stored.etag,
    Status: statusOf(stored),
    LastModifiedTime: new Date(stored.modified),
    DomainName: domainName,
    Aliases: config.Aliases,
    Origins: config.Origins,
    OriginGroups: config.OriginGroups,
    DefaultCacheBehavior: config.DefaultCacheBehavior,
    CacheBehaviors: config.CacheBehaviors,
    CustomErrorResponses: config.CustomErrorResponses,
    Comment: config.Comment,
    PriceClass: config.PriceClass,
    Enabled: config.Enabled,
    ViewerCertificate: config.ViewerCertificate,
    Restrictions: config.Restrictions,
    WebACLId: config.WebACLId,
    // CloudFront: lists write it so, Get does not.
    HttpVersion: config.HttpVersion.replace('http', 'HTTP') as Sdk.HttpVersion,
    IsIPV6Enabled: config.IsIPV6Enabled,
    ...recordals(config),
    Staging: config.Staging,
  };
}

/** CloudFront: recordals are China's; elsewhere every alias counts as approved. */
function recordals(config: FilledConfig): Pick<Sdk.Distribution, 'AliasICPRecordals'> {
  const aliases = items(config.Aliases);
  if (aliases.length === 0) return {};
  return { AliasICPRecordals: aliases.map((CNAME) => ({ CNAME, ICPRecordalStatus: 'APPROVED' })) };
}
