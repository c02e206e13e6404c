/**
 * Cache policy operations: the wire shapes around named-resources.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS } from '../../../../tables/quotas.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import type { Registry } from '../registry.ts';
import type { CachePolicyConfig } from './documents.ts';
import { MANAGED_CACHE_CONFIGS } from './managed-policies.ts';
import { namedResources, ofType } from './named-resources.ts';
import type { Shown } from './named-resources.ts';
import { acceptCachePolicy } from './validate-policies.ts';

export function cachePolicyHandlers(registry: Registry) {
  const policies = namedResources<CachePolicyConfig, Sdk.CachePolicyConfig>(registry, {
    noun: 'cache policy',
    code: 'CachePolicy',
    tooManyCode: 'TooManyCachePolicies',
    quota: ACCOUNT_QUOTAS.customPolicies,
    newId: () => registry.ids.uuid(),
    accept: acceptCachePolicy,
    collection: registry.cachePolicies,
    managed: MANAGED_CACHE_CONFIGS,
  });
  const shape = ({ id, config, modified }: Shown<CachePolicyConfig>): Sdk.CachePolicy => ({
    Id: id,
    LastModifiedTime: new Date(modified),
    CachePolicyConfig: config,
  });
  return {
    CreateCachePolicy(input, call) {
      const policy = policies.create(input.CachePolicyConfig, call);
      return { CachePolicy: shape(policy), ETag: policy.etag, Location: locationOf(`cache-policy/${policy.id}`) };
    },
    GetCachePolicy({ Id }) {
      const policy = policies.get(Id);
      return { CachePolicy: shape(policy), ETag: policy.etag };
    },
    GetCachePolicyConfig({ Id }) {
      const policy = policies.get(Id);
      return { CachePolicyConfig: policy.config, ETag: policy.etag };
    },
    UpdateCachePolicy(input, call) {
      const policy = policies.update(input.Id, input.IfMatch, input.CachePolicyConfig, call);
      return { CachePolicy: shape(policy), ETag: policy.etag };
    },
    DeleteCachePolicy({ Id, IfMatch }, call) {
      policies.remove(Id, IfMatch, call);
      return {};
    },
    ListCachePolicies(input) {
      const { head, items } = pageOf(ofType(policies.list(), input.Type), input, ({ id }) => id, registry.cachePolicies);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map((policy) => ({ Type: policy.type, CachePolicy: shape(policy) }));
      return { CachePolicyList: { MaxItems, Quantity, ...(NextMarker !== undefined && { NextMarker }), ...listed(Items) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
