/**
 * A DistributionConfig as anyone writes it, straight to the Distribution edges read: accepted, filled in and translated exactly
 * as the API does, without an account behind it. For the test kit and for tests; the API's own way is create-cloud-front.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { ContinuousDeployment } from '../../../model/continuous-deployment.ts';
import type { Distribution } from '../../../model/distribution.ts';
import { distributionArn } from './ids.ts';
import { acceptOriginAccessControl } from './origin-access-controls.ts';
import { policyLookups } from './policies/policy-lookups.ts';
import type { OwnResources } from './policies/policy-lookups.ts';
import { acceptCachePolicy, acceptOriginRequestPolicy } from './policies/validate-policies.ts';
import { acceptResponseHeadersPolicy } from './policies/validate-response-headers-policy.ts';
import { translateDistribution } from './translate.ts';
import type { References } from './validate/references.ts';
import { acceptDistributionConfig } from './validate/validate-distribution.ts';

export interface ConfigContext {
  readonly id: string;
  readonly domainName: string;
  readonly revision?: number;
  readonly accountId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** What the configuration may refer to besides AWS's managed policies, by id. */
  readonly cachePolicies?: Readonly<Record<string, Sdk.CachePolicyConfig>>;
  readonly originRequestPolicies?: Readonly<Record<string, Sdk.OriginRequestPolicyConfig>>;
  readonly responseHeadersPolicies?: Readonly<Record<string, Sdk.ResponseHeadersPolicyConfig>>;
  readonly originAccessControls?: Readonly<Record<string, Sdk.OriginAccessControlConfig>>;
  /** Ids of origin access identities. */
  readonly originAccessIdentities?: readonly string[];
  /** The certificates that exist; none unless given. Edges get no key of theirs: whoever serves the aliases has one. */
  readonly certificate?: References['certificate'];
  /** Of a primary distribution. */
  readonly continuousDeployment?: ContinuousDeployment | undefined;
}

/** Throws ApiError, in CloudFront's words, where the API would refuse. */
export function distributionFromConfig(config: Sdk.DistributionConfig, context: ConfigContext): Distribution {
  const own: OwnResources = {
    cachePolicy: accepted(context.cachePolicies, acceptCachePolicy),
    originRequestPolicy: accepted(context.originRequestPolicies, acceptOriginRequestPolicy),
    responseHeadersPolicy: accepted(context.responseHeadersPolicies, acceptResponseHeadersPolicy),
    originAccessControl: accepted(context.originAccessControls, acceptOriginAccessControl),
  };
  const lookups = policyLookups(own);
  const filled = acceptDistributionConfig(config, {
    domainSuffix: context.domainName.slice(context.domainName.indexOf('.') + 1),
    hasCachePolicy: (id) => lookups.cachePolicy(id) !== undefined,
    hasOriginRequestPolicy: (id) => lookups.originRequestPolicy(id) !== undefined,
    hasResponseHeadersPolicy: (id) => lookups.responseHeadersPolicy(id) !== undefined,
    hasOriginAccessIdentity: (id) => context.originAccessIdentities?.includes(id) ?? false,
    originAccessControl: own.originAccessControl,
    continuousDeploymentPolicy: () => 'unknown',
    isInContinuousDeployment: false,
    certificate: context.certificate ?? (() => undefined),
    isAliasTaken: () => false,
  });
  return translateDistribution(filled, {
    ...lookups,
    id: context.id,
    arn: distributionArn(context.accountId ?? '000000000000', context.id),
    domainName: context.domainName,
    revision: context.revision ?? 1,
    tags: context.tags ?? {},
    viewerCertificate: () => undefined,
    continuousDeployment: () => context.continuousDeployment,
  });
}

function accepted<Input, C>(
  configs: Readonly<Record<string, Input>> | undefined,
  accept: (config: Input) => C,
): (id: string) => C | undefined {
  const byId = new Map(Object.entries(configs ?? {}).map(([id, config]) => [id, accept(config)]));
  return (id) => byId.get(id);
}
