/**
 * The whole judgement of a DistributionConfig: shape and constraints, then defaults, then meaning; the first fault found by
 * meaning is the answer. Facts: aws-api B5. Quotas over several distributions are the handlers' (distributions.ts).
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { DISTRIBUTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { fillDefaults } from '../defaults.ts';
import type { CheckedConfig, FilledConfig } from '../filled-config.ts';
import { validateAliases } from './aliases.ts';
import { validateBehaviors } from './behaviors.ts';
import { checkConstraints } from './constraints.ts';
import { validateContinuousDeployment } from './continuous-deployment.ts';
import { validateCustomErrorResponses } from './custom-error-responses.ts';
import { DISTRIBUTION_CONSTRAINTS } from './distribution-constraints.ts';
import { validateGeoRestriction } from './geo-restriction.ts';
import { validateOriginMtls } from './origin-mtls.ts';
import { validateOriginGroups, validateOrigins } from './origins.ts';
import { invalidArgument, invalidWebAclId } from './references.ts';
import type { References } from './references.ts';
import { validateViewerMtls } from './viewer-mtls.ts';

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/i;

/** The configuration as it is stored: checked and filled in. Throws ApiError in CloudFront's words. */
export function acceptDistributionConfig(config: Sdk.DistributionConfig, references: References): FilledConfig {
  checkConstraints(config, 'distributionConfig', DISTRIBUTION_CONSTRAINTS);
  // The constraints have just shown that what the model requires is there.
  const filled = fillDefaults(config as CheckedConfig);
  validateGeneral(filled, references);
  validateOrigins(filled, references);
  validateOriginGroups(filled);
  validateOriginMtls(filled, references);
  validateBehaviors(filled, references);
  validateCustomErrorResponses(filled);
  validateGeoRestriction(filled.Restrictions.GeoRestriction);
  validateAliases(filled, references);
  validateViewerMtls(filled, references);
  validateContinuousDeployment(filled, references);
  return filled;
}

function validateGeneral(config: FilledConfig, references: References): void {
  if (config.Comment.length > DISTRIBUTION_QUOTAS.commentLength) throw invalidArgument('The parameter Comment is too long.');
  if (
    config.DefaultRootObject.length > DISTRIBUTION_QUOTAS.defaultRootObjectLength ||
    !/^[\x21-\x7e]*$/.test(config.DefaultRootObject)
  ) {
    throw new ApiError(
      'InvalidDefaultRootObject',
      'The default root object file name is too big or contains an invalid character.',
      400,
    );
  }
  if (config.Logging.Enabled && config.Logging.Bucket === '') {
    throw invalidArgument('The parameter Logging Bucket is required when logging is enabled.');
  }
  // Ours: there is no AWS WAF Classic, whose ids CloudFront takes, too.
  if (config.WebACLId !== '' && !references.hasWebAcl(config.WebACLId)) throw invalidWebAclId();
  if (config.CacheTagConfig && !FIELD_NAME.test(config.CacheTagConfig.HeaderName)) {
    throw invalidArgument('The parameter CacheTagConfig HeaderName is not a header name.');
  }
  validateUnserved(config);
}

/** What needs a resource that cannot be created through this API yet: it cannot exist. */
function validateUnserved(config: FilledConfig): void {
  if (config.AnycastIpListId)
    throw new ApiError('EntityNotFound', `The Anycast IP list ${config.AnycastIpListId} does not exist.`, 404);
  if (config.ConnectionFunctionAssociation) {
    throw new ApiError(
      'EntityNotFound',
      `The connection function ${config.ConnectionFunctionAssociation.Id} does not exist.`,
      404,
    );
  }
  if (config.ConnectionMode === 'tenant-only' || config.TenantConfig) {
    throw new ApiError(
      'NotImplemented',
      'Multi-tenant distributions (ConnectionMode tenant-only, TenantConfig) are not served yet.',
      501,
    );
  }
}
