/**
 * Distributions: create, read, update, delete, copy. Facts: aws-api B3 (versions, caller references, disable before delete).
 * What a configuration may say is judged in validate/, what is filled in in defaults.ts; lists are in distribution-lists.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS, FIELD_ENCRYPTION_QUOTAS, TRUST_STORE_QUOTAS } from '../../../tables/quotas.ts';
import { ApiError } from '../wire/types.ts';
import type { CallContext, Handlers } from '../wire/types.ts';
import { policyOfStaging } from './continuous-deployment/policy-handlers.ts';
import { distributionShape, statusOf } from './distribution-shapes.ts';
import { behaviorsOf, items } from './filled-config.ts';
import type { CloudFrontSdk, FilledConfig } from './filled-config.ts';
import { edgeFunction } from './functions/function-document.ts';
import { locationOf } from './ids.ts';
import {
  MANAGED_CACHE_CONFIGS,
  MANAGED_ORIGIN_REQUEST_CONFIGS,
  MANAGED_RESPONSE_HEADERS_CONFIGS,
} from './policies/managed-policies.ts';
import { checkShared } from './registry.ts';
import type { Registry, StoredDistribution } from './registry.ts';
import { acceptTags } from './tags.ts';
import { invalidArgument } from './validate/references.ts';
import type { References } from './validate/references.ts';
import { acceptDistributionConfig } from './validate/validate-distribution.ts';
import { requireVersion } from './versions.ts';

export function findDistribution(registry: Registry, id: string | undefined): StoredDistribution {
  const stored = id === undefined ? undefined : registry.distributions.get(id);
  if (stored === undefined) throw new ApiError('NoSuchDistribution', 'The specified distribution does not exist.', 404);
  return stored;
}

export function distributionHandlers(registry: Registry) {
  const { distributions, ids } = registry;

  function create(config: FilledConfig, tags: Readonly<Record<string, string>>, call: CallContext) {
    const earlier = distributions.named(config.CallerReference);
    if (earlier !== undefined) {
      const message = `The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ${earlier.id}`;
      throw new ApiError('DistributionAlreadyExists', message, 409);
    }
    if (distributions.count() >= ACCOUNT_QUOTAS.distributions) {
      const message = 'Processing your request would cause you to exceed the maximum number of distributions allowed.';
      throw new ApiError('TooManyDistributions', message, 400);
    }
    const staging = distributions.list().filter((stored) => stored.document.config.Staging);
    if (config.Staging && staging.length >= ACCOUNT_QUOTAS.stagingDistributions) {
      const message = 'Processing your request would cause you to exceed the maximum number of staging distributions allowed.';
      throw new ApiError('TooManyDistributions', message, 400);
    }
    checkSharing(registry, config, undefined);
    const document = { config, tags, domainName: `${ids.domainLabel()}.${registry.domainSuffix}` };
    const resource = { id: ids.resource(), name: config.CallerReference, etag: ids.etag(), document };
    const stored = registry.change(call, (change) => distributions.insert(resource, change));
    const Location = locationOf(`distribution/${stored.id}`);
    return { Distribution: distributionShape(registry, stored), ETag: stored.etag, Location };
  }

  return {
    CreateDistribution({ DistributionConfig }, call) {
      return create(acceptDistributionConfig(bodyOf(DistributionConfig), referencesFor(registry, undefined)), {}, call);
    },
    CreateDistributionWithTags({ DistributionConfigWithTags }, call) {
      const { DistributionConfig, Tags } = bodyOf(DistributionConfigWithTags);
      const config = acceptDistributionConfig(bodyOf(DistributionConfig), referencesFor(registry, undefined));
      return create(config, acceptTags(Tags, {}), call);
    },
    GetDistribution({ Id }) {
      const stored = findDistribution(registry, Id);
      return { Distribution: distributionShape(registry, stored), ETag: stored.etag };
    },
    GetDistributionConfig({ Id }) {
      const stored = findDistribution(registry, Id);
      return { DistributionConfig: stored.document.config, ETag: stored.etag };
    },
    UpdateDistribution({ Id, IfMatch, DistributionConfig }, call) {
      const current = findDistribution(registry, Id);
      requireVersion(distributions, current, IfMatch);
      const config = acceptDistributionConfig(bodyOf(DistributionConfig), referencesFor(registry, current.id));
      const { CallerReference, Staging } = current.document.config;
      if (config.CallerReference !== CallerReference || config.Staging !== Staging) {
        const member = config.Staging === Staging ? 'CallerReference' : 'Staging';
        throw new ApiError('IllegalUpdate', `The update contains modifications that are not allowed: ${member}.`, 400);
      }
      checkSharing(registry, config, current.id);
      const next = { etag: ids.etag(), document: { ...current.document, config } };
      const stored = registry.change(call, (change) => distributions.update(current, next, change));
      return { Distribution: distributionShape(registry, stored), ETag: stored.etag };
    },
    DeleteDistribution({ Id, IfMatch }, call) {
      const current = findDistribution(registry, Id);
      requireVersion(distributions, current, IfMatch);
      // CloudFront: disabled, and every edge knows it.
      if (current.document.config.Enabled || statusOf(current) !== 'Deployed') {
        throw new ApiError('DistributionNotDisabled', 'The distribution you are trying to delete has not been disabled.', 409);
      }
      if (policyOfStaging(registry, current.document.domainName) !== undefined) {
        const message = 'Cannot delete the staging distribution because a continuous deployment policy names it.';
        throw new ApiError('ResourceInUse', message, 409);
      }
      registry.change(call, (change) => distributions.remove(current, change));
      return {};
    },
    CopyDistribution({ PrimaryDistributionId, CallerReference, Staging, Enabled, IfMatch }, call) {
      const primary = findDistribution(registry, PrimaryDistributionId);
      requireVersion(distributions, primary, IfMatch);
      if (Staging === false) throw invalidArgument('The parameter Staging must be true.');
      const { config, tags } = primary.document;
      const copy: Sdk.DistributionConfig = {
        ...config,
        CallerReference,
        Staging: true,
        Enabled: Enabled ?? config.Enabled,
        // CloudFront: an alias belongs to one distribution; a staging distribution has none.
        Aliases: { Quantity: 0 },
        ContinuousDeploymentPolicyId: '',
      };
      return create(acceptDistributionConfig(copy, referencesFor(registry, undefined)), tags, call);
    },
  } satisfies Handlers<CloudFrontSdk>;
}

/** What exists besides the distribution `owner`. */
export function referencesFor(registry: Registry, owner: string | undefined): References {
  const has = (collection: { get(id: string): unknown }, managed: readonly { readonly id: string }[], id: string): boolean =>
    managed.some((one) => one.id === id) || collection.get(id) !== undefined;
  const own = owner === undefined ? undefined : registry.distributions.get(owner);
  const others = registry.distributions.list().filter(({ id }) => id !== owner);
  const taken = new Set(others.flatMap(({ document }) => items(document.config.Aliases).map((alias) => alias.toLowerCase())));
  return {
    domainSuffix: registry.domainSuffix,
    hasCachePolicy: (id) => has(registry.cachePolicies, MANAGED_CACHE_CONFIGS, id),
    hasOriginRequestPolicy: (id) => has(registry.originRequestPolicies, MANAGED_ORIGIN_REQUEST_CONFIGS, id),
    hasResponseHeadersPolicy: (id) => has(registry.responseHeadersPolicies, MANAGED_RESPONSE_HEADERS_CONFIGS, id),
    hasOriginAccessIdentity: (id) => registry.originAccessIdentities.get(id) !== undefined,
    hasKeyGroup: (id) => registry.keyGroups.get(id) !== undefined,
    hasTrustStore: (id) => registry.trustStores.get(id) !== undefined,
    hasFieldLevelEncryption: (id) => registry.fieldLevelEncryptionConfigs.get(id) !== undefined,
    originAccessControl: (id) => registry.originAccessControls.get(id)?.document,
    continuousDeploymentPolicy(id) {
      if (owner === undefined) return 'too-early';
      if (registry.continuousDeploymentPolicies.get(id) === undefined) return 'unknown';
      return registry.usersOf(id).some((user) => user.id !== owner) ? 'attached' : 'free';
    },
    isInContinuousDeployment: own !== undefined && policyOfStaging(registry, own.document.domainName) !== undefined,
    certificate: registry.certificate,
    hasLiveFunction: (arn) => registry.functions.list().some((stored) => edgeFunction(registry.accountId, stored)?.arn === arn),
    lambda: registry.lambda,
    hasWebAcl: (arn) => registry.webAcls.hasWebAcl(arn),
    isAliasTaken: (alias) => taken.has(alias),
  };
}

/** CloudFront: 100 distributions to a custom policy or access control. */
function checkSharing(registry: Registry, config: FilledConfig, owner: string | undefined): void {
  const check = (collection: { get(id: string): unknown }, id: string | undefined, noun: string): void => {
    if (id && collection.get(id) !== undefined) checkShared(registry, id, owner, `TooManyDistributionsAssociatedTo${noun}`);
  };
  for (const behavior of behaviorsOf(config)) {
    check(registry.cachePolicies, behavior.CachePolicyId, 'CachePolicy');
    check(registry.originRequestPolicies, behavior.OriginRequestPolicyId, 'OriginRequestPolicy');
    check(registry.responseHeadersPolicies, behavior.ResponseHeadersPolicyId, 'ResponseHeadersPolicy');
    for (const group of items(behavior.TrustedKeyGroups)) check(registry.keyGroups, group, 'KeyGroup');
    checkEncryption(registry, behavior.FieldLevelEncryptionId, owner);
  }
  for (const origin of config.Origins.Items) {
    check(registry.originAccessControls, origin.OriginAccessControlId, 'OriginAccessControl');
  }
  checkTrustStore(registry, config.ViewerMtlsConfig?.TrustStoreConfig?.TrustStoreId, owner);
}

/** CloudFront: 20 distributions to a configuration of field-level encryption. */
function checkEncryption(registry: Registry, id: string, owner: string | undefined): void {
  if (id === '') return;
  const others = registry.usersOf(id).filter((user) => user.id !== owner);
  if (others.length < FIELD_ENCRYPTION_QUOTAS.distributionsPerConfig) return;
  const message =
    'The maximum number of distributions have been associated with the specified configuration for field-level encryption.';
  throw new ApiError('TooManyDistributionsAssociatedToFieldLevelEncryptionConfig', message, 400);
}

/** CloudFront: 25 distributions to a trust store. */
function checkTrustStore(registry: Registry, id: string | undefined, owner: string | undefined): void {
  if (id === undefined) return;
  const others = registry.usersOf(id).filter((user) => user.id !== owner);
  if (others.length < TRUST_STORE_QUOTAS.distributionsPerTrustStore) return;
  const message = `The trust store ${id} is associated with the maximum number of distributions.`;
  throw new ApiError('EntityLimitExceeded', message, 400);
}

function bodyOf<T>(body: T | undefined): T {
  if (body === undefined)
    throw new ApiError('MissingBody', 'This operation requires a body. Ensure that the body is present.', 400);
  return body;
}
