/**
 * An event or a result of a function in parts, each with a name and a text, and how two of them differ. What a function gets and gives:
 * core/viewer-request/function-event.ts. Results are customers' and may be anything; what has no text of its own is told as JSON.
 */
import type { FunctionChange, TracedRun } from './function-trace.ts';
import { isObject, type JsonObject } from './json-object.ts';

export type Parts = ReadonlyMap<string, string>;

/** What the function was given to change: the request, or the response of a viewer-response event. */
export function partsOfEvent(event: JsonObject): Parts {
  return partsOfResult(event, event);
}

/** Of `{ request }` or `{ response }`, made of this event. */
export function partsOfResult(result: JsonObject, event: JsonObject): Parts {
  const kind = isObject(result['response']) ? 'response' : 'request';
  const [given, was] = [sectionOf(result, kind), sectionOf(event, kind)];
  return kind === 'response' ? partsOfResponse(given, was) : partsOfRequest(given, was);
}

export function sectionOf(object: JsonObject, name: string): JsonObject {
  const section = object[name];
  return isObject(section) ? section : {};
}

/** In the order in which they come, those before first. */
export function partsThatDiffer(before: Parts, after: Parts): readonly FunctionChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((part) => {
    const [was, is] = [before.get(part), after.get(part)];
    if (was === is) return [];
    return [{ part, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

/** Between what two runs on the same event made: requests, responses or failures. `partsOf`: of a result and its event. */
export function tracesThatDiffer(before: TracedRun, after: TracedRun, partsOf = partsOfResult): readonly FunctionChange[] {
  const [was, is] = [outcomeOf(before), outcomeOf(after)];
  // Another kind of thing differs in everything: what it has otherwise than the event says more.
  if (was !== is) return [{ part: 'outcome', before: was, after: is }, ...after.changes];
  return partsThatDiffer(partsOf(before.result ?? {}, before.event), partsOf(after.result ?? {}, after.event));
}

function outcomeOf({ failure, result = {} }: TracedRun): string {
  if (failure !== undefined) return `${failure.result}: ${failure.message}`;
  return 'response' in result ? 'response' : 'request';
}

function partsOfRequest({ method, uri, querystring, headers, cookies, origin }: JsonObject, was: JsonObject): Parts {
  const parts = new Map<string, string>();
  if (method !== undefined) parts.set('method', textOf(method));
  if (uri !== undefined) parts.set('uri', textOf(uri));
  const query = isObject(querystring) ? queryOf(querystring, was['querystring']) : textOf(querystring ?? '');
  if (query !== '') parts.set('querystring', query);
  for (const [name, value] of valuesOf(headers, was['headers'])) parts.set(`header ${name}`, value);
  for (const [name, value] of valuesOf(cookies, was['cookies'])) parts.set(`cookie ${name}`, value);
  if (origin !== undefined) parts.set('origin', textOf(origin));
  return parts;
}

function partsOfResponse({ statusCode, statusDescription, headers, cookies, body }: JsonObject, was: JsonObject): Parts {
  const parts = new Map<string, string>();
  if (statusCode !== undefined) parts.set('status', textOf(statusCode));
  if (statusDescription !== undefined) parts.set('statusDescription', textOf(statusDescription));
  for (const [name, value] of valuesOf(headers, was['headers'])) parts.set(`header ${name}`, value);
  for (const [name, value] of valuesOf(cookies, was['cookies'])) parts.set(`cookie ${name}`, value);
  if (body !== undefined) parts.set('body', textOf(body));
  return parts;
}

function queryOf(querystring: JsonObject, was: unknown): string {
  return Object.entries(querystring)
    .flatMap(([name, entry]) => eachOf(entry, memberOf(was, name)).map((value) => `${name}=${value}`))
    .join('&');
}

function valuesOf(map: unknown, was: unknown): (readonly [name: string, value: string])[] {
  if (!isObject(map)) return [];
  return Object.entries(map).map(([name, entry]) => [name, eachOf(entry, memberOf(was, name)).join(', ')]);
}

function memberOf(map: unknown, name: string): unknown {
  return isObject(map) && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** CloudFront: where `multiValue` was not changed, a `value` that was takes the place of its first. */
function eachOf(entry: unknown, was: unknown): readonly string[] {
  if (!isObject(entry)) return [textOf(entry)];
  const { multiValue } = entry;
  if (!Array.isArray(multiValue)) return [valueOf(entry)];
  const isAsBefore = isObject(was) && textOf(multiValue) === textOf(was['multiValue']);
  const values = multiValue.map(valueOf);
  return isAsBefore && entry['value'] !== was['value'] ? [valueOf(entry), ...values.slice(1)] : values;
}

function valueOf(entry: unknown): string {
  if (!isObject(entry)) return textOf(entry);
  const { value, attributes } = entry;
  return attributes === undefined || attributes === '' ? textOf(value) : `${textOf(value)}; ${textOf(attributes)}`;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
