/**
 * A DistributionConfig as anyone writes it, straight to the Distribution edges read: accepted, filled in and translated exactly
 * as the API does, without an account behind it. For the test kit and for tests; the API's own way is create-cloud-front.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { ContinuousDeployment } from '../../../model/continuous-deployment.ts';
import type { Distribution, TrustedKey } from '../../../model/distribution.ts';
import type { FieldLevelEncryption } from '../../../model/field-level-encryption.ts';
import type { LambdaRelease } from '../lambda/lambda-document.ts';
import { distributionArn } from './ids.ts';
import { acceptOriginAccessControl } from './origin-access-controls.ts';
import { policyLookups } from './policies/policy-lookups.ts';
import type { OwnResources } from './policies/policy-lookups.ts';
import { acceptCachePolicy, acceptOriginRequestPolicy } from './policies/validate-policies.ts';
import { acceptResponseHeadersPolicy } from './policies/validate-response-headers-policy.ts';
import { acceptPublicKey } from './signers/accept-public-key.ts';
import { acceptKeyGroup } from './signers/key-groups.ts';
import { SELF } from './signers/trusted-keys.ts';
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
  /** By their ids, which are the Key-Pair-Ids of signed URLs. */
  readonly publicKeys?: Readonly<Record<string, Pick<Sdk.PublicKeyConfig, 'EncodedKey'>>>;
  readonly keyGroups?: Readonly<Record<string, Sdk.KeyGroupConfig>>;
  /** PEM of the authorities, by the trust store's id. */
  readonly trustStores?: Readonly<Record<string, readonly string[]>>;
  /** By its id. */
  readonly fieldLevelEncryption?: Readonly<Record<string, FieldLevelEncryption>>;
  /** The certificates that exist; none unless given. Edges get no key of theirs: whoever serves the aliases has one. */
  readonly certificate?: References['certificate'];
  /** ARNs of web ACLs. */
  readonly webAclArns?: readonly string[];
  /** ARNs of published CloudFront functions. */
  readonly functionArns?: readonly string[];
  /** The versions of Lambda functions that exist, by their ARNs. */
  readonly lambdas?: Readonly<Record<string, LambdaRelease>>;
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
  const { publicKeys: keyConfigs = {}, accountId = '000000000000' } = context;
  const publicKeys = Object.fromEntries(
    Object.entries(keyConfigs).map(([id, { EncodedKey }]) => [
      id,
      acceptPublicKey({ CallerReference: id, Name: id, EncodedKey }),
    ]),
  );
  const keyGroup = accepted(context.keyGroups, (group: Sdk.KeyGroupConfig) => acceptKeyGroup(group, (id) => id in publicKeys));
  const trusted = (id: string): TrustedKey => ({ id, pem: publicKeys[id]?.EncodedKey ?? '' });
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
    hasLiveFunction: (arn) => context.functionArns?.includes(arn) ?? false,
    lambda: (arn) => context.lambdas?.[arn],
    hasWebAcl: (arn) => context.webAclArns?.includes(arn) ?? false,
    isAliasTaken: () => false,
    hasKeyGroup: (id) => keyGroup(id) !== undefined,
    hasTrustStore: (id) => context.trustStores?.[id] !== undefined,
    hasFieldLevelEncryption: (id) => context.fieldLevelEncryption?.[id] !== undefined,
  });
  return translateDistribution(filled, {
    ...lookups,
    id: context.id,
    arn: distributionArn(accountId, context.id),
    domainName: context.domainName,
    revision: context.revision ?? 1,
    tags: context.tags ?? {},
    certificateVersion: () => undefined,
    trustStore(id) {
      const certificates = context.trustStores?.[id];
      return certificates && { id, revision: 1, certificates };
    },
    fieldLevelEncryption: (id) => context.fieldLevelEncryption?.[id],
    continuousDeployment: () => context.continuousDeployment,
    keyGroup: (id) => keyGroup(id)?.Items.map(trusted) ?? [],
    accountKeys: (account) => (account === SELF || account === accountId ? Object.keys(publicKeys).map(trusted) : undefined),
  });
}

function accepted<Input, C>(
  configs: Readonly<Record<string, Input>> | undefined,
  accept: (config: Input) => C,
): (id: string) => C | undefined {
  const byId = new Map(Object.entries(configs ?? {}).map(([id, config]) => [id, accept(config)]));
  return (id) => byId.get(id);
}
