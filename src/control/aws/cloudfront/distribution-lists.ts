/**
 * Lists of distributions: all, and by what they refer to. Facts: aws-api B1, B3.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Handlers } from '../wire/types.ts';
import { ApiError } from '../wire/types.ts';
import { distributionSummary } from './distribution-shapes.ts';
import { behaviorsOf, items } from './filled-config.ts';
import type { CloudFrontSdk, FilledBehavior } from './filled-config.ts';
import { listed, pageOf } from './paging.ts';
import type { Asked } from './paging.ts';
import type { Registry, StoredDistribution } from './registry.ts';
import { invalidArgument } from './validate/references.ts';

export function distributionListHandlers(registry: Registry) {
  const all = (): readonly StoredDistribution[] => registry.distributions.list();
  const list = (of: readonly StoredDistribution[], asked: Asked): { DistributionList: Sdk.DistributionList } => {
    const page = pageOf(of, asked, ({ id }) => id, registry.distributions);
    return { DistributionList: { ...page.head, ...listed(page.items.map((one) => distributionSummary(registry, one))) } };
  };
  const idList = (of: readonly StoredDistribution[], asked: Asked): { DistributionIdList: Sdk.DistributionIdList } => {
    const page = pageOf(of, asked, ({ id }) => id, registry.distributions);
    return { DistributionIdList: { ...page.head, ...listed(page.items.map(({ id }) => id)) } };
  };
  const withBehavior = (matches: (behavior: FilledBehavior) => boolean): readonly StoredDistribution[] =>
    all().filter(({ document }) => behaviorsOf(document.config).some(matches));
  return {
    ListDistributions: (input) => list(all(), input),
    ListDistributionsByCachePolicyId: (input) =>
      idList(
        withBehavior((it) => it.CachePolicyId === input.CachePolicyId),
        input,
      ),
    ListDistributionsByOriginRequestPolicyId: (input) =>
      idList(
        withBehavior((it) => it.OriginRequestPolicyId === input.OriginRequestPolicyId),
        input,
      ),
    ListDistributionsByResponseHeadersPolicyId: (input) =>
      idList(
        withBehavior((it) => it.ResponseHeadersPolicyId === input.ResponseHeadersPolicyId),
        input,
      ),
    ListDistributionsByKeyGroup: (input) =>
      idList(
        withBehavior((it) => items(it.TrustedKeyGroups).includes(input.KeyGroupId ?? '')),
        input,
      ),
    ListDistributionsByRealtimeLogConfig(input) {
      if (!input.RealtimeLogConfigArn && !input.RealtimeLogConfigName) {
        throw invalidArgument('One of RealtimeLogConfigArn and RealtimeLogConfigName is required.');
      }
      const names = (arn: string): boolean =>
        arn === input.RealtimeLogConfigArn || arn.endsWith(`:realtime-log-config/${input.RealtimeLogConfigName ?? ''}`);
      return list(
        withBehavior((it) => it.RealtimeLogConfigArn !== undefined && names(it.RealtimeLogConfigArn)),
        input,
      );
    },
    ListDistributionsByTrustStore(input) {
      const { TrustStoreIdentifier: identifier = '' } = input;
      return list(registry.usersOf(identifier.slice(identifier.lastIndexOf('/') + 1)), input);
    },
    ListDistributionsByWebACLId(input) {
      if (!input.WebACLId) throw new ApiError('InvalidWebACLId', 'A web ACL ID or web ACL ARN specified is not valid.', 400);
      // CloudFront: `null` asks for those without a web ACL.
      const wanted = input.WebACLId === 'null' ? '' : input.WebACLId;
      return list(
        all().filter(({ document }) => document.config.WebACLId === wanted),
        input,
      );
    },
  } satisfies Handlers<CloudFrontSdk>;
}
