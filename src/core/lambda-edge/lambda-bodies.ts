/**
 * Bodies in the events and results of Lambda@Edge functions: what is shown of a request's, what is put in its place, and what a response has.
 * Facts: aws-api B8. Octets are read and sent elsewhere (edge/lambdas).
 */
import { isObject } from '../../model/json-object.ts';
import type { Bytes } from '../../model/units.ts';
import type { LambdaFaults } from './lambda-faults.ts';

export interface GivenBody {
  readonly encoding: 'text' | 'base64';
  readonly data: string;
}

/** RFC 4648 section 4, with or without its padding. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** What takes the request's body's place; undefined where it stays. `most`: octets. */
export function readRequestBody(given: unknown, most: Bytes, faults: LambdaFaults): GivenBody | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isObject(given)) return faults.add('lambdaBody', 'request.body must be an object');
  const { action = 'read-only', encoding = 'text', data = '' } = given;
  if (action === 'read-only') return undefined;
  if (action !== 'replace') return faults.add('lambdaBody', 'request.body.action must be read-only or replace');
  return readBody(data, encoding, 'request.body.data', most, faults);
}

/** `most`: how long it may be as it stands. */
export function readResponseBody(given: unknown, encoding: unknown, most: Bytes, faults: LambdaFaults): GivenBody | undefined {
  if (given === undefined || given === null) return undefined;
  const body = readBody(given, encoding ?? 'text', 'response.body', most, faults);
  if (body !== undefined && utf8Length(body.data) > most)
    return faults.add('lambdaBody', `response.body is longer than ${most} bytes`);
  return body;
}

function readBody(data: unknown, encoding: unknown, path: string, most: Bytes, faults: LambdaFaults): GivenBody | undefined {
  if (typeof data !== 'string') return faults.add('lambdaBody', `${path} must be a string`);
  if (encoding !== 'text' && encoding !== 'base64')
    return faults.add('lambdaBody', `the encoding of ${path} must be text or base64`);
  if (encoding === 'base64' && !BASE64.test(data)) return faults.add('lambdaBody', `${path} is not base64`);
  if (lengthOf({ encoding, data }) > most) return faults.add('lambdaBody', `${path} is longer than ${most} bytes`);
  return { encoding, data };
}

/** In octets. */
export function lengthOf({ encoding, data }: GivenBody): Bytes {
  return encoding === 'base64' ? Math.floor((data.replace(/=+$/, '').length * 3) / 4) : utf8Length(data);
}

export function utf8Length(text: string): Bytes {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return length;
}
