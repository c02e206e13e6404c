/**
 * What Lambda@Edge allows a function, by the event that it runs for, and Lambda's own limits where they count here. Facts 14; aws-api B8.
 * The API enforces what a version is made with (control/aws), the data plane what a run does (core/lambda-edge, functions/lambda-edge).
 */
import { KIB, MIB, seconds, type Bytes, type Duration } from '../model/units.ts';

export type LambdaEventType = 'viewer-request' | 'origin-request' | 'origin-response' | 'viewer-response';

export interface LambdaEventLimits {
  readonly time: Duration;
  /** Headers and body of a response that the function makes. */
  readonly responseLength: Bytes;
  /** How much of the viewer's body the function sees, and how long one may be that it puts in its place. */
  readonly bodyLength: Bytes;
}

// CloudFront: viewer events had 5 s and 128 MB until 2026; both have Lambda's own bounds since (facts 14).
const VIEWER: LambdaEventLimits = { time: seconds(30), responseLength: 40 * KIB, bodyLength: 40 * KIB };
const ORIGIN: LambdaEventLimits = { time: seconds(30), responseLength: MIB, bodyLength: MIB };

export const LAMBDA_EVENT_LIMITS: Readonly<Record<LambdaEventType, LambdaEventLimits>> = {
  'viewer-request': VIEWER,
  'origin-request': ORIGIN,
  'origin-response': ORIGIN,
  'viewer-response': VIEWER,
};

/** Of one function. */
export const LAMBDA_QUOTAS = {
  /** Of the package as it is uploaded. */
  zipLength: (50 * MIB) satisfies Bytes,
  /** Of all its files together. */
  unzippedLength: (250 * MIB) satisfies Bytes,
  /** Ours: nobody's dependencies have more. */
  files: 20_000,
  memory: { least: 128 * MIB, most: 10_240 * MIB, usual: 128 * MIB },
  timeout: { least: seconds(1), most: seconds(900), usual: seconds(3) },
  environmentLength: (4 * KIB) satisfies Bytes,
  tags: 50,
  policyLength: (20 * KIB) satisfies Bytes,
  /** Of what a handler is called with, and of what it returns. */
  payloadLength: (6 * MIB) satisfies Bytes,
} as const;
