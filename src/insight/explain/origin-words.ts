/**
 * What the origin would be sent, and why each field is there or not. Built by core/origin-request/build-origin-request.ts; here the request
 * that went in is held against the one that came out.
 */
import { cookieField, parseCookies } from '../../http/cookie.ts';
import { fieldValue, hasField, type Field } from '../../http/fields.ts';
import { connectionNames, HOP_BY_HOP } from '../../http/hop-by-hop.ts';
import { parameterName } from '../../http/query-string.ts';
import type { Inspection, MatchedInspection } from '../../core/inspection.ts';
import type { OriginExplanation, OriginField } from '../../model/explanation.ts';
import { selects } from '../../model/selector.ts';
import { CLOUDFRONT_PREFIX } from '../../tables/cloudfront-headers.ts';
import { VIEWER_HEADERS } from '../../tables/viewer-headers.ts';

type Asked = Inspection['request'];

export function originExplanation(matched: MatchedInspection, request: Asked, wouldBeAsked: boolean): OriginExplanation {
  const { origin, originRequest } = matched;
  const { method, scheme, hostname, port, host, target, fields } = originRequest;
  return {
    wouldBeAsked,
    originId: origin.primary.id,
    ...(origin.secondary && { secondOriginId: origin.secondary.id }),
    method,
    connection: `${scheme}://${hostname}:${port}`,
    host,
    target,
    fields: fields.map((field) => ({ name: field[0], value: field[1], sentence: whySent(field, matched, request) })),
    dropped: [...droppedParameters(matched, request), ...droppedCookies(matched, request), ...droppedFields(matched, request)],
  };
}

const CONDITIONS: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since']);
const ADDED: ReadonlySet<string> = new Set(['via', 'x-amz-cf-id', 'x-forwarded-for']);

function whySent([name, value]: Field, { behavior, origin, cache }: MatchedInspection, { fields }: Asked): string {
  if (origin.primary.customHeaders.some((custom) => custom[0] === name))
    return `a custom header of the origin ${origin.primary.id}`;
  if (ADDED.has(name)) return 'written by the edge';
  if (name === 'user-agent') {
    return behavior.origin.userAgent === 'viewer'
      ? 'the viewer’s, which the settings list'
      : 'the edge’s own: no setting lists it';
  }
  if (name === 'cookie') return 'the cookies that the settings select';
  if (name === 'accept-encoding' && behavior.origin.acceptEncoding !== undefined) return 'normalised, as in the key';
  if (name.startsWith(CLOUDFRONT_PREFIX)) return 'written by the edge, because a policy lists it';
  if (CONDITIONS.has(name) && cache?.reuse.kind === 'revalidate') return 'asks whether the stored response still holds';
  return fieldValue(fields, name) === value ? 'the viewer’s' : 'the viewer’s, with what the edge adds';
}

function droppedParameters({ behavior }: MatchedInspection, { query }: Asked): OriginField[] {
  return (query?.split('&') ?? []).flatMap((parameter) => {
    const name = parameterName(parameter);
    if (selects(behavior.origin.queryStrings, name)) return [];
    return [{ name: `?${name}`, value: parameter.slice(name.length + 1), sentence: `${policiesOf(behavior)} this parameter` }];
  });
}

function droppedCookies({ behavior, originRequest }: MatchedInspection, { fields }: Asked): OriginField[] {
  const value = cookieField(fields);
  if (value === undefined || fieldValue(originRequest.fields, 'cookie') === value) return [];
  const cookies = parseCookies(value);
  if (cookies === undefined) return [{ name: 'cookie', value, sentence: 'it is no list of name=value pairs' }];
  return cookies
    .filter(({ name }) => !selects(behavior.origin.cookies, name))
    .map(({ name, value: each }) => ({ name: `cookie ${name}`, value: each, sentence: `${policiesOf(behavior)} this cookie` }));
}

function droppedFields(matched: MatchedInspection, request: Asked): OriginField[] {
  const names = new Set(request.fields.map(([name]) => name));
  names.delete('cookie');
  if (matched.behavior.origin.userAgent === 'viewer') names.delete('user-agent');
  return [...names]
    .filter((name) => name === 'user-agent' || !hasField(matched.originRequest.fields, name))
    .map((name) => ({ name, value: fieldValue(request.fields, name) ?? '', sentence: whyDropped(name, matched, request) }));
}

const ROWS = new Map(VIEWER_HEADERS.map((row) => [row.name.toLowerCase(), row]));

function whyDropped(name: string, { behavior, origin, lookup }: MatchedInspection, { fields, httpVersion }: Asked): string {
  const row = ROWS.get(name);
  if (HOP_BY_HOP.has(name) || connectionNames(fields).has(name) || row?.unlisted === 'framing')
    return 'it belongs to the connection';
  if (row?.unlisted === 'partial' && lookup.kind === 'lookup') {
    return 'what may be stored is fetched whole; the edge answers ranges and conditions itself';
  }
  if (name === 'authorization') {
    return origin.primary.originAccessControl?.signingBehavior === 'always'
      ? 'the origin access control signs each request in this header'
      : 'CloudFront removes it from GET and HEAD unless a policy lists it';
  }
  if (name === 'accept-encoding') return httpVersion === '1.0' ? 'it comes over HTTP/1.0' : 'no coding is on in the cache policy';
  if (name.startsWith(CLOUDFRONT_PREFIX)) return 'only the edge may say so';
  if (row !== undefined && !row.choosable) return 'CloudFront removes it always';
  return `${policiesOf(behavior)} this header`;
}

function policiesOf({ source }: MatchedInspection['behavior']): string {
  const { forwarding } = source;
  if (forwarding.kind === 'legacy') return 'ForwardedValues does not list';
  const { cachePolicy, originRequestPolicy } = forwarding;
  return originRequestPolicy === undefined
    ? `cache policy ${cachePolicy.name} does not select, and there is no origin request policy to forward`
    : `neither cache policy ${cachePolicy.name} nor origin request policy ${originRequestPolicy.name} selects`;
}
