/**
 * What a viewer has told the origin that the cache key does not hold: whoever shares the answer shares what these did to it. Headers,
 * cookies, query parameters and Host, as far as the policies let them pass (origin-request/build-origin-request.ts) and the key leaves them out
 * (cache/cache-key.ts). What a function or the distribution adds is the operator's, and not looked at.
 */
import { cookieField, parseCookies, type Cookie } from '../../http/cookie.ts';
import { fieldLines, type Field, type Fields } from '../../http/fields.ts';
import { parameterName } from '../../http/query-string.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';
import { selects } from '../../model/selector.ts';
import { passedFields } from '../origin-request/build-origin-request.ts';
import type { ViewerRequest } from '../request.ts';

export interface UnkeyedInput {
  readonly kind: 'header' | 'cookie' | 'query' | 'host';
  /** Of headers in lower case. */
  readonly name: string;
  /** As sent, octets. */
  readonly value: string;
}

export interface InputsAsked {
  readonly distribution: CompiledDistribution;
  readonly behavior: CompiledCacheBehavior;
  readonly origin: Origin;
  /** What is forwarded and keyed. */
  readonly request: ViewerRequest;
  /** What the viewer sent, where a function has changed it. */
  readonly sent: Pick<ViewerRequest, 'fields' | 'query'>;
}

/** Fields that the edge writes, with what the viewer sent in front. */
const APPENDED = ['x-forwarded-for', 'via'] as const;

export function unkeyedInputs(asked: InputsAsked): readonly UnkeyedInput[] {
  const { behavior, origin, request } = asked;
  const inputs: UnkeyedInput[] = [];
  addHeaders(inputs, asked);
  addCookies(inputs, asked);
  addParameters(inputs, asked);
  const isHostForwarded = behavior.origin.host === 'viewer' && origin.hostHeader === undefined;
  if (isHostForwarded && !behavior.key.headers.includes('host')) inputs.push({ kind: 'host', name: 'host', value: request.host });
  return inputs;
}

function addHeaders(inputs: UnkeyedInput[], asked: InputsAsked): void {
  const { behavior, origin, request, sent } = asked;
  const lineOf = ([name, value]: Field): string => `${name}:${value}`;
  const viewers = sent.fields === request.fields ? undefined : new Set(sent.fields.map(lineOf));
  const add = (name: string, value: string): void => {
    if (behavior.key.headers.includes(name) || value === '') return;
    if (name === 'accept-encoding' && behavior.key.acceptEncoding !== undefined) return;
    if (origin.customHeaders.some(([custom]) => custom === name)) return;
    if (viewers === undefined || viewers.has(lineOf([name, value]))) inputs.push({ kind: 'header', name, value });
  };
  // Cookies have their own selectors, but for RFC 9111's recipe, where the field passes whole: see addCookies.
  for (const [name, value] of passedFields(asked)) if (name !== 'cookie') add(name, value);
  const written = behavior.origin.userAgent === 'viewer' ? [...APPENDED, 'user-agent'] : APPENDED;
  for (const name of written) for (const value of fieldLines(request.fields, name)) add(name, value);
}

function addCookies(inputs: UnkeyedInput[], { behavior, request, sent }: InputsAsked): void {
  const passesWhole = behavior.origin.passes('cookie');
  if (behavior.origin.cookies.kind === 'none' && !passesWhole) return;
  const pairOf = ({ name, value }: Cookie): string => `${name}=${value}`;
  const viewers = sent.fields === request.fields ? undefined : new Set(cookies(sent.fields).map(pairOf));
  for (const cookie of cookies(request.fields)) {
    const { name, value } = cookie;
    const isForwarded = passesWhole || selects(behavior.origin.cookies, name);
    if (!isForwarded || selects(behavior.key.cookies, name)) continue;
    if (viewers === undefined || viewers.has(pairOf(cookie))) inputs.push({ kind: 'cookie', name, value });
  }
}

function cookies(fields: Fields): readonly Cookie[] {
  return parseCookies(cookieField(fields) ?? '') ?? [];
}

function addParameters(inputs: UnkeyedInput[], { behavior, request, sent }: InputsAsked): void {
  if (request.query === undefined || behavior.origin.queryStrings.kind === 'none') return;
  const viewers = sent.query === request.query ? undefined : new Set((sent.query ?? '').split('&'));
  for (const parameter of request.query.split('&')) {
    const name = parameterName(parameter);
    if (parameter === '' || !selects(behavior.origin.queryStrings, name) || selects(behavior.key.queryStrings, name)) continue;
    if (viewers === undefined || viewers.has(parameter)) {
      inputs.push({ kind: 'query', name, value: parameter.slice(name.length + 1) });
    }
  }
}
