/**
 * The request as a viewer-request function returned it: judged, and put in the place of the viewer's. Facts: aws-api B8, data plane 1.1.
 * A changed URI selects no other cache behavior; the cache key is made afterwards, of what stands here.
 */
import type { Field, Fields } from '../../http/fields.ts';
import { asciiOfText, inOctetsReceived, octetsOfText } from '../../http/octet-text.ts';
import { isToken } from '../../http/token.ts';
import { CLOUDFRONT_PREFIX } from '../../tables/cloudfront-headers.ts';
import { isDisallowedHeader } from '../../tables/function-headers.ts';
import { REQUEST_QUOTAS } from '../../tables/quotas.ts';
import type { ViewerRequest } from '../request.ts';
import type { FunctionEvent, ValueMap } from './function-event.ts';
import { readHeaders } from './function-header-rules.ts';
import { collectFaults, readValues, type Faults, type FunctionFault } from './function-values.ts';

/** What of the request a function has changed; what is absent is as it was. */
export interface ChangedRequest {
  readonly method?: unknown;
  readonly uri?: unknown;
  readonly querystring?: unknown;
  readonly headers?: unknown;
  readonly cookies?: unknown;
  /** What it asked of the origin: core/origin-request/override-origin.ts. */
  readonly origin?: unknown;
}

export type AppliedRequest =
  | { readonly kind: 'request'; readonly request: ViewerRequest }
  | { readonly kind: 'invalid'; readonly fault: FunctionFault };

export function applyFunctionRequest(request: ViewerRequest, event: FunctionEvent, changed: ChangedRequest): AppliedRequest {
  const faults = collectFaults();
  if (changed.method !== undefined) faults.add('request.method is read-only');
  const path = 'uri' in changed ? readUri(changed.uri, faults) : request.path;
  const query = 'querystring' in changed ? readQuery(changed.querystring, event.request.querystring, faults) : request.query;
  let { fields } = request;
  if ('headers' in changed) fields = changedHeaders(fields, event.request.headers, changed.headers, faults);
  if ('cookies' in changed) fields = changedCookies(fields, event.request.cookies, changed.cookies, faults);
  const isChanged = path !== request.path || query !== request.query;
  // CloudFront: less than that; what the viewer sent may be as long.
  if (isChanged && path.length + (query === undefined ? 0 : query.length + 1) >= REQUEST_QUOTAS.urlLength) {
    faults.add(`request.uri and request.querystring together must be shorter than ${REQUEST_QUOTAS.urlLength} characters`);
  }
  return faults.first === undefined
    ? { kind: 'request', request: { ...request, path, query, fields } }
    : { kind: 'invalid', fault: faults.first };
}

export function readUri(given: unknown, faults: Pick<Faults, 'add'>): string {
  if (typeof given !== 'string') faults.add('request.uri must be a string');
  else if (!given.startsWith('/')) faults.add('request.uri must begin with a slash');
  else if (/[^\x20-\x7e\x80-\uffff]/.test(given)) faults.add('request.uri holds a character that it cannot have');
  else {
    const uri = asciiOfText(given);
    // Ours: what would end the path is part of it here, and so is written as such.
    if (uri !== undefined) return uri.replaceAll(/[ ?#]|%(?![0-9A-Fa-f]{2})/g, (one) => encodeURIComponent(one));
    faults.add('request.uri holds half a surrogate pair');
  }
  return '/';
}

/** CloudFront: a map, or the whole as one text. */
function readQuery(given: unknown, original: string, faults: Faults): string | undefined {
  const path = 'request.querystring';
  const query =
    typeof given === 'string'
      ? given
      : readValues(given, path, original, faults)
          .flatMap(({ name, values }) => values.map(({ value }) => `${name}=${value}`))
          .join('&');
  return readQueryText(query, path, faults);
}

/** `path` names it in messages. */
export function readQueryText(query: string, path: string, faults: Pick<Faults, 'add'>): string | undefined {
  const ascii = asciiOfText(query);
  // CloudFront: no spaces, no controls, no fragment.
  if (ascii === undefined || /[^\x21-\x7e]|#/.test(ascii)) {
    faults.add(`${path} holds a character that it cannot have: encode it first`);
    return undefined;
  }
  return ascii === '' ? undefined : ascii;
}

/** What functions do not see stays as it was. */
function changedHeaders(fields: Fields, original: string, given: unknown, faults: Faults): Fields {
  const headers = readHeaders(given, 'request.headers', original, 'viewer-request', faults);
  const before = JSON.parse(original) as ValueMap;
  if (headers.some(([name]) => name === 'cloudfront-viewer-country') && !Object.hasOwn(before, 'cloudfront-viewer-country')) {
    faults.add('request.headers: the header cloudfront-viewer-country may not be added', true);
  }
  const hidden = fields.filter(([name]) => name === 'cookie' || name.startsWith(CLOUDFRONT_PREFIX) || isDisallowedHeader(name));
  // Host is no field of a request, and CloudFront-* headers are the edge's own to write.
  const shown = headers.filter(([name]) => name !== 'host' && !name.startsWith(CLOUDFRONT_PREFIX));
  return [...inOctetsReceived(shown, fields), ...hidden];
}

function changedCookies(fields: Fields, original: string, given: unknown, faults: Faults): Fields {
  const path = 'request.cookies';
  const pairs = readValues(given, path, original, faults).flatMap(({ name, values }) => {
    if (!isToken(name)) faults.add(`${path}: ${JSON.stringify(name)} is not a cookie name`);
    return values.map(({ value }) => `${name}=${value}`);
  });
  const field = octetsOfText(pairs.join('; '));
  if (field === undefined || /[^\x20-\x7e\x80-\uffff]/.test(field))
    faults.add(`${path} holds a character that a cookie cannot have`);
  const others = fields.filter(([name]) => name !== 'cookie');
  const cookie: Field = ['cookie', field ?? ''];
  return pairs.length === 0 ? others : [...others, cookie];
}
