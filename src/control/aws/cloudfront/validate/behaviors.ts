/**
 * Cache behaviors: which origin, which methods, which policies. Facts: data plane 2.1, 3, 14; aws-api B5. Forwarded values are
 * judged in forwarded-values.ts, functions in associations.ts.
 */
import { DISTRIBUTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { behaviorsOf, items } from '../filled-config.ts';
import type { FilledBehavior, FilledConfig } from '../filled-config.ts';
import { validateAssociations } from './associations.ts';
import { validateFieldLevelEncryption } from './field-level-encryption.ts';
import { validateForwardedValues } from './forwarded-values.ts';
import { noSuchOrigin } from './origins.ts';
import { firstRepeated, invalidArgument } from './references.ts';
import type { References } from './references.ts';
import { validateSigners } from './signers.ts';

// CloudFront: `&` is written `&amp;` on the wire, and read back before it gets here.
const PATH_PATTERN = /^[A-Za-z0-9_\-.*$/~"'@:+&?]{1,255}$/;
const METHOD_SETS: readonly string[] = ['GET HEAD', 'GET HEAD OPTIONS', 'DELETE GET HEAD OPTIONS PATCH POST PUT'];
const CACHED_METHOD_SETS: readonly string[] = ['GET HEAD', 'GET HEAD OPTIONS'];

export function validateBehaviors(config: FilledConfig, references: References): void {
  const behaviors = items(config.CacheBehaviors);
  if (behaviors.length > DISTRIBUTION_QUOTAS.cacheBehaviors) {
    throw new ApiError('TooManyCacheBehaviors', 'You cannot create more cache behaviors for the distribution.', 400);
  }
  for (const { PathPattern } of behaviors) {
    if (!PATH_PATTERN.test(PathPattern)) {
      throw invalidArgument(`The parameter PathPattern contains characters that are not valid, or is too long: ${PathPattern}`);
    }
  }
  // CloudFront: the leading slash is implied, so `a/*` and `/a/*` are the same pattern.
  const repeated = firstRepeated(behaviors.map(({ PathPattern }) => PathPattern.replace(/^\//, '')));
  if (repeated !== undefined)
    throw invalidArgument(`The parameter PathPattern ${repeated} is used by more than one cache behavior.`);
  const targets = new Set([...config.Origins.Items, ...items(config.OriginGroups)].map(({ Id }) => Id));
  for (const behavior of behaviorsOf(config)) {
    if (!targets.has(behavior.TargetOriginId)) throw noSuchOrigin();
    validateMethods(behavior);
    validatePolicies(behavior, references);
    if (behavior.ForwardedValues) validateForwardedValues(behavior, behavior.ForwardedValues, config);
    validateSigners(behavior, references);
    validateAssociations(behavior, references);
    validateFieldLevelEncryption(behavior, config, references);
  }
}

function validateMethods({ AllowedMethods: allowed }: FilledBehavior): void {
  const sorted = (methods: readonly string[]): string => methods.toSorted().join(' ');
  if (!METHOD_SETS.includes(sorted(allowed.Items))) {
    throw invalidArgument('The parameter AllowedMethods must be GET and HEAD; GET, HEAD and OPTIONS; or all seven methods.');
  }
  const cached = sorted(allowed.CachedMethods.Items);
  if (!CACHED_METHOD_SETS.includes(cached)) {
    throw invalidArgument('The parameter CachedMethods must be GET and HEAD, or GET, HEAD and OPTIONS.');
  }
  if (!allowed.CachedMethods.Items.every((method) => allowed.Items.includes(method))) {
    throw invalidArgument('The parameter CachedMethods must be a subset of AllowedMethods.');
  }
}

function validatePolicies(behavior: FilledBehavior, references: References): void {
  const { CachePolicyId: cache, OriginRequestPolicyId: originRequest, ResponseHeadersPolicyId: responseHeaders } = behavior;
  if (cache) {
    for (const name of ['ForwardedValues', 'MinTTL', 'DefaultTTL', 'MaxTTL'] as const) {
      if (behavior[name] !== undefined) {
        throw invalidArgument(`The parameter ${name} cannot be used when a cache policy is associated to the cache behavior.`);
      }
    }
    if (!references.hasCachePolicy(cache)) throw new ApiError('NoSuchCachePolicy', 'The cache policy does not exist.', 404);
  } else if (!behavior.ForwardedValues) {
    throw invalidArgument('The parameter ForwardedValues is required when no cache policy is associated to the cache behavior.');
  } else if (originRequest) {
    throw invalidArgument('The parameter OriginRequestPolicyId cannot be used without a cache policy.');
  }
  if (originRequest && !references.hasOriginRequestPolicy(originRequest)) {
    throw new ApiError('NoSuchOriginRequestPolicy', 'The origin request policy does not exist.', 404);
  }
  if (responseHeaders && !references.hasResponseHeadersPolicy(responseHeaders)) {
    throw new ApiError('NoSuchResponseHeadersPolicy', 'The response headers policy does not exist.', 404);
  }
}
