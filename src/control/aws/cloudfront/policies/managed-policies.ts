/**
 * The policies AWS manages, as the API shows them: the tables (src/tables/managed-*.ts) turned back into configurations.
 */
import { fieldCase } from '../../../../http/field-case.ts';
import type { Selection } from '../../../../model/policies.ts';
import { SECOND } from '../../../../model/units.ts';
import { MANAGED_CACHE_POLICIES } from '../../../../tables/managed-cache-policies.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from '../../../../tables/managed-origin-request-policies.ts';
import { MANAGED_RESPONSE_HEADERS_POLICIES } from '../../../../tables/managed-response-headers-policies.ts';
import type { ManagedResponseHeadersPolicy } from '../../../../tables/managed-response-headers-policies.ts';
import type { CachePolicyConfig, OriginRequestPolicyConfig, ResponseHeadersPolicyConfig } from './documents.ts';

interface Managed<C> {
  readonly id: string;
  readonly config: C;
}

export const MANAGED_CACHE_CONFIGS: readonly Managed<CachePolicyConfig>[] = MANAGED_CACHE_POLICIES.map((policy) => ({
  id: policy.id,
  config: {
    Comment: policy.comment,
    Name: policy.name,
    DefaultTTL: policy.defaultTtl / SECOND,
    MaxTTL: policy.maxTtl / SECOND,
    MinTTL: policy.minTtl / SECOND,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: policy.acceptEncodingGzip,
      EnableAcceptEncodingBrotli: policy.acceptEncodingBrotli,
      HeadersConfig:
        policy.headers.length === 0
          ? { HeaderBehavior: 'none' }
          : { HeaderBehavior: 'whitelist', Headers: counted(policy.headers.map(fieldCase)) },
      CookiesConfig: cookies(policy.cookies),
      QueryStringsConfig: queryStrings(policy.queryStrings),
    },
  },
}));

export const MANAGED_ORIGIN_REQUEST_CONFIGS: readonly Managed<OriginRequestPolicyConfig>[] = MANAGED_ORIGIN_REQUEST_POLICIES.map(
  (policy) => ({
    id: policy.id,
    config: {
      Comment: policy.comment,
      Name: policy.name,
      HeadersConfig: {
        HeaderBehavior: policy.headers.kind,
        ...('names' in policy.headers && { Headers: counted(policy.headers.names.map(fieldCase)) }),
      },
      CookiesConfig: cookies(policy.cookies),
      QueryStringsConfig: queryStrings(policy.queryStrings),
    },
  }),
);

export const MANAGED_RESPONSE_HEADERS_CONFIGS: readonly Managed<ResponseHeadersPolicyConfig>[] =
  MANAGED_RESPONSE_HEADERS_POLICIES.map((policy) => ({ id: policy.id, config: responseHeadersConfig(policy) }));

function responseHeadersConfig({ name, comment, cors, security }: ManagedResponseHeadersPolicy): ResponseHeadersPolicyConfig {
  const override = (header: string): { Override: boolean } | undefined => {
    const line = security.find((one) => one.name === header);
    return line && { Override: line.override };
  };
  return {
    Comment: comment,
    Name: name,
    ...(cors && {
      CorsConfig: {
        AccessControlAllowOrigins: counted(cors.allowOrigins),
        AccessControlAllowHeaders: counted(cors.allowHeaders),
        AccessControlAllowMethods: counted(cors.allowMethods) as NonNullable<
          ResponseHeadersPolicyConfig['CorsConfig']
        >['AccessControlAllowMethods'],
        AccessControlAllowCredentials: cors.allowCredentials,
        AccessControlExposeHeaders: counted(cors.exposeHeaders),
        OriginOverride: cors.originOverride,
      },
    }),
    // The five lines of every managed security policy (tables/managed-response-headers-policies.ts).
    ...(security.length > 0 && {
      SecurityHeadersConfig: {
        XSSProtection: { Override: false, ...override('x-xss-protection'), Protection: true, ModeBlock: true },
        FrameOptions: { Override: false, ...override('x-frame-options'), FrameOption: 'SAMEORIGIN' },
        ReferrerPolicy: { Override: false, ...override('referrer-policy'), ReferrerPolicy: 'strict-origin-when-cross-origin' },
        ContentTypeOptions: { Override: true, ...override('x-content-type-options') },
        StrictTransportSecurity: {
          Override: false,
          ...override('strict-transport-security'),
          IncludeSubdomains: false,
          Preload: false,
          AccessControlMaxAgeSec: 31_536_000,
        },
      },
    }),
  };
}

function counted<T>(names: readonly T[]): { Quantity: number; Items: T[] } {
  return { Quantity: names.length, Items: [...names] };
}

function cookies(selection: Selection): { CookieBehavior: Selection['kind']; Cookies?: { Quantity: number; Items: string[] } } {
  return { CookieBehavior: selection.kind, ...('names' in selection && { Cookies: counted(selection.names) }) };
}

function queryStrings(selection: Selection): {
  QueryStringBehavior: Selection['kind'];
  QueryStrings?: { Quantity: number; Items: string[] };
} {
  return { QueryStringBehavior: selection.kind, ...('names' in selection && { QueryStrings: counted(selection.names) }) };
}
