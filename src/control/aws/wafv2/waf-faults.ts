/**
 * How wafv2 says no. AWS WAF API reference: errors; the words of `Reason` are AWS's where they are known from its answers, ours elsewhere.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { ApiError } from '../wire/types.ts';

/** What is wrong with a parameter, in AWS's words. */
export const REASONS = {
  exactlyOne: 'You have used none or multiple values for a field that requires exactly one value.',
  reference: 'A reference in your rule statement is not valid.',
  format: 'The parameter contains formatting that is not valid.',
  capacity: 'You exceeded the capacity limit for a rule group or web ACL.',
  scope: 'The scope is not valid.',
  arn: "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.",
  tooFew:
    "You haven't met a minimum requirement for a threshold setting. Examples include a rule group capacity setting that's too low and an OR statement with fewer than two statements.",
  tooMany: 'You exceeded a maximum for a threshold setting.',
  nesting: 'The statement cannot be used in this place.',
} as const;

/** WAFInvalidParameterException: where it was found, what it is, and why it is none. */
export function invalidParameter(field: Sdk.ParameterExceptionField, parameter: string, reason: string): ApiError {
  const message = `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`;
  return new ApiError('WAFInvalidParameterException', message, 400, { Field: field, Parameter: parameter, Reason: reason });
}

export function nonexistent(): ApiError {
  return refused('WAFNonexistentItemException', "your resource doesn't exist.");
}

/** `what` says which of them. */
export function duplicate(what: string): ApiError {
  return refused('WAFDuplicateItemException', `some resource in your request is a duplicate of an existing one: ${what}.`);
}

export function associated(): ApiError {
  return refused(
    'WAFAssociatedItemException',
    "your resource is being used by another resource or it's associated with another resource.",
  );
}

export function limitExceeded(what: string): ApiError {
  return refused('WAFLimitsExceededException', `you exceeded your resource limit: ${what}.`);
}

export function outdated(): ApiError {
  const message =
    "AWS WAF couldn't save your changes because someone changed the resource after you started to edit it. Reapply your changes.";
  return new ApiError('WAFOptimisticLockException', message, 400);
}

function refused(code: string, why: string): ApiError {
  return new ApiError(code, `AWS WAF couldn't perform the operation because ${why}`, 400);
}
