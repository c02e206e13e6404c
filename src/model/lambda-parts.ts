/**
 * An event or a result of a Lambda@Edge function in parts, each with a name and a text, as function-parts.ts tells those of CloudFront
 * functions. What is not returned is as it was: core/lambda-edge. Results are customers' and may be anything.
 */
import { sectionOf, textOf, type Parts } from './function-parts.ts';
import { isObject, type JsonObject } from './json-object.ts';

/** What the function was given to change: the request, or the response of a response event. */
export function partsOfLambdaEvent(event: JsonObject): Parts {
  const record = lambdaRecord(event);
  return partsOfLambdaResult('response' in record ? { response: record['response'] } : { request: record['request'] }, event);
}

/** Of `{ request }` or `{ response }`, made of this event. */
export function partsOfLambdaResult(result: JsonObject, event: JsonObject): Parts {
  const kind = isObject(result['response']) ? 'response' : 'request';
  const [given, was] = [sectionOf(result, kind), sectionOf(lambdaRecord(event), kind)];
  // Headers that are not returned are gone.
  const now = { ...was, headers: undefined, ...given };
  return kind === 'response' ? partsOfResponse(now) : partsOfRequest(now, was);
}

/** Of `{ Records: [{ cf }] }`. */
export function lambdaRecord(event: JsonObject): JsonObject {
  const { Records: records } = event;
  const first: unknown = Array.isArray(records) ? records[0] : undefined;
  return isObject(first) ? sectionOf(first, 'cf') : {};
}

function partsOfRequest({ method, uri, querystring, headers, origin, body }: JsonObject, was: JsonObject): Parts {
  const parts = new Map<string, string>();
  if (method !== undefined) parts.set('method', textOf(method));
  if (uri !== undefined) parts.set('uri', textOf(uri));
  if (querystring !== undefined && querystring !== '') parts.set('querystring', textOf(querystring));
  addHeaders(parts, 'header', headers);
  if (isObject(origin)) addOrigin(parts, origin);
  // CloudFront: a body that is not replaced stays.
  const shown = isObject(body) && body['action'] === 'replace' ? body : was['body'];
  if (isObject(shown)) parts.set('body', bodyText(shown['encoding'], shown['data']));
  return parts;
}

function partsOfResponse({ status, statusDescription, headers, body, bodyEncoding }: JsonObject): Parts {
  const parts = new Map<string, string>();
  if (status !== undefined) parts.set('status', textOf(status));
  if (statusDescription !== undefined) parts.set('statusDescription', textOf(statusDescription));
  addHeaders(parts, 'header', headers);
  if (body !== undefined && body !== null) parts.set('body', bodyText(bodyEncoding, body));
  return parts;
}

function bodyText(encoding: unknown, data: unknown): string {
  return encoding === 'base64' ? `base64 ${textOf(data)}` : textOf(data ?? '');
}

/** A name whose list is empty is no header. */
function addHeaders(parts: Map<string, string>, kind: string, headers: unknown): void {
  if (!isObject(headers)) return;
  for (const [name, entries] of Object.entries(headers)) {
    if (!Array.isArray(entries)) parts.set(`${kind} ${name}`, textOf(entries));
    else if (entries.length > 0) parts.set(`${kind} ${name.toLowerCase()}`, entries.map(valueOf).join(', '));
  }
}

function valueOf(entry: unknown): string {
  return textOf(isObject(entry) ? entry['value'] : entry);
}

function addOrigin(parts: Map<string, string>, origin: JsonObject): void {
  for (const [kind, settings] of Object.entries(origin)) {
    parts.set('origin', kind);
    if (!isObject(settings)) continue;
    for (const [name, value] of Object.entries(settings)) {
      if (name === 'customHeaders') addHeaders(parts, 'origin header', value);
      else parts.set(`origin ${name}`, textOf(value));
    }
  }
}
