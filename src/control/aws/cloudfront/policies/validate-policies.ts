/**
 * What a cache policy and an origin request policy may say, and what is filled in. Facts: data plane 3.2, 3.4, 14; aws-api B5.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { seconds } from '../../../../model/units.ts';
import { POLICY_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { Counted, Defined } from '../filled-config.ts';
import { checkConstraints, length, oneOf, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { firstRepeated, invalidArgument } from '../validate/references.ts';
import type { CachePolicyConfig, OriginRequestPolicyConfig } from './documents.ts';

const DEFAULT_TTL = 86_400;
const MAX_TTL = 31_536_000;
const NAMES = oneOf('none', 'whitelist', 'allExcept', 'all');
const PARAMETERS = 'ParametersInCacheKeyAndForwardedToOrigin';

const NAME: readonly Constraint[] = [
  ['Name', required],
  ['Name', length(1, 128)],
  ['Comment', length(0, 128)],
];

const selections = (under: string): readonly Constraint[] => [
  [`${under}CookiesConfig.CookieBehavior`, required],
  [`${under}CookiesConfig.CookieBehavior`, NAMES],
  [`${under}QueryStringsConfig.QueryStringBehavior`, required],
  [`${under}QueryStringsConfig.QueryStringBehavior`, NAMES],
  [`${under}HeadersConfig.HeaderBehavior`, required],
];

const CACHE_POLICY: readonly Constraint[] = [
  ...NAME,
  ['MinTTL', required],
  [`${PARAMETERS}.EnableAcceptEncodingGzip`, required],
  [`${PARAMETERS}.HeadersConfig`, required],
  [`${PARAMETERS}.CookiesConfig`, required],
  [`${PARAMETERS}.QueryStringsConfig`, required],
  ...selections(`${PARAMETERS}.`),
  [`${PARAMETERS}.HeadersConfig.HeaderBehavior`, oneOf('none', 'whitelist')],
];

const ORIGIN_REQUEST_POLICY: readonly Constraint[] = [
  ...NAME,
  ['HeadersConfig', required],
  ['CookiesConfig', required],
  ['QueryStringsConfig', required],
  ...selections(''),
  ['HeadersConfig.HeaderBehavior', oneOf('none', 'whitelist', 'allViewer', 'allViewerAndWhitelistCloudFront', 'allExcept')],
];

// CloudFront: headers that cannot be part of a cache key (data plane 3.2).
const NEVER_KEYED =
  /^(connection|cookie|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|cloudfront-viewer-(address|asn|tls|ja3-fingerprint|ja4-fingerprint|header-order|header-count|cert-.*))$/i;
// CloudFront: these reach an origin by the cache policy alone (data plane 3.4).
const NEVER_REQUESTED = /^(authorization|accept-encoding)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

export function acceptCachePolicy(config: Sdk.CachePolicyConfig): CachePolicyConfig {
  checkConstraints(config, 'cachePolicyConfig', CACHE_POLICY);
  const checked = config as Defined<Sdk.CachePolicyConfig>;
  const MinTTL = checked.MinTTL;
  const DefaultTTL = checked.DefaultTTL ?? Math.max(DEFAULT_TTL, MinTTL);
  const MaxTTL = checked.MaxTTL ?? Math.max(MAX_TTL, DefaultTTL);
  if (!(MinTTL >= 0 && MinTTL <= DefaultTTL && DefaultTTL <= MaxTTL && seconds(MaxTTL) <= POLICY_QUOTAS.maxTtl)) {
    throw invalidArgument(
      'The parameters MinTTL, DefaultTTL and MaxTTL must not be negative, and each must not exceed the next.',
    );
  }
  const parameters = checked[PARAMETERS] ?? {
    EnableAcceptEncodingGzip: false,
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'none' },
  };
  const filled = { ...parameters, EnableAcceptEncodingBrotli: parameters.EnableAcceptEncodingBrotli ?? false };
  const { HeadersConfig: headers, CookiesConfig: cookies, QueryStringsConfig: queries } = filled;
  checkNames('Headers', headers.HeaderBehavior, headers.Headers, 'TooManyHeadersInCachePolicy');
  checkNames('Cookies', cookies.CookieBehavior, cookies.Cookies, 'TooManyCookiesInCachePolicy');
  checkNames('QueryStrings', queries.QueryStringBehavior, queries.QueryStrings, 'TooManyQueryStringsInCachePolicy');
  refuseHeaders(headers.Headers, NEVER_KEYED);
  if (MaxTTL === 0) checkDisabled(filled);
  return { ...checked, Comment: checked.Comment ?? '', MinTTL, DefaultTTL, MaxTTL, [PARAMETERS]: filled };
}

/** CloudFront: a policy that disables caching has no key to put anything in. */
function checkDisabled(parameters: NonNullable<CachePolicyConfig[typeof PARAMETERS]>): void {
  const settings = {
    HeaderBehavior: parameters.HeadersConfig.HeaderBehavior !== 'none',
    CookieBehavior: parameters.CookiesConfig.CookieBehavior !== 'none',
    QueryStringBehavior: parameters.QueryStringsConfig.QueryStringBehavior !== 'none',
    EnableAcceptEncodingGzip: parameters.EnableAcceptEncodingGzip,
    EnableAcceptEncodingBrotli: parameters.EnableAcceptEncodingBrotli === true,
  };
  const used = Object.entries(settings).find(([, isUsed]) => isUsed)?.[0];
  if (used) throw invalidArgument(`The parameter ${used} is invalid for policy with caching disabled.`);
}

export function acceptOriginRequestPolicy(config: Sdk.OriginRequestPolicyConfig): OriginRequestPolicyConfig {
  checkConstraints(config, 'originRequestPolicyConfig', ORIGIN_REQUEST_POLICY);
  const checked = config as Defined<Sdk.OriginRequestPolicyConfig>;
  const { HeadersConfig: headers, CookiesConfig: cookies, QueryStringsConfig: queries } = checked;
  checkNames('Headers', headers.HeaderBehavior, headers.Headers, 'TooManyHeadersInOriginRequestPolicy');
  checkNames('Cookies', cookies.CookieBehavior, cookies.Cookies, 'TooManyCookiesInOriginRequestPolicy');
  checkNames('QueryStrings', queries.QueryStringBehavior, queries.QueryStrings, 'TooManyQueryStringsInOriginRequestPolicy');
  if (headers.HeaderBehavior === 'whitelist') refuseHeaders(headers.Headers, NEVER_REQUESTED);
  if (headers.HeaderBehavior === 'allViewerAndWhitelistCloudFront') refuseHeaders(headers.Headers, /^(?!cloudfront-)/i);
  return { ...checked, Comment: checked.Comment ?? '' };
}

/** Names are listed exactly when the behavior selects by name; never more than the quota, never one twice. */
function checkNames(what: string, behavior: string, list: Counted<string> | undefined, tooMany: string): void {
  const names = items(list);
  const selectsByName = behavior !== 'none' && behavior !== 'all' && behavior !== 'allViewer';
  if (selectsByName && names.length === 0)
    throw invalidArgument(`The parameter ${what} must not be empty for behavior ${behavior}.`);
  if (!selectsByName && names.length > 0)
    throw invalidArgument(`The parameter ${what} cannot be used with behavior ${behavior}.`);
  // CloudFront: its own headers, 21 of them and growing, may all be named beside allViewer.
  const most = behavior === 'allViewerAndWhitelistCloudFront' ? Number.POSITIVE_INFINITY : POLICY_QUOTAS.names;
  if (names.length > most)
    throw new ApiError(tooMany, `The number of ${what} in the policy exceeds the maximum of ${most}.`, 400);
  if (names.join('').length > POLICY_QUOTAS.namesLength) throw invalidArgument(`The parameter ${what} is too long.`);
  if (names.includes('') || names.includes('*'))
    throw invalidArgument(`The parameter ${what} contains a name that is not allowed.`);
  const repeated = firstRepeated(what === 'Headers' ? names.map((name) => name.toLowerCase()) : names);
  if (repeated !== undefined) throw invalidArgument(`The parameter ${what} contains ${repeated} more than once.`);
}

function refuseHeaders(list: Counted<string> | undefined, refused: RegExp): void {
  const bad = items(list).find((name) => refused.test(name) || !TOKEN.test(name));
  if (bad !== undefined) throw invalidArgument(`The parameter Headers contains ${bad} that is not allowed.`);
}
