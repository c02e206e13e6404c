/**
 * What a response headers policy may say. Facts: data plane 11, 14; aws-api B5.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { POLICY_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { Defined } from '../filled-config.ts';
import { checkConstraints, length, oneOf, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { firstRepeated, invalidArgument } from '../validate/references.ts';
import type { ResponseHeadersPolicyConfig } from './documents.ts';

const SECURITY = 'SecurityHeadersConfig';

const CONSTRAINTS: readonly Constraint[] = [
  ['Name', required],
  ['Name', length(1, 128)],
  ['Comment', length(0, 128)],
  ['CorsConfig.AccessControlAllowOrigins', required],
  ['CorsConfig.AccessControlAllowOrigins.Items', required],
  ['CorsConfig.AccessControlAllowHeaders', required],
  ['CorsConfig.AccessControlAllowHeaders.Items', required],
  ['CorsConfig.AccessControlAllowMethods', required],
  ['CorsConfig.AccessControlAllowMethods.Items', required],
  ['CorsConfig.AccessControlAllowMethods.Items.*', oneOf('GET', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'ALL')],
  ['CorsConfig.AccessControlAllowCredentials', required],
  ['CorsConfig.OriginOverride', required],
  ...[
    'XSSProtection',
    'FrameOptions',
    'ReferrerPolicy',
    'ContentSecurityPolicy',
    'ContentTypeOptions',
    'StrictTransportSecurity',
  ].map((header): Constraint => [`${SECURITY}.${header}.Override`, required]),
  [`${SECURITY}.XSSProtection.Protection`, required],
  [`${SECURITY}.FrameOptions.FrameOption`, required],
  [`${SECURITY}.FrameOptions.FrameOption`, oneOf('DENY', 'SAMEORIGIN')],
  [`${SECURITY}.ReferrerPolicy.ReferrerPolicy`, required],
  [
    `${SECURITY}.ReferrerPolicy.ReferrerPolicy`,
    oneOf(
      'no-referrer',
      'no-referrer-when-downgrade',
      'origin',
      'origin-when-cross-origin',
      'same-origin',
      'strict-origin',
      'strict-origin-when-cross-origin',
      'unsafe-url',
    ),
  ],
  [`${SECURITY}.ContentSecurityPolicy.ContentSecurityPolicy`, required],
  [`${SECURITY}.StrictTransportSecurity.AccessControlMaxAgeSec`, required],
  ['CustomHeadersConfig.Items.*.Header', required],
  ['CustomHeadersConfig.Items.*.Value', required],
  ['CustomHeadersConfig.Items.*.Override', required],
  ['RemoveHeadersConfig.Items.*.Header', required],
  ['ServerTimingHeadersConfig.Enabled', required],
];

// CloudFront: data plane 11.4; headers that cannot be removed, nor set as custom ones.
const RESERVED =
  /^(connection|content-encoding|content-length|expect|host|keep-alive|proxy-authenticate|proxy-authorization|proxy-connection|trailer|transfer-encoding|upgrade|via|warning|x-accel-(buffering|charset|limit-rate|redirect)|x-amz-cf-.*|x-amzn-(auth|cf-billing|cf-id|cf-xff|errortype|fle-profile|header-count|header-order|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** `*`, `https://*.example.org:*`, `example.org:80`: a wildcard only as the leftmost label, or in the port (data plane 11.2). */
const ALLOWED_ORIGIN = /^(\*|([a-z][a-z0-9+.-]*:\/\/)?(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9*]+)?)$/i;

export function acceptResponseHeadersPolicy(config: Sdk.ResponseHeadersPolicyConfig): ResponseHeadersPolicyConfig {
  checkConstraints(config, 'responseHeadersPolicyConfig', CONSTRAINTS);
  const checked = config as Defined<Sdk.ResponseHeadersPolicyConfig>;
  const { CorsConfig: cors, SecurityHeadersConfig: security, ServerTimingHeadersConfig: timing } = checked;
  if (cors) checkCors(cors);
  if (security) checkSecurity(security);
  if (timing) checkServerTiming(timing);
  checkHeaders('CustomHeadersConfig', items(checked.CustomHeadersConfig), 'TooManyCustomHeadersInResponseHeadersPolicy');
  checkHeaders('RemoveHeadersConfig', items(checked.RemoveHeadersConfig), 'TooManyRemoveHeadersInResponseHeadersPolicy');
  for (const { Header, Value } of items(checked.CustomHeadersConfig)) {
    if (Value.length > POLICY_QUOTAS.headerValueLength || !/^[\t\x20-\x7e\x80-\xff]*$/.test(Value)) {
      throw invalidArgument(`The value of the custom header ${Header} is not valid.`);
    }
  }
  return { ...checked, Comment: checked.Comment ?? '' };
}

function checkHeaders(what: string, headers: readonly { readonly Header: string }[], tooMany: string): void {
  const names = headers.map(({ Header }) => Header.toLowerCase());
  if (names.length > POLICY_QUOTAS.responseCustomHeaders) {
    throw new ApiError(
      tooMany,
      `The number of headers in ${what} exceeds the maximum of ${POLICY_QUOTAS.responseCustomHeaders}.`,
      400,
    );
  }
  const refused = names.find((name) => !TOKEN.test(name) || RESERVED.test(name)) ?? firstRepeated(names);
  if (refused !== undefined) throw invalidArgument(`The parameter ${what} contains ${refused} that is not allowed.`);
}

function checkCors(cors: NonNullable<ResponseHeadersPolicyConfig['CorsConfig']>): void {
  const origins = items(cors.AccessControlAllowOrigins);
  const bad = origins.find((origin) => !ALLOWED_ORIGIN.test(origin));
  if (origins.length === 0 || bad !== undefined) {
    throw invalidArgument(`The parameter AccessControlAllowOrigins is not valid${bad === undefined ? '' : `: ${bad}`}.`);
  }
  if (origins.join('').length > POLICY_QUOTAS.headerValueLength)
    throw invalidArgument('The parameter AccessControlAllowOrigins is too long.');
  if (cors.AccessControlAllowMethods.Items.length === 0)
    throw invalidArgument('The parameter AccessControlAllowMethods must not be empty.');
  // Fetch, 3.2.5: `*` means nothing beside credentials.
  const wild = [origins, items(cors.AccessControlAllowHeaders), items(cors.AccessControlExposeHeaders)].some((list) =>
    list.includes('*'),
  );
  if (cors.AccessControlAllowCredentials && wild) {
    throw invalidArgument('The parameter AccessControlAllowCredentials cannot be true when *, for all, is allowed.');
  }
  if (!((cors.AccessControlMaxAgeSec ?? 0) >= 0))
    throw invalidArgument('The parameter AccessControlMaxAgeSec must not be negative.');
}

function checkSecurity(security: NonNullable<ResponseHeadersPolicyConfig['SecurityHeadersConfig']>): void {
  const policy = security.ContentSecurityPolicy?.ContentSecurityPolicy ?? '';
  if (policy.length > POLICY_QUOTAS.headerValueLength) {
    throw new ApiError(
      'TooLongCSPInResponseHeadersPolicy',
      'The length of the Content-Security-Policy header value exceeds the maximum.',
      400,
    );
  }
  const xss = security.XSSProtection;
  if (xss?.ModeBlock && xss.ReportUri) throw invalidArgument('The parameters ModeBlock and ReportUri cannot be used together.');
  if (!((security.StrictTransportSecurity?.AccessControlMaxAgeSec ?? 0) >= 0)) {
    throw invalidArgument('The parameter AccessControlMaxAgeSec of StrictTransportSecurity must not be negative.');
  }
}

function checkServerTiming({
  SamplingRate: rate = 0,
}: NonNullable<ResponseHeadersPolicyConfig['ServerTimingHeadersConfig']>): void {
  if (!(rate >= 0 && rate <= 100) || Math.round(rate * 10_000) !== Number((rate * 10_000).toFixed(6))) {
    throw invalidArgument('The parameter SamplingRate must be between 0 and 100, with at most 4 decimal places.');
  }
}
