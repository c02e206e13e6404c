/**
 * The cache key taken apart for people: what of this request enters it, what does not, and who decided. Facts 3.1.
 * Read by explanations, never on the way of a request; the key itself is made in cache-key.ts, from the same pieces.
 */
import { fieldValue } from '../../http/fields.ts';
import { parameterName } from '../../http/query-string.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import { selects } from '../../model/selector.ts';
import type { ViewerRequest } from '../request.ts';
import type { ViewerPlace } from '../viewer-request/cloudfront-header.ts';
import { cookiesOf, keyedCodings, keyedHeader } from './cache-key.ts';

export interface CacheKeyPart {
  readonly part: 'distribution' | 'method' | 'path' | 'query' | 'header' | 'cookie';
  /** '' where the part has no names. */
  readonly name: string;
  /** As it would enter the key; undefined where the request has no such thing. */
  readonly value: string | undefined;
  readonly kept: boolean;
  /** The policy that decided, `ForwardedValues`, or `CloudFront` for what no setting changes. */
  readonly by: string;
}

/** `path` is the raw path after the default root object. Listed in the key's order, then the headers that do not count. */
export function cacheKeyParts(
  distribution: Pick<CompiledDistribution, 'source'>,
  behavior: Pick<CompiledCacheBehavior, 'key'>,
  request: ViewerRequest,
  path: string,
  place: ViewerPlace = {},
): readonly CacheKeyPart[] {
  const { key } = behavior;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const parts: CacheKeyPart[] = [
    { part: 'distribution', name: '', value: distribution.source.id, kept: true, by: 'CloudFront' },
    { part: 'method', name: '', value: method, kept: true, by: 'CloudFront' },
    { part: 'path', name: '', value: path, kept: true, by: 'CloudFront' },
  ];
  for (const parameter of request.query?.split('&') ?? []) {
    const name = parameterName(parameter);
    const value = parameter === name ? undefined : parameter.slice(name.length + 1);
    parts.push({ part: 'query', name, value, kept: selects(key.queryStrings, name), by: key.by });
  }
  const keyed = new Set(key.headers);
  if (key.acceptEncoding !== undefined) {
    keyed.add('accept-encoding');
    const value = keyedCodings(behavior, request);
    parts.push({ part: 'header', name: 'accept-encoding', value, kept: value !== undefined && value !== 'identity', by: key.by });
  }
  for (const name of key.headers) {
    const value = keyedHeader(name, request, place);
    parts.push({ part: 'header', name, value, kept: value !== undefined, by: key.by });
  }
  for (const cookie of cookiesOf(request)) {
    parts.push({ part: 'cookie', name: cookie.name, value: cookie.value, kept: selects(key.cookies, cookie.name), by: key.by });
  }
  const others = new Set(request.fields.map(([name]) => name).filter((name) => name !== 'cookie' && !keyed.has(name)));
  for (const name of others)
    parts.push({ part: 'header', name, value: fieldValue(request.fields, name), kept: false, by: key.by });
  return parts;
}
