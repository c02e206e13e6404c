/**
 * Policies by id, in the form edges read: AWS's managed ones from the tables, the account's own through what is handed in.
 */
import type { CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy } from '../../../../model/policies.ts';
import { MANAGED_CACHE_POLICIES } from '../../../../tables/managed-cache-policies.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from '../../../../tables/managed-origin-request-policies.ts';
import { MANAGED_RESPONSE_HEADERS_POLICIES } from '../../../../tables/managed-response-headers-policies.ts';
import type { TranslationContext } from '../translate.ts';
import type {
  CachePolicyConfig,
  OriginAccessControlConfig,
  OriginRequestPolicyConfig,
  ResponseHeadersPolicyConfig,
} from './documents.ts';
import { cachePolicyFromConfig, originRequestPolicyFromConfig, responseHeadersPolicyFromConfig } from './translate-policies.ts';

/** The account's own resources by id. */
export interface OwnResources {
  readonly cachePolicy: (id: string) => CachePolicyConfig | undefined;
  readonly originRequestPolicy: (id: string) => OriginRequestPolicyConfig | undefined;
  readonly responseHeadersPolicy: (id: string) => ResponseHeadersPolicyConfig | undefined;
  readonly originAccessControl: (id: string) => OriginAccessControlConfig | undefined;
}

type Lookups = Pick<TranslationContext, 'cachePolicy' | 'originRequestPolicy' | 'responseHeadersPolicy' | 'originAccessControl'>;

export function policyLookups(own: OwnResources): Lookups {
  return {
    cachePolicy: (id): CachePolicy | undefined =>
      MANAGED_CACHE_POLICIES.find((policy) => policy.id === id) ?? translated(cachePolicyFromConfig, id, own.cachePolicy(id)),
    originRequestPolicy: (id): OriginRequestPolicy | undefined =>
      MANAGED_ORIGIN_REQUEST_POLICIES.find((policy) => policy.id === id) ??
      translated(originRequestPolicyFromConfig, id, own.originRequestPolicy(id)),
    responseHeadersPolicy: (id): ResponseHeadersPolicy | undefined =>
      MANAGED_RESPONSE_HEADERS_POLICIES.find((policy) => policy.id === id) ??
      translated(responseHeadersPolicyFromConfig, id, own.responseHeadersPolicy(id)),
    originAccessControl: (id) => own.originAccessControl(id),
  };
}

function translated<C, P>(translate: (id: string, config: C) => P, id: string, config: C | undefined): P | undefined {
  return config === undefined ? undefined : translate(id, config);
}
