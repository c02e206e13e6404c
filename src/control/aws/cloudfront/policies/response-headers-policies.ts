/**
 * Response headers policy operations: the wire shapes around named-resources.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS } from '../../../../tables/quotas.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import type { Registry } from '../registry.ts';
import type { ResponseHeadersPolicyConfig } from './documents.ts';
import { MANAGED_RESPONSE_HEADERS_CONFIGS } from './managed-policies.ts';
import { namedResources, ofType } from './named-resources.ts';
import type { Shown } from './named-resources.ts';
import { acceptResponseHeadersPolicy } from './validate-response-headers-policy.ts';

export function responseHeadersPolicyHandlers(registry: Registry) {
  const policies = namedResources<ResponseHeadersPolicyConfig, Sdk.ResponseHeadersPolicyConfig>(registry, {
    noun: 'response headers policy',
    code: 'ResponseHeadersPolicy',
    tooManyCode: 'TooManyResponseHeadersPolicies',
    quota: ACCOUNT_QUOTAS.customPolicies,
    newId: () => registry.ids.uuid(),
    accept: acceptResponseHeadersPolicy,
    collection: registry.responseHeadersPolicies,
    managed: MANAGED_RESPONSE_HEADERS_CONFIGS,
  });
  const shape = ({ id, config, modified }: Shown<ResponseHeadersPolicyConfig>): Sdk.ResponseHeadersPolicy => ({
    Id: id,
    LastModifiedTime: new Date(modified),
    ResponseHeadersPolicyConfig: config,
  });
  return {
    CreateResponseHeadersPolicy(input, call) {
      const policy = policies.create(input.ResponseHeadersPolicyConfig, call);
      return {
        ResponseHeadersPolicy: shape(policy),
        ETag: policy.etag,
        Location: locationOf(`response-headers-policy/${policy.id}`),
      };
    },
    GetResponseHeadersPolicy({ Id }) {
      const policy = policies.get(Id);
      return { ResponseHeadersPolicy: shape(policy), ETag: policy.etag };
    },
    GetResponseHeadersPolicyConfig({ Id }) {
      const policy = policies.get(Id);
      return { ResponseHeadersPolicyConfig: policy.config, ETag: policy.etag };
    },
    UpdateResponseHeadersPolicy(input, call) {
      const policy = policies.update(input.Id, input.IfMatch, input.ResponseHeadersPolicyConfig, call);
      return { ResponseHeadersPolicy: shape(policy), ETag: policy.etag };
    },
    DeleteResponseHeadersPolicy({ Id, IfMatch }, call) {
      policies.remove(Id, IfMatch, call);
      return {};
    },
    ListResponseHeadersPolicies(input) {
      const { head, items } = pageOf(
        ofType(policies.list(), input.Type),
        input,
        ({ id }) => id,
        registry.responseHeadersPolicies,
      );
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map((policy) => ({ Type: policy.type, ResponseHeadersPolicy: shape(policy) }));
      return {
        ResponseHeadersPolicyList: { MaxItems, Quantity, ...(NextMarker !== undefined && { NextMarker }), ...listed(Items) },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
