/**
 * The sentence an error page gives as its cause, one for each situation, and one for each way an origin fails.
 * The quoted CloudFront sentences are what alerts and log searches look for, so they stay word for word (facts 12.2).
 * Which situation it is, is decided where the request is refused or the origin fails; the page around it in error-page.ts.
 */
import type { ErrorDetail } from '../core/outcome.ts';

export const ERROR_CAUSES = {
  badRequest: 'Bad request.',
  unknownHost: 'Bad request.',
  requestBlocked: 'Request blocked.',
  geoBlocked: 'The Amazon CloudFront distribution is configured to block access from your country.',
  methodNotAllowed:
    'This distribution is not configured to allow the HTTP request method that was used for this request. ' +
    'The distribution supports only cachable requests.',
  httpsRequired: 'This distribution answers HTTPS requests only.',
  certificateMismatch: 'The distribution does not match the certificate for which the HTTPS connection was established with.',
  uriTooLong: 'The URL of this request is longer than 8,192 bytes.',
  headersTooLarge: 'The headers of this request are larger than the distribution accepts.',
  bodyTooLarge: 'The body of this request is larger than the distribution accepts.',
  chainTooLong: 'The request has passed more distributions, one after the other, than may be chained.',
  rangeNotSatisfiable: 'The requested range lies outside the object.',
  onlyIfCached: 'Nothing is stored that answers this request, and only-if-cached forbids to ask the origin.',
  preconditionFailed: 'A precondition of this request is not met.',
  limitExceeded: 'The request could not be processed because a limit was exceeded.',
  capacityExceeded: 'There is not enough capacity to process this request now.',
  originDns: "CloudFront wasn't able to resolve the origin domain name.",
  originConnect: "CloudFront wasn't able to connect to the origin.",
  originTimeout:
    'CloudFront attempted to establish a connection with the origin, but either the attempt failed or the origin closed the connection.',
  originInvalidResponse: 'The origin sent a response that is not valid HTTP.',
  originHeaderTooBig: 'The headers of the response of the origin are too large.',
  originContentRangeLength: 'The Content-Range and the Content-Length of the response of the origin contradict each other.',
  originBroke: 'The origin closed the connection before its response was complete.',
  functionFailed: 'The CloudFront function associated with the CloudFront distribution is invalid or could not run.',
  functionThrottled: 'The CloudFront function associated with the CloudFront distribution was throttled.',
  functionHeader: 'The CloudFront function tried to add, delete, or change a read-only header.',
  functionInvalid: 'The CloudFront function returned an invalid value.',
  lambdaFailed:
    "The Lambda function associated with the CloudFront distribution is invalid or doesn't have the required permissions.",
  lambdaThrottled: 'The Lambda function associated with the CloudFront distribution was throttled.',
  lambdaReadOnly:
    'The Lambda function result failed validation: The function tried to add, delete, or change a read-only header.',
  lambdaBlacklisted: 'The Lambda function result failed validation: The function tried to add a blacklisted header.',
  lambdaHeaderEntry:
    'The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must be an array.',
  lambdaJson: 'The Lambda function returned an invalid json output.',
  lambdaBody:
    'The Lambda function result failed validation: The body is not a string, is not an object, or exceeds the maximum size.',
  lambdaInvalid: 'The Lambda function result failed validation: The function returned an invalid value.',
  unspecified: 'The request could not be satisfied.',
} as const;

export type ErrorSituation = keyof typeof ERROR_CAUSES;

const SITUATION_OF_DETAIL: Readonly<Partial<Record<ErrorDetail, ErrorSituation>>> = {
  AbortedOrigin: 'originBroke',
  CapacityExceeded: 'capacityExceeded',
  ClientGeoBlocked: 'geoBlocked',
  FunctionExecutionError: 'functionFailed',
  FunctionThrottledError: 'functionThrottled',
  FunctionValidationError: 'functionInvalid',
  InvalidRequest: 'badRequest',
  LambdaExecutionError: 'lambdaFailed',
  LambdaLimitExceeded: 'lambdaThrottled',
  LambdaValidationError: 'lambdaInvalid',
  InvalidRequestBlocked: 'requestBlocked',
  InvalidRequestCertificate: 'certificateMismatch',
  InvalidRequestHeader: 'badRequest',
  InvalidRequestMethod: 'methodNotAllowed',
  LimitExceeded: 'limitExceeded',
  OriginCommError: 'originTimeout',
  OriginConnectError: 'originConnect',
  OriginContentRangeLengthError: 'originContentRangeLength',
  OriginDnsError: 'originDns',
  OriginHeaderTooBigError: 'originHeaderTooBig',
  OriginInvalidResponseError: 'originInvalidResponse',
  OriginReadError: 'originBroke',
  OriginWriteError: 'originBroke',
  OriginZeroSizeObjectError: 'originInvalidResponse',
};

/** The cause sentence for a failure known by its detail, for whoever has no closer one. A timeout outweighs how it was noticed. */
export function errorCause(status: number, detail: ErrorDetail | undefined): string {
  if (status === 504) return ERROR_CAUSES.originTimeout;
  const situation = detail === undefined ? undefined : SITUATION_OF_DETAIL[detail];
  if (situation !== undefined) return ERROR_CAUSES[situation];
  return status === 400 ? ERROR_CAUSES.badRequest : ERROR_CAUSES.unspecified;
}
