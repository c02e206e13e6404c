/**
 * The legacy ForwardedValues and the behavior's own TTLs. Facts: data plane 3.6, 14.
 */
import { POLICY_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { FilledBehavior, FilledConfig } from '../filled-config.ts';
import { invalidArgument } from './references.ts';

export function validateForwardedValues(
  behavior: FilledBehavior,
  values: NonNullable<FilledBehavior['ForwardedValues']>,
  config: FilledConfig,
): void {
  const { MinTTL: min = 0, DefaultTTL: normal = 0, MaxTTL: max = 0 } = behavior;
  if (!(min >= 0 && min <= normal && normal <= max)) {
    throw new ApiError(
      'InvalidTTLOrder',
      'The TTL order specified is not valid: MinTTL must not exceed DefaultTTL, nor DefaultTTL MaxTTL.',
      400,
    );
  }
  validateHeaders(behavior, items(values.Headers), config);
  validateCookies(values.Cookies);
  const keys = items(values.QueryStringCacheKeys);
  if (keys.length > POLICY_QUOTAS.legacyQueryStrings) {
    throw new ApiError('TooManyQueryStringParameters', 'Your request contains too many query string parameters.', 400);
  }
  const isLong =
    keys.some((key) => key.length > POLICY_QUOTAS.legacyQueryStringLength) ||
    keys.join('').length > POLICY_QUOTAS.legacyNamesLength;
  if (isLong || (keys.length > 0 && !values.QueryString)) {
    throw new ApiError('InvalidQueryStringParameters', 'The query string parameters specified are not valid.', 400);
  }
}

function validateHeaders(behavior: FilledBehavior, headers: readonly string[], config: FilledConfig): void {
  if (headers.length > POLICY_QUOTAS.legacyForwardedHeaders) {
    throw new ApiError('TooManyHeadersInForwardedValues', 'Your request contains too many headers in forwarded values.', 400);
  }
  const all = headers.includes('*');
  if (all && headers.length > 1) throw invalidArgument('The parameter Headers must not name headers beside *.');
  // CloudFront: forwarding every header disables caching, which a minimum would contradict.
  if (all && (behavior.MinTTL ?? 0) > 0) throw invalidArgument('The parameter MinTTL must be 0 when all headers are forwarded.');
  const origin = config.Origins.Items.find(({ Id }) => Id === behavior.TargetOriginId);
  // CloudFront: S3 finds the bucket by Host and refuses the viewer's.
  if (origin?.S3OriginConfig && (all || headers.some((name) => name.toLowerCase() === 'host'))) {
    throw new ApiError('InvalidHeadersForS3Origin', 'The headers specified are not valid for an Amazon S3 origin.', 400);
  }
}

function validateCookies(cookies: NonNullable<FilledBehavior['ForwardedValues']>['Cookies']): void {
  const names = items(cookies.WhitelistedNames);
  if (cookies.Forward === 'whitelist' ? names.length === 0 : names.length > 0) {
    const message =
      "Your request contains forward cookies option which doesn't match with the expectation for the whitelisted list of cookie names.";
    throw new ApiError('InvalidForwardCookies', message, 400);
  }
  if (names.length > POLICY_QUOTAS.legacyCookies) {
    throw new ApiError(
      'TooManyCookieNamesInWhiteList',
      'Your request contains more cookie names in the whitelist than are allowed per cache behavior.',
      400,
    );
  }
}
