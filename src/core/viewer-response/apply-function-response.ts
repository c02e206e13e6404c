/**
 * A response as a CloudFront function returned it: one that a viewer-request function made, or the viewer's response as a viewer-response
 * function changed it. Facts: aws-api B8, data plane 1.1. Judged here; carried out in edge/functions.ts. The body of the original is never
 * seen by a function, and stays unless it is replaced.
 */
import { isObject } from '../../model/json-object.ts';
import type { Field, Fields } from '../../http/fields.ts';
import { inOctetsReceived, octetsOfText } from '../../http/octet-text.ts';
import { isToken } from '../../http/token.ts';
import { isDisallowedHeader } from '../../tables/function-headers.ts';
import type { FunctionResponse } from '../viewer-request/function-event.ts';
import { readHeaders } from '../viewer-request/function-header-rules.ts';
import { collectFaults, readValues, type Faults, type FunctionFault } from '../viewer-request/function-values.ts';

/** What of the response a function has set; what is absent is as it was. */
export interface ChangedResponse {
  readonly statusCode?: unknown;
  readonly statusDescription?: unknown;
  readonly headers?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
}

export interface FunctionBody {
  readonly encoding: 'text' | 'base64';
  readonly data: string;
}

export type AppliedResponse =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** Undefined where it says none: that of the status then. */
      readonly statusDescription: string | undefined;
      readonly fields: Fields;
      /** Undefined where the original stays. */
      readonly body: FunctionBody | undefined;
    }
  | { readonly kind: 'invalid'; readonly fault: FunctionFault };

const NOTHING: FunctionResponse = { statusCode: 0, statusDescription: '', headers: '{}', cookies: '{}' };
/** CloudFront: what a function returns is as long as its memory; what it generates at most 40 KB. */
const BODY_LENGTH = 40_960;
/** RFC 9112 4: what a reason phrase cannot hold. */
const BAD_DESCRIPTION = /[^\t\x20-\x7e\x80-\uffff]/;
/** RFC 4648 section 4, with or without its padding; never one part of it. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** `fields` are the original's; none for a response that a function made. */
export function applyFunctionResponse(
  changed: ChangedResponse,
  original: FunctionResponse = NOTHING,
  originalFields: Fields = [],
): AppliedResponse {
  const faults = collectFaults();
  const status = 'statusCode' in changed ? readStatus(changed.statusCode, faults) : original.statusCode;
  const statusDescription = readDescription(changed.statusDescription, faults);
  const fields = [
    ...('headers' in changed
      ? changedHeaders(originalFields, original.headers, changed.headers, faults)
      : originalFields.filter(([name]) => name !== 'set-cookie')),
    ...('cookies' in changed ? readCookies(changed.cookies, original.cookies, faults) : setCookies(originalFields)),
  ];
  const body = changed.body === undefined || changed.body === null ? undefined : readBody(changed.body, faults);
  if (body !== undefined && (status === 204 || status === 304) && body.data !== '') {
    faults.add(`response.body is not allowed with status ${status}`);
  }
  return faults.first === undefined
    ? { kind: 'response', status, statusDescription, fields, body }
    : { kind: 'invalid', fault: faults.first };
}

function readDescription(given: unknown, faults: Faults): string | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'string') return faults.add('response.statusDescription must be a string');
  // RFC 9112 4: it stands in the status line.
  if (!BAD_DESCRIPTION.test(given)) return octetsOfText(given);
  return faults.add('response.statusDescription holds a character that it cannot have');
}

function readStatus(given: unknown, faults: Faults): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 200 && given <= 599) return given;
  faults.add('response.statusCode must be an integer from 200 to 599');
  return 0;
}

function changedHeaders(originalFields: Fields, original: string, given: unknown, faults: Faults): Fields {
  const hidden = originalFields.filter(([name]) => isDisallowedHeader(name));
  const headers = readHeaders(given, 'response.headers', original, 'viewer-response', faults);
  // Framing is the listener's.
  const shown = headers.filter(([name]) => name !== 'content-length' && name !== 'transfer-encoding');
  return [...inOctetsReceived(shown, originalFields), ...hidden];
}

function setCookies(fields: Fields): Fields {
  return fields.filter(([name]) => name === 'set-cookie');
}

function readCookies(given: unknown, original: string, faults: Faults): Fields {
  const path = 'response.cookies';
  return readValues(given, path, original, faults).flatMap(({ name, values }) => {
    if (!isToken(name)) faults.add(`${path}: ${JSON.stringify(name)} is not a cookie name`);
    return values.map(({ value, attributes }): Field => {
      const line = octetsOfText(`${name}=${value}${attributes === undefined || attributes === '' ? '' : `; ${attributes}`}`);
      if (line === undefined || /[^\x20-\x7e\x80-\uffff]/.test(line)) {
        faults.add(`${path}[${JSON.stringify(name)}] holds a character that a cookie cannot have`);
      }
      return ['set-cookie', line ?? ''];
    });
  });
}

function readBody(given: unknown, faults: Faults): FunctionBody | undefined {
  if (typeof given === 'string') return sized({ encoding: 'text', data: given }, faults);
  if (!isObject(given)) return faults.add('response.body must be a string, or an object with encoding and data');
  const { encoding = 'text', data } = given;
  if (encoding !== 'text' && encoding !== 'base64') return faults.add('response.body.encoding must be text or base64');
  if (typeof data !== 'string') return faults.add('response.body.data must be a string');
  if (encoding === 'base64' && !BASE64.test(data)) return faults.add('response.body.data is not base64');
  return sized({ encoding, data }, faults);
}

function sized(body: FunctionBody, faults: Faults): FunctionBody | undefined {
  return body.data.length > BODY_LENGTH ? faults.add(`response.body is longer than ${BODY_LENGTH} characters`) : body;
}
