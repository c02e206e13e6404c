/**
 * CloudFront's names for an outcome: the X-Cache field and the three result types of the access logs (facts 7.4, 13.2).
 * Read off the one Outcome; nothing here looks at the request or the response again.
 */
import { STALE_ON_ERROR_RESULT } from '../model/assumptions.ts';
import type { Delivery, ErrorDetail, LambdaError, Outcome } from '../core/outcome.ts';

export type ResultType =
  | 'Hit'
  | 'RefreshHit'
  | 'Miss'
  | 'Error'
  | 'Redirect'
  | 'CapacityExceeded'
  | 'LimitExceeded'
  | 'FunctionGeneratedResponse'
  | 'LambdaGeneratedResponse'
  | FunctionError
  | LambdaError;

type FunctionError = 'FunctionExecutionError' | 'FunctionThrottledError' | 'FunctionValidationError';

/** x-edge-response-result-type: what it was just before the response began. */
export function responseResultType(outcome: Outcome): ResultType {
  if (outcome.redirected) return 'Redirect';
  if (outcome.errorDetail === 'CapacityExceeded' || outcome.errorDetail === 'LimitExceeded') return outcome.errorDetail;
  // CloudFront: what a function did outweighs the status, which the function may have chosen.
  if (outcome.answeredBy === 'function') return 'FunctionGeneratedResponse';
  if (isFunctionError(outcome.errorDetail) || isLambdaError(outcome.errorDetail)) return outcome.errorDetail;
  // Ours: who shares the answer to another's request has a hit, whoever made it.
  if (outcome.answeredBy === 'lambda' && outcome.cache.kind !== 'collapsed') return 'LambdaGeneratedResponse';
  // CloudFront: a custom error page stays an Error, even when it is sent as 200; so does an error answered from the cache.
  // So does whatever AWS WAF answers in place of the origin.
  if (outcome.status >= 400 || outcome.answeredBy === 'error-page' || outcome.answeredBy === 'waf') return 'Error';
  switch (outcome.cache.kind) {
    case 'hit-stale':
      return outcome.cache.reason === 'stale-while-revalidate' ? 'Hit' : STALE_ON_ERROR_RESULT;
    case 'hit':
    case 'collapsed':
      return 'Hit';
    case 'revalidated':
      return 'RefreshHit';
    case 'miss':
    case 'none':
      return 'Miss';
  }
}

/** x-edge-result-type: an Error, too, when the response was not delivered whole. */
export function resultType(outcome: Outcome, delivery: Pick<Delivery, 'complete'>): ResultType {
  return delivery.complete ? responseResultType(outcome) : 'Error';
}

/** x-edge-detailed-result-type: the kind of failure when the result is Error, else the result. */
export function detailedResultType(outcome: Outcome, delivery: Pick<Delivery, 'complete'>): ResultType | ErrorDetail {
  const result = resultType(outcome, delivery);
  if (result !== 'Error') return result;
  if (!delivery.complete) return outcome.errorDetail ?? 'ClientCommError';
  // CloudFront: an error answered from the cache is a plain Error, whatever caused it when it was stored.
  if (outcome.cache.kind === 'hit' || outcome.cache.kind === 'hit-stale') return 'Error';
  return outcome.errorDetail ?? 'Error';
}

function isFunctionError(detail: ErrorDetail | undefined): detail is FunctionError {
  return detail === 'FunctionExecutionError' || detail === 'FunctionThrottledError' || detail === 'FunctionValidationError';
}

export function isLambdaError(detail: ErrorDetail | undefined): detail is LambdaError {
  return detail === 'LambdaExecutionError' || detail === 'LambdaLimitExceeded' || detail === 'LambdaValidationError';
}

const X_CACHE: Readonly<Record<ResultType, string>> = {
  Hit: 'Hit from cloudfront',
  RefreshHit: 'RefreshHit from cloudfront',
  Miss: 'Miss from cloudfront',
  Error: 'Error from cloudfront',
  Redirect: 'Redirect from cloudfront',
  // CloudFront: CapacityExceeded is a word of the logs; the viewer sees an error.
  CapacityExceeded: 'Error from cloudfront',
  FunctionExecutionError: 'FunctionExecutionError from cloudfront',
  FunctionGeneratedResponse: 'FunctionGeneratedResponse from cloudfront',
  FunctionThrottledError: 'FunctionThrottledError from cloudfront',
  FunctionValidationError: 'FunctionValidationError from cloudfront',
  LambdaExecutionError: 'LambdaExecutionError from cloudfront',
  LambdaGeneratedResponse: 'LambdaGeneratedResponse from cloudfront',
  LambdaLimitExceeded: 'LambdaLimitExceeded from cloudfront',
  LambdaValidationError: 'LambdaValidationError from cloudfront',
  LimitExceeded: 'LimitExceeded from cloudfront',
};

/** The value of X-Cache. */
export function xCache(outcome: Outcome): string {
  return X_CACHE[responseResultType(outcome)];
}
