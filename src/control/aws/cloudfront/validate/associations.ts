/**
 * What a cache behavior attaches to requests: functions (those of Lambda in lambda-associations.ts), real-time logs. Who must sign
 * them: signers.ts; what is encrypted in them: field-level-encryption.ts. Facts:
 * aws-api B5. What cannot be created through this API yet cannot exist, so naming one is refused as CloudFront refuses an
 * unknown one; nothing that protects content is accepted and then ignored.
 */
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { FilledBehavior } from '../filled-config.ts';
import { validateLambdas } from './lambda-associations.ts';
import { firstRepeated } from './references.ts';
import type { References } from './references.ts';

export function validateAssociations(behavior: FilledBehavior, references: References): void {
  validateFunctions(behavior, references);
  validateLambdas(behavior, references);
  if (behavior.RealtimeLogConfigArn) {
    throw new ApiError('NoSuchRealtimeLogConfig', 'The real-time log configuration does not exist.', 404);
  }
}

function validateFunctions(behavior: FilledBehavior, references: References): void {
  const functions = items(behavior.FunctionAssociations);
  if (functions.some(({ EventType }) => EventType.startsWith('origin-'))) {
    throw new ApiError(
      'InvalidFunctionAssociation',
      'A CloudFront function can be associated with viewer-request and viewer-response only.',
      400,
    );
  }
  if (firstRepeated(functions.map(({ EventType }) => EventType)) !== undefined) {
    throw new ApiError(
      'TooManyFunctionAssociations',
      'You have exceeded the maximum number of functions per event type of a cache behavior.',
      400,
    );
  }
  const missing = functions.find(({ FunctionARN }) => !references.hasLiveFunction(FunctionARN));
  if (missing) {
    throw new ApiError(
      'InvalidFunctionAssociation',
      `The function does not exist or has no live stage: ${missing.FunctionARN}`,
      400,
    );
  }
  // CloudFront: one kind of function for the viewer's side of a cache behavior (facts 1.1).
  const lambdas = items(behavior.LambdaFunctionAssociations);
  if (functions.length > 0 && lambdas.some(({ EventType }) => EventType.startsWith('viewer-'))) {
    throw new ApiError(
      'InvalidFunctionAssociation',
      'CloudFront Functions and Lambda@Edge cannot both be associated with viewer events of one cache behavior.',
      400,
    );
  }
}
