/**
 * Origin request policy operations: the wire shapes around named-resources.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS } from '../../../../tables/quotas.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import type { Registry } from '../registry.ts';
import type { OriginRequestPolicyConfig } from './documents.ts';
import { MANAGED_ORIGIN_REQUEST_CONFIGS } from './managed-policies.ts';
import { namedResources, ofType } from './named-resources.ts';
import type { Shown } from './named-resources.ts';
import { acceptOriginRequestPolicy } from './validate-policies.ts';

export function originRequestPolicyHandlers(registry: Registry) {
  const policies = namedResources<OriginRequestPolicyConfig, Sdk.OriginRequestPolicyConfig>(registry, {
    noun: 'origin request policy',
    code: 'OriginRequestPolicy',
    tooManyCode: 'TooManyOriginRequestPolicies',
    quota: ACCOUNT_QUOTAS.customPolicies,
    newId: () => registry.ids.uuid(),
    accept: acceptOriginRequestPolicy,
    collection: registry.originRequestPolicies,
    managed: MANAGED_ORIGIN_REQUEST_CONFIGS,
  });
  const shape = ({ id, config, modified }: Shown<OriginRequestPolicyConfig>): Sdk.OriginRequestPolicy => ({
    Id: id,
    LastModifiedTime: new Date(modified),
    OriginRequestPolicyConfig: config,
  });
  return {
    CreateOriginRequestPolicy(input, call) {
      const policy = policies.create(input.OriginRequestPolicyConfig, call);
      return {
        OriginRequestPolicy: shape(policy),
        ETag: policy.etag,
        Location: locationOf(`origin-request-policy/${policy.id}`),
      };
    },
    GetOriginRequestPolicy({ Id }) {
      const policy = policies.get(Id);
      return { OriginRequestPolicy: shape(policy), ETag: policy.etag };
    },
    GetOriginRequestPolicyConfig({ Id }) {
      const policy = policies.get(Id);
      return { OriginRequestPolicyConfig: policy.config, ETag: policy.etag };
    },
    UpdateOriginRequestPolicy(input, call) {
      const policy = policies.update(input.Id, input.IfMatch, input.OriginRequestPolicyConfig, call);
      return { OriginRequestPolicy: shape(policy), ETag: policy.etag };
    },
    DeleteOriginRequestPolicy({ Id, IfMatch }, call) {
      policies.remove(Id, IfMatch, call);
      return {};
    },
    ListOriginRequestPolicies(input) {
      const { head, items } = pageOf(ofType(policies.list(), input.Type), input, ({ id }) => id, registry.originRequestPolicies);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map((policy) => ({ Type: policy.type, OriginRequestPolicy: shape(policy) }));
      return {
        OriginRequestPolicyList: { MaxItems, Quantity, ...(NextMarker !== undefined && { NextMarker }), ...listed(Items) },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
