/**
 * Continuous deployment policies: create, read, update, delete, list. Facts: data plane 10.6; aws-api B3, B5. A policy names one staging
 * distribution and is attached to one primary, by the primary's ContinuousDeploymentPolicyId (validate/continuous-deployment.ts).
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { StoredResource } from '../../../state/resources.ts';
import { ACCOUNT_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import type { Handlers } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import type { Registry, StoredDistribution } from '../registry.ts';
import { usesHttp3 } from '../validate/continuous-deployment.ts';
import { invalidArgument } from '../validate/references.ts';
import { requireVersion } from '../versions.ts';
import { acceptContinuousDeploymentPolicy } from './accept-policy.ts';
import type { ContinuousDeploymentPolicyConfig } from './accept-policy.ts';

export type StoredDeploymentPolicy = StoredResource<ContinuousDeploymentPolicyConfig>;

/** The domain name of the staging distribution that the policy names, lower case. */
export function stagingNameOf(config: ContinuousDeploymentPolicyConfig): string {
  return (items(config.StagingDistributionDnsNames)[0] ?? '').toLowerCase();
}

/** The distribution whose own domain name the policy names. */
export function stagingDistributionOf(
  registry: Registry,
  config: ContinuousDeploymentPolicyConfig,
): StoredDistribution | undefined {
  const name = stagingNameOf(config);
  return registry.distributions.list().find(({ document }) => document.domainName === name);
}

/** The policy that names this distribution as its staging distribution. */
export function policyOfStaging(registry: Registry, domainName: string): StoredDeploymentPolicy | undefined {
  return registry.continuousDeploymentPolicies.list().find(({ document }) => stagingNameOf(document) === domainName);
}

export function continuousDeploymentHandlers(registry: Registry) {
  const { continuousDeploymentPolicies: policies, ids } = registry;

  function find(id: string | undefined): StoredDeploymentPolicy {
    const stored = id === undefined ? undefined : policies.get(id);
    if (stored === undefined) {
      throw new ApiError('NoSuchContinuousDeploymentPolicy', "The continuous deployment policy doesn't exist.", 404);
    }
    return stored;
  }

  /** The configuration, whose staging distribution exists and is free. `owner`: the policy that is being changed. */
  function accept(
    config: Sdk.ContinuousDeploymentPolicyConfig | undefined,
    owner: string | undefined,
  ): ContinuousDeploymentPolicyConfig {
    if (config === undefined) {
      throw new ApiError('MissingBody', 'This operation requires a body. Ensure that the body is present.', 400);
    }
    const accepted = acceptContinuousDeploymentPolicy(config);
    const staging = stagingDistributionOf(registry, accepted)?.document.config;
    if (staging?.Staging !== true) {
      throw invalidArgument(`There is no staging distribution with the domain name ${stagingNameOf(accepted)}.`);
    }
    if (usesHttp3(staging))
      throw invalidArgument('Continuous deployment is not available for distributions that support HTTP/3.');
    const holder = policyOfStaging(registry, stagingNameOf(accepted));
    if (holder !== undefined && holder.id !== owner) {
      const message = 'A continuous deployment policy for this staging distribution already exists.';
      throw new ApiError('StagingDistributionInUse', message, 409);
    }
    return accepted;
  }

  return {
    CreateContinuousDeploymentPolicy({ ContinuousDeploymentPolicyConfig }, call) {
      const document = accept(ContinuousDeploymentPolicyConfig, undefined);
      if (policies.count() >= ACCOUNT_QUOTAS.continuousDeploymentPolicies) {
        const message = 'You have reached the maximum number of continuous deployment policies for this account.';
        throw new ApiError('TooManyContinuousDeploymentPolicies', message, 400);
      }
      const id = ids.uuid();
      const stored = registry.change(call, (change) => policies.insert({ id, name: id, etag: ids.etag(), document }, change));
      const Location = locationOf(`continuous-deployment-policy/${id}`);
      return { ContinuousDeploymentPolicy: shape(stored), ETag: stored.etag, Location };
    },
    GetContinuousDeploymentPolicy({ Id }) {
      const stored = find(Id);
      return { ContinuousDeploymentPolicy: shape(stored), ETag: stored.etag };
    },
    GetContinuousDeploymentPolicyConfig({ Id }) {
      const stored = find(Id);
      return { ContinuousDeploymentPolicyConfig: stored.document, ETag: stored.etag };
    },
    UpdateContinuousDeploymentPolicy({ Id, IfMatch, ContinuousDeploymentPolicyConfig }, call) {
      const current = find(Id);
      requireVersion(policies, current, IfMatch);
      const next = { etag: ids.etag(), document: accept(ContinuousDeploymentPolicyConfig, current.id) };
      const stored = registry.change(call, (change) => {
        const updated = policies.update(current, next, change);
        registry.touchUsersOf(current.id, change);
        return updated;
      });
      return { ContinuousDeploymentPolicy: shape(stored), ETag: stored.etag };
    },
    DeleteContinuousDeploymentPolicy({ Id, IfMatch }, call) {
      const current = find(Id);
      requireVersion(policies, current, IfMatch);
      if (registry.usersOf(current.id).length > 0) {
        const message = 'You cannot delete a continuous deployment policy that is associated with a primary distribution.';
        throw new ApiError('ContinuousDeploymentPolicyInUse', message, 409);
      }
      registry.change(call, (change) => policies.remove(current, change));
      return {};
    },
    ListContinuousDeploymentPolicies(input) {
      const { head, items: page } = pageOf(policies.list(), input, ({ id }) => id, policies);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = page.map((stored) => ({ ContinuousDeploymentPolicy: shape(stored) }));
      return {
        ContinuousDeploymentPolicyList: { MaxItems, Quantity, ...(NextMarker !== undefined && { NextMarker }), ...listed(Items) },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

function shape({ id, modified, document }: StoredDeploymentPolicy): Sdk.ContinuousDeploymentPolicy {
  return { Id: id, LastModifiedTime: new Date(modified), ContinuousDeploymentPolicyConfig: document };
}
