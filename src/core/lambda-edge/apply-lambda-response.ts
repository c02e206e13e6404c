/**
 * A response as a Lambda@Edge function returned it: one that it made for a request, or the origin's or viewer's as it changed it. Facts:
 * aws-api B8. The original's body is never seen by a function, and stays unless it is replaced.
 */
import type { Fields } from '../../http/fields.ts';
import { octetsOfText } from '../../http/octet-text.ts';
import type { JsonObject } from '../../model/json-object.ts';
import { LAMBDA_EVENT_LIMITS, type LambdaEventType } from '../../tables/lambda-edge.ts';
import { readResponseBody, utf8Length, type GivenBody } from './lambda-bodies.ts';
import { isShown } from './lambda-event.ts';
import { collectLambdaFaults, type LambdaFault, type LambdaFaults } from './lambda-faults.ts';
import { readLambdaHeaders } from './read-lambda-headers.ts';

export type AppliedLambdaResponse =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** Undefined where it says none: that of the status then. */
      readonly statusDescription: string | undefined;
      /** Without a length, which is the body's. */
      readonly fields: Fields;
      /** Undefined where the original's stays; of a response that the function made, where it has none. */
      readonly body: GivenBody | undefined;
    }
  | { readonly kind: 'invalid'; readonly fault: LambdaFault };

/** What has a status answers. */
export function isResponse(returned: JsonObject): boolean {
  return returned['status'] !== undefined;
}

/** A response that a function made in place of asking for one. */
export function applyGenerated(returned: JsonObject, eventType: 'viewer-request' | 'origin-request'): AppliedLambdaResponse {
  return apply(returned, { status: undefined, shown: [], hidden: [] }, eventType);
}

export interface OriginalResponse {
  readonly status: number;
  readonly fields: Fields;
  /** What the function got to see of them (lambda-event.ts). */
  readonly shown: Fields;
}

/** The original as a function changed it. */
export function applyLambdaResponse(
  returned: JsonObject,
  { status, fields, shown }: OriginalResponse,
  eventType: 'origin-response' | 'viewer-response',
): AppliedLambdaResponse {
  return apply(returned, { status, shown, hidden: fields.filter((field) => !isShown(field)) }, eventType);
}

interface Original {
  readonly status: number | undefined;
  readonly shown: Fields;
  readonly hidden: Fields;
}

function apply(returned: JsonObject, original: Original, eventType: LambdaEventType): AppliedLambdaResponse {
  const faults = collectLambdaFaults();
  const { headers, body: givenBody, bodyEncoding, statusDescription } = returned;
  const status = readStatus(returned['status'], original.status, eventType, faults);
  if (statusDescription !== undefined && statusDescription !== null && !isDescription(statusDescription))
    faults.add('lambdaInvalid', 'response.statusDescription must be a text of visible characters');
  const read = readLambdaHeaders(headers, 'response.headers', original.shown, eventType, faults);
  const most = LAMBDA_EVENT_LIMITS[eventType].responseLength;
  const body = readResponseBody(givenBody, bodyEncoding, most, faults);
  // RFC 9110 15.3.5.
  if (status === 204 && body !== undefined && body.data !== '')
    faults.add('lambdaBody', 'response.body must be empty with status 204');
  const isMade = original.status === undefined || body !== undefined;
  const length = read.reduce((sum, [name, value]) => sum + name.length + value.length + 4, utf8Length(body?.data ?? ''));
  if (isMade && length > most) faults.add('lambdaBody', `the response is longer than ${most} bytes, headers and body together`);
  if (faults.first !== undefined) return { kind: 'invalid', fault: faults.first };
  const fields = [...read.filter(([name]) => name !== 'content-length'), ...original.hidden];
  const said = isDescription(statusDescription) ? octetsOfText(statusDescription) : undefined;
  return { kind: 'response', status, statusDescription: said, fields, body };
}

function readStatus(given: unknown, before: number | undefined, eventType: LambdaEventType, faults: LambdaFaults): number {
  const status = typeof given === 'string' && /^\d{3}$/.test(given) ? Number(given) : given;
  if (status === before) return before ?? 0;
  if (eventType === 'viewer-response' && given !== undefined)
    faults.add('lambdaInvalid', 'response.status cannot be changed for the viewer');
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  faults.add('lambdaInvalid', 'response.status must be a number from 200 to 599');
  return before ?? 500;
}

function isDescription(given: unknown): given is string {
  return typeof given === 'string' && /^[\t\x20-\x7e\x80-\uffff]*$/.test(given);
}
