/**
 * What a CloudFront function gets to see: facts aws-api B8. Sections of the event are JSON texts: most functions look at one or two, and
 * only those are parsed, where the function runs. What it may give back is judged in apply-function-request.ts and
 * core/viewer-response/apply-function-response.ts.
 */
import { cookieField, parseCookies } from '../../http/cookie.ts';
import { fieldLines, type Fields } from '../../http/fields.ts';
import { textOfOctets } from '../../http/octet-text.ts';
import { parameterName } from '../../http/query-string.ts';
import { trimWhitespace } from '../../http/token.ts';
import { FUNCTIONS_SEE_ROOT_OBJECT } from '../../model/assumptions.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Bytes, Instant } from '../../model/units.ts';
import { CLOUDFRONT_PREFIX } from '../../tables/cloudfront-headers.ts';
import { isDisallowedHeader } from '../../tables/function-headers.ts';
import type { ViewerRequest } from '../request.ts';
import { requestedPath } from './root-object.ts';
import { cloudFrontHeader, type ViewerPlace } from './cloudfront-header.ts';

export type FunctionEventType = 'viewer-request' | 'viewer-response';

export interface FunctionEvent {
  readonly eventType: FunctionEventType;
  readonly distributionDomainName: string;
  readonly distributionId: string;
  readonly requestId: string;
  readonly viewerAddress: string;
  /** When Date stands still. */
  readonly now: Instant;
  readonly request: FunctionRequest;
  readonly response?: FunctionResponse;
}

export interface FunctionRequest {
  readonly method: string;
  readonly uri: string;
  /** Raw; undefined without `?`. */
  readonly query: string | undefined;
  /** JSON of ValueMap, as JSON.stringify writes it; so are headers and cookies. */
  readonly querystring: string;
  readonly headers: string;
  readonly cookies: string;
}

export interface FunctionResponse {
  readonly statusCode: number;
  readonly statusDescription: string;
  readonly headers: string;
  /** JSON of CookieMap. */
  readonly cookies: string;
}

export interface ValueEntry {
  readonly value: string;
  /** When the name occurs more than once: all of them. */
  readonly multiValue?: readonly { readonly value: string }[];
}
export type ValueMap = Readonly<Record<string, ValueEntry>>;

/** Of Set-Cookie. */
export interface CookieEntry extends ValueEntry {
  readonly attributes?: string;
  readonly multiValue?: readonly { readonly value: string; readonly attributes?: string }[];
}

export interface FunctionEventInput {
  readonly distribution: CompiledDistribution;
  readonly behavior: CompiledCacheBehavior;
  readonly request: ViewerRequest;
  readonly requestId: string;
  readonly now: Instant;
  readonly place: ViewerPlace | undefined;
}

export function viewerRequestEvent(input: FunctionEventInput): FunctionEvent {
  const { source } = input.distribution;
  return {
    eventType: 'viewer-request',
    distributionDomainName: source.domainName,
    distributionId: source.id,
    requestId: input.requestId,
    viewerAddress: input.request.viewerAddress,
    now: input.now,
    request: functionRequest(input),
  };
}

export function viewerResponseEvent(input: FunctionEventInput, response: FunctionResponse): FunctionEvent {
  return { ...viewerRequestEvent(input), eventType: 'viewer-response', response };
}

const EMPTY = '{}';

function functionRequest({ distribution, behavior, request, place = {} }: FunctionEventInput): FunctionRequest {
  const { method, path, query } = request;
  return {
    method,
    uri: FUNCTIONS_SEE_ROOT_OBJECT ? requestedPath(distribution, path) : path,
    query,
    querystring: query === undefined || query === '' ? EMPTY : JSON.stringify(valueMap(queryPairs(query))),
    headers: JSON.stringify(valueMap(visibleHeaders(behavior, request, place))),
    cookies: JSON.stringify(valueMap(cookiePairs(request.fields))),
  };
}

/** CloudFront: CloudFront-* headers are shown where a policy of the cache behavior names them. */
function visibleHeaders(behavior: CompiledCacheBehavior, request: ViewerRequest, place: ViewerPlace): Pair[] {
  const headers: Pair[] = [['host', request.host]];
  for (const [name, value] of request.fields) {
    if (name === 'cookie' || name.startsWith(CLOUDFRONT_PREFIX) || isDisallowedHeader(name)) continue;
    headers.push([name, textOfOctets(value)]);
  }
  for (const name of behavior.origin.cloudFrontHeaders) {
    const value = isDisallowedHeader(name) ? undefined : cloudFrontHeader(name, request, place);
    if (value !== undefined) headers.push([name, value]);
  }
  return headers;
}

export type Pair = readonly [name: string, value: string];

export function cookiePairs(fields: Fields): Pair[] {
  const field = cookieField(fields);
  return field === undefined ? [] : (parseCookies(textOfOctets(field)) ?? []).map(({ name, value }): Pair => [name, value]);
}

export function queryPairs(query: string): Pair[] {
  return query
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter): Pair => [parameterName(parameter), parameter.slice(parameterName(parameter).length + 1)]);
}

/** Made without a prototype: a name may be anything. */
export function valueMap(pairs: readonly Pair[]): ValueMap {
  const map = Object.create(null) as Record<string, { value: string; multiValue?: { value: string }[] }>;
  for (const [name, value] of pairs) {
    const entry = map[name];
    if (entry === undefined) map[name] = { value };
    else (entry.multiValue ??= [{ value: entry.value }]).push({ value });
  }
  return map;
}

/** The response that a viewer-response function gets to see. `bodyLength`: of what its viewer gets, where that is known. */
export function functionResponse(
  status: number,
  description: string,
  fields: Fields,
  bodyLength: Bytes | undefined,
): FunctionResponse {
  const headers: Pair[] = [];
  for (const [name, value] of fields) {
    if (name !== 'set-cookie' && name !== 'content-length' && !isDisallowedHeader(name))
      headers.push([name, textOfOctets(value)]);
  }
  if (bodyLength !== undefined) headers.push(['content-length', String(bodyLength)]);
  return {
    statusCode: status,
    statusDescription: description,
    headers: JSON.stringify(valueMap(headers)),
    cookies: JSON.stringify(cookieMap(fieldLines(fields, 'set-cookie').map(textOfOctets))),
  };
}

function cookieMap(lines: readonly string[]): Readonly<Record<string, CookieEntry>> {
  const map = Object.create(null) as Record<string, CookieEntry>;
  for (const line of lines) {
    const [pair = '', ...rest] = line.split(';');
    const equals = pair.indexOf('=');
    const name = trimWhitespace(equals < 0 ? '' : pair.slice(0, equals));
    const attributes = trimWhitespace(rest.join(';'));
    const one = { value: trimWhitespace(pair.slice(equals + 1)), ...(attributes !== '' && { attributes }) };
    const first = map[name];
    map[name] = first === undefined ? one : { ...first, multiValue: [...(first.multiValue ?? [withoutMulti(first)]), one] };
  }
  return map;
}

function withoutMulti({ value, attributes }: CookieEntry): { readonly value: string; readonly attributes?: string } {
  return attributes === undefined ? { value } : { value, attributes };
}
