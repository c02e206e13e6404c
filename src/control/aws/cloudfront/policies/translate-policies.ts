/**
 * Stored policy configurations to the form the data plane reads (model/policies.ts). Header names become lower case; security
 * headers become lines. Facts: data plane 3, 11.3. Everything here was validated when it was accepted.
 */
import type {
  CachePolicy,
  OriginRequestPolicy,
  PolicyHeader,
  ResponseHeadersPolicy,
  Selection,
} from '../../../../model/policies.ts';
import { seconds } from '../../../../model/units.ts';
import type { Counted } from '../filled-config.ts';
import { items } from '../filled-config.ts';
import type { CachePolicyConfig, OriginRequestPolicyConfig, ResponseHeadersPolicyConfig } from './documents.ts';

type Security = NonNullable<ResponseHeadersPolicyConfig['SecurityHeadersConfig']>;

export function cachePolicyFromConfig(id: string, config: CachePolicyConfig): CachePolicy {
  const parameters = config.ParametersInCacheKeyAndForwardedToOrigin;
  return {
    id,
    name: config.Name,
    minTtl: seconds(config.MinTTL),
    defaultTtl: seconds(config.DefaultTTL ?? 0),
    maxTtl: seconds(config.MaxTTL ?? 0),
    headers: lowerCase(parameters?.HeadersConfig.Headers),
    cookies: selection(parameters?.CookiesConfig.CookieBehavior ?? 'none', parameters?.CookiesConfig.Cookies),
    queryStrings: selection(
      parameters?.QueryStringsConfig.QueryStringBehavior ?? 'none',
      parameters?.QueryStringsConfig.QueryStrings,
    ),
    acceptEncodingGzip: parameters?.EnableAcceptEncodingGzip ?? false,
    acceptEncodingBrotli: parameters?.EnableAcceptEncodingBrotli ?? false,
  };
}

export function originRequestPolicyFromConfig(id: string, config: OriginRequestPolicyConfig): OriginRequestPolicy {
  const { HeaderBehavior: kind, Headers } = config.HeadersConfig;
  return {
    id,
    name: config.Name,
    headers: kind === 'none' || kind === 'allViewer' ? { kind } : { kind, names: lowerCase(Headers) },
    cookies: selection(config.CookiesConfig.CookieBehavior, config.CookiesConfig.Cookies),
    queryStrings: selection(config.QueryStringsConfig.QueryStringBehavior, config.QueryStringsConfig.QueryStrings),
  };
}

export function responseHeadersPolicyFromConfig(id: string, config: ResponseHeadersPolicyConfig): ResponseHeadersPolicy {
  const { CorsConfig: cors, ServerTimingHeadersConfig: timing } = config;
  return {
    id,
    name: config.Name,
    remove: items(config.RemoveHeadersConfig).map(({ Header }) => Header.toLowerCase()),
    cors: cors && {
      allowOrigins: items(cors.AccessControlAllowOrigins),
      allowHeaders: items(cors.AccessControlAllowHeaders),
      // CloudFront: ALL is the seven methods.
      allowMethods: cors.AccessControlAllowMethods.Items.flatMap((method) =>
        method === 'ALL' ? ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] : [method],
      ),
      allowCredentials: cors.AccessControlAllowCredentials,
      exposeHeaders: items(cors.AccessControlExposeHeaders),
      maxAge: cors.AccessControlMaxAgeSec === undefined ? undefined : seconds(cors.AccessControlMaxAgeSec),
      originOverride: cors.OriginOverride,
    },
    security: config.SecurityHeadersConfig ? securityHeaders(config.SecurityHeadersConfig) : [],
    custom: items(config.CustomHeadersConfig).map(({ Header, Value, Override }) => ({
      name: Header.toLowerCase(),
      value: Value,
      override: Override,
    })),
    serverTimingSamplingRate: timing?.Enabled ? (timing.SamplingRate ?? 0) : undefined,
  };
}

function securityHeaders(security: Security): readonly PolicyHeader[] {
  const {
    ContentSecurityPolicy: csp,
    ReferrerPolicy: referrer,
    StrictTransportSecurity: hsts,
    ContentTypeOptions: contentType,
    FrameOptions: frame,
    XSSProtection: xss,
  } = security;
  const lines: PolicyHeader[] = [];
  const add = (name: string, value: string, override: boolean): void => void lines.push({ name, value, override });
  if (csp) add('content-security-policy', csp.ContentSecurityPolicy, csp.Override);
  if (referrer) add('referrer-policy', referrer.ReferrerPolicy, referrer.Override);
  if (hsts) {
    const flags = `${hsts.IncludeSubdomains ? '; includeSubDomains' : ''}${hsts.Preload ? '; preload' : ''}`;
    add('strict-transport-security', `max-age=${hsts.AccessControlMaxAgeSec}${flags}`, hsts.Override);
  }
  if (contentType) add('x-content-type-options', 'nosniff', contentType.Override);
  if (frame) add('x-frame-options', frame.FrameOption, frame.Override);
  if (xss) {
    const flags = xss.ModeBlock ? '; mode=block' : xss.ReportUri ? `; report=${xss.ReportUri}` : '';
    add('x-xss-protection', xss.Protection ? `1${flags}` : '0', xss.Override);
  }
  return lines;
}

export function selection(kind: 'none' | 'all' | 'whitelist' | 'allExcept', names: Counted<string> | undefined): Selection {
  return kind === 'none' || kind === 'all' ? { kind } : { kind, names: items(names) };
}

export function lowerCase(names: Counted<string> | undefined): readonly string[] {
  return items(names).map((name) => name.toLowerCase());
}
