/**
 * Headers that edge functions do not see or may not change. Facts 7.2; aws-api B8. Where they are judged: core/viewer-request and
 * core/viewer-response.
 */

import type { LambdaEventType } from './lambda-edge.ts';

/** Not shown to functions, and never theirs to add. Lower case. */
const DISALLOWED: ReadonlySet<string> = new Set([
  // CloudFront: a function that must know the certificate has the other CloudFront-Viewer-Cert-* headers (facts 10.5).
  'cloudfront-viewer-cert-pem',
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
  'upgrade',
  'x-accel-buffering',
  'x-accel-charset',
  'x-accel-limit-rate',
  'x-accel-redirect',
  'x-amzn-auth',
  'x-amzn-cf-billing',
  'x-amzn-cf-id',
  'x-amzn-cf-xff',
  'x-amzn-errortype',
  'x-amzn-fle-profile',
  'x-amzn-header-count',
  'x-amzn-header-order',
  'x-amzn-lambda-integration-tag',
  'x-amzn-requestid',
  'x-cache',
  'x-forwarded-proto',
  'x-real-ip',
]);

const DISALLOWED_PREFIXES: readonly string[] = ['x-amz-cf-', 'x-edge-'];

/** `name` in lower case. */
export function isDisallowedHeader(name: string): boolean {
  return DISALLOWED.has(name) || DISALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

const LAMBDA_ORIGIN_REQUEST = [
  'accept-encoding',
  'cdn-loop',
  'content-length',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'transfer-encoding',
  'via',
];

/** Shown to Lambda@Edge functions, and not theirs to add, change or delete. Lower case. */
export const LAMBDA_READ_ONLY_HEADERS: Readonly<Record<LambdaEventType, readonly string[]>> = {
  'viewer-request': ['cdn-loop', 'content-length', 'host', 'transfer-encoding', 'via'],
  'origin-request': LAMBDA_ORIGIN_REQUEST,
  'origin-response': ['transfer-encoding', 'via'],
  'viewer-response': ['content-encoding', 'content-length', 'transfer-encoding', 'via', 'warning'],
};

/** Shown to CloudFront Functions, and not theirs to add, change or delete. Lower case. */
export const READ_ONLY_HEADERS: Readonly<Record<'viewer-request' | 'viewer-response', ReadonlySet<string>>> = {
  'viewer-request': new Set(['cdn-loop', 'content-length', 'host', 'transfer-encoding', 'via']),
  'viewer-response': new Set(['via', 'warning']),
};
