/**
 * Under which key is the answer to this request stored? Facts 3.1-3.3 and 3.6. Two requests share a key exactly when the cache
 * behavior tells no difference between them. Layout, each part on a line of its own but the first:
 *
 *     <distribution id><raw path>[?<keyed query>]
 *     <METHOD>                      for OPTIONS only
 *     <header>:<value>              by name; one that is absent has no line
 *     cookie:<name=value; ...>      by name
 *
 * No part can hold a line end (admit-request.ts, the field parser), an id has no slash, a path no `?`: so no key reads in two ways.
 */
import { normaliseAcceptEncoding, type NormalisedAcceptEncoding } from '../../http/accept-encoding.ts';
import { cookieField, formatCookies, parseCookies, type Cookie } from '../../http/cookie.ts';
import { fieldValue } from '../../http/fields.ts';
import { selectParameters } from '../../http/query-string.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import { selects, type Selector } from '../../model/selector.ts';
import { CLOUDFRONT_PREFIX } from '../../tables/cloudfront-headers.ts';
import type { ViewerRequest } from '../request.ts';
import { cloudFrontHeader, type ViewerPlace } from '../viewer-request/cloudfront-header.ts';

export interface CacheKey {
  readonly key: string;
  /** Path and keyed query: what invalidation paths are matched against. */
  readonly uri: string;
}

const NOWHERE: ViewerPlace = {};

/** CloudFront: an Accept-Encoding without a coding that counts is not keyed, as if it were absent. */
const ACCEPT_ENCODING_LINE: Readonly<Record<NormalisedAcceptEncoding, string>> = {
  'br,gzip': '\naccept-encoding:br,gzip',
  br: '\naccept-encoding:br',
  gzip: '\naccept-encoding:gzip',
  identity: '',
};

/** `path` is the raw path after the default root object. */
export function cacheKey(
  distribution: Pick<CompiledDistribution, 'source'>,
  behavior: Pick<CompiledCacheBehavior, 'key'>,
  request: ViewerRequest,
  path: string,
  place: ViewerPlace = NOWHERE,
): CacheKey {
  const recipe = behavior.key;
  const codings = acceptEncodingLine(recipe.acceptEncoding === undefined ? undefined : keyedCodings(behavior, request));
  const method = request.method === 'OPTIONS' ? '\nOPTIONS' : '';
  if (recipe.pathOnly) return { key: distribution.source.id + path + method + codings, uri: path };
  const query = keyedQuery(recipe.queryStrings, request.query);
  const uri = query === undefined ? path : `${path}?${query}`;
  let rest = method + codings;
  for (const name of recipe.headers) {
    const value = keyedHeader(name, request, place);
    if (value !== undefined) rest += `\n${name}:${value}`;
  }
  const cookies = keyedCookies(recipe.cookies, request);
  if (cookies !== undefined) rest += `\ncookie:${cookies}`;
  return { key: distribution.source.id + uri + rest, uri };
}

function acceptEncodingLine(codings: NormalisedAcceptEncoding | undefined): string {
  return codings === undefined ? '' : ACCEPT_ENCODING_LINE[codings];
}

/** CloudFront: an HTTP/1.0 viewer's Accept-Encoding is removed. */
export function keyedCodings(
  behavior: Pick<CompiledCacheBehavior, 'key'>,
  request: ViewerRequest,
): NormalisedAcceptEncoding | undefined {
  const wanted = behavior.key.acceptEncoding;
  if (wanted === undefined || request.httpVersion === '1.0') return undefined;
  return normaliseAcceptEncoding(fieldValue(request.fields, 'accept-encoding'), wanted);
}

function keyedQuery(selector: Selector, query: string | undefined): string | undefined {
  if (query === undefined || selector.kind === 'none') return undefined;
  return selector.kind === 'all' ? query : selectParameters(query, selector.selects);
}

/** What the key holds of a header; undefined when the request has none. `name` in lower case. */
export function keyedHeader(name: string, request: ViewerRequest, place: ViewerPlace): string | undefined {
  if (name === 'host') return request.host;
  if (name.startsWith(CLOUDFRONT_PREFIX)) return cloudFrontHeader(name, request, place);
  if (name === 'accept-encoding' && request.httpVersion === '1.0') return undefined;
  return fieldValue(request.fields, name);
}

function keyedCookies(selector: Selector, request: ViewerRequest): string | undefined {
  if (selector.kind === 'none') return undefined;
  return formatCookies(cookiesOf(request).filter((cookie) => selects(selector, cookie.name)));
}

/** The cookies that can count at all: none when the field does not parse. */
export function cookiesOf(request: ViewerRequest): readonly Cookie[] {
  const value = cookieField(request.fields);
  return value === undefined ? [] : (parseCookies(value) ?? []);
}
