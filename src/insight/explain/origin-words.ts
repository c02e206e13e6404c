/**
 * What the origin would be sent, and why each field is there or not. Built by core/origin-request/build-origin-request.ts; here the request
 * that went in is held against the one that came out.
 */
import { cookieField, parseCookies } from '../../http/cookie.ts';
import { fieldValue, hasField, type Field } from '../../http/fields.ts';
import { connectionNames, HOP_BY_HOP } from '../../http/hop-by-hop.ts';
import { parameterName } from '../../http/query-string.ts';
import type { MatchedInspection } from '../../core/inspection.ts';
import type { OriginExplanation, OriginField } from '../../model/explanation.ts';
import { selects } from '../../model/selector.ts';
import { CLOUDFRONT_PREFIX } from '../../tables/cloudfront-headers.ts';
import { VIEWER_HEADERS } from '../../tables/viewer-headers.ts';

export function originExplanation(matched: MatchedInspection, wouldBeAsked: boolean): OriginExplanation {
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
    fields: fields.map((field) => ({ name: field[0], value: field[1], sentence: whySent(field, matched) })),
    dropped: [...droppedParameters(matched), ...droppedCookies(matched), ...droppedFields(matched)],
  };
}

const CONDITIONS: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since']);
const ADDED: ReadonlySet<string> = new Set(['via', 'x-amz-cf-id', 'x-forwarded-for']);

function whySent([name, value]: Field, matched: MatchedInspection): string {
  const { behavior, origin, cache, asked } = matched;
  if (origin.primary.customHeaders.some((custom) => custom[0] === name))
    return `a custom header of the origin ${origin.primary.id}`;
  if (ADDED.has(name)) return 'written by the edge';
  if (name === 'user-agent') {
    return behavior.origin.userAgent === 'viewer'
      ? `${whose(name, matched)}, which the settings list`
      : 'the edge’s own: no setting lists it';
  }
  if (name === 'cookie') {
    const isAsSent = fieldValue(asked.fields, name) === fieldValue(matched.request.fields, name);
    return `the cookies that the settings select${isAsSent ? '' : `, of ${authorOf(matched)}`}`;
  }
  if (name === 'accept-encoding' && behavior.origin.acceptEncoding !== undefined) return 'normalised, as in the key';
  if (name.startsWith(CLOUDFRONT_PREFIX)) return 'written by the edge, because a policy lists it';
  if (CONDITIONS.has(name) && cache?.reuse.kind === 'revalidate') return 'asks whether the stored response still holds';
  const who = whose(name, matched);
  return fieldValue(matched.request.fields, name) === value ? who : `${who}, with what the edge adds`;
}

/** Of a field of the request as it is when it goes on. */
function whose(name: string, matched: MatchedInspection): string {
  const { asked, request, waf } = matched;
  const [sent, is] = [fieldValue(asked.fields, name), fieldValue(request.fields, name)];
  const isInserted = waf?.kind === 'verdict' && waf.verdict.insert.some((field) => field[0] === name);
  const before = isInserted ? 'added by the web ACL' : 'the viewer’s';
  if (sent === is) return before;
  return sent === undefined ? `added by ${authorOf(matched)}` : `${before}, changed by ${authorOf(matched)}`;
}

/** The function that has changed the request: one of the two kinds. */
function authorOf({ viewerRequestFunction, lambdas }: MatchedInspection): string {
  return viewerRequestFunction === undefined
    ? `the Lambda function ${lambdas.find(({ did }) => did === 'changed')?.arn}`
    : `the function ${viewerRequestFunction.code.name}`;
}

/** Those that the viewer sent and nobody took away, and those that a function added. */
function droppedParameters(matched: MatchedInspection): OriginField[] {
  const { behavior, asked, request } = matched;
  const parametersOf = (text: string | undefined): readonly string[] => text?.split('&').filter((each) => each !== '') ?? [];
  const told = (parameter: string, why: string): OriginField => {
    const name = parameterName(parameter);
    return { name: `?${name}`, value: parameter.slice(name.length + 1), sentence: why };
  };
  const left = parametersOf(request.query);
  return [
    ...parametersOf(asked.query)
      .filter((parameter) => !left.includes(parameter))
      .map((parameter) => told(parameter, `taken away or changed by ${authorOf(matched)}`)),
    ...left
      .filter((parameter) => !selects(behavior.origin.queryStrings, parameterName(parameter)))
      .map((parameter) => told(parameter, `${policiesOf(behavior)} this parameter`)),
  ];
}

function droppedCookies(matched: MatchedInspection): OriginField[] {
  const { behavior, originRequest, asked, request } = matched;
  const told = (name: string, value: string, sentence: string): OriginField => ({ name: `cookie ${name}`, value, sentence });
  const value = cookieField(request.fields);
  const left = value === undefined ? [] : parseCookies(value);
  const gone = parseCookies(cookieField(asked.fields) ?? '')?.filter(({ name }) => left?.every((one) => one.name !== name)) ?? [];
  const taken = gone.map((one) => told(one.name, one.value, `taken away by ${authorOf(matched)}`));
  if (value === undefined || fieldValue(originRequest.fields, 'cookie') === value) return taken;
  if (left === undefined) return [{ name: 'cookie', value, sentence: 'it is no list of name=value pairs' }];
  const unselected = left.filter(({ name }) => !selects(behavior.origin.cookies, name));
  return [...taken, ...unselected.map((one) => told(one.name, one.value, `${policiesOf(behavior)} this cookie`))];
}

function droppedFields(matched: MatchedInspection): OriginField[] {
  const { asked, request } = matched;
  const names = new Set([...asked.fields, ...request.fields].map(([name]) => name));
  names.delete('cookie');
  if (matched.behavior.origin.userAgent === 'viewer') names.delete('user-agent');
  return [...names]
    .filter((name) => name === 'user-agent' || !hasField(matched.originRequest.fields, name))
    .map((name) => ({
      name,
      value: fieldValue(request.fields, name) ?? fieldValue(asked.fields, name) ?? '',
      sentence: hasField(request.fields, name) ? whyDropped(name, matched) : `taken away by ${authorOf(matched)}`,
    }));
}

const ROWS = new Map(VIEWER_HEADERS.map((row) => [row.name.toLowerCase(), row]));

function whyDropped(name: string, { behavior, origin, lookup, request }: MatchedInspection): string {
  const { fields, httpVersion } = request;
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
