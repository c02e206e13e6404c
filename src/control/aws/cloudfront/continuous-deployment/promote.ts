/**
 * Promotion: the staging distribution's configuration becomes its primary's, and the policy between them is disabled, in one change.
 * Facts: data plane 10.6.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Handlers } from '../../wire/types.ts';
import { distributionShape } from '../distribution-shapes.ts';
import { findDistribution, referencesFor } from '../distributions.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import type { Registry } from '../registry.ts';
import { invalidArgument } from '../validate/references.ts';
import { acceptDistributionConfig } from '../validate/validate-distribution.ts';
import { requireVersion } from '../versions.ts';
import { stagingDistributionOf } from './policy-handlers.ts';

export function promotionHandlers(registry: Registry) {
  const { distributions, continuousDeploymentPolicies: policies, ids } = registry;
  return {
    UpdateDistributionWithStagingConfig({ Id, StagingDistributionId, IfMatch }, call) {
      const primary = findDistribution(registry, Id);
      const policy = policies.get(primary.document.config.ContinuousDeploymentPolicyId);
      const own = policy && stagingDistributionOf(registry, policy.document);
      const staging = findDistribution(registry, StagingDistributionId ?? own?.id);
      if (policy === undefined || staging.id !== own?.id) {
        throw invalidArgument(`${staging.id} is not the staging distribution of the policy that ${primary.id} has attached.`);
      }
      // CloudFront: `<primary ETag>, <staging ETag>`.
      const [primaryVersion, stagingVersion] = (IfMatch ?? '').split(',').map((version) => version.trim());
      requireVersion(distributions, primary, primaryVersion);
      requireVersion(distributions, staging, stagingVersion);
      const { CallerReference, Aliases, ContinuousDeploymentPolicyId } = primary.document.config;
      const promoted: Sdk.DistributionConfig = {
        ...staging.document.config,
        CallerReference,
        Aliases,
        ContinuousDeploymentPolicyId,
        Staging: false,
      };
      const config = acceptDistributionConfig(promoted, referencesFor(registry, primary.id));
      const stored = registry.change(call, (change) => {
        const disabled = { etag: ids.etag(), document: { ...policy.document, Enabled: false } };
        policies.update(policy, disabled, change);
        return distributions.update(primary, { etag: ids.etag(), document: { ...primary.document, config } }, change);
      });
      return { Distribution: distributionShape(registry, stored), ETag: stored.etag };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
