/**
 * What rules and web ACLs do: exactly one action, of a kind that its place allows; headers and answers within AWS WAF's limits. AWS WAF
 * developer guide: custom requests and responses, supported status codes, quotas.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../../tables/quotas.ts';
import { invalidParameter, limitExceeded, REASONS } from '../waf-faults.ts';
import { exactlyOne } from './exactly-one.ts';

/** AWS WAF: supported status codes for custom response. */
const STATUSES: ReadonlySet<number> = new Set([
  200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416,
  421, 429, 500, 501, 502, 503, 504, 505,
]);

/** What a rule does whose statement refers to no rule group. */
export function acceptRuleAction(action: Sdk.RuleAction | undefined, bodyKeys: ReadonlySet<string>): void {
  const kind = exactlyOne(action, 'RULE_ACTION', 'RuleAction');
  if (kind === 'Monetize')
    throw invalidParameter(
      'RULE_ACTION',
      'Monetize',
      'Requests are not monetized here: use Allow, Block, Count, Captcha or Challenge.',
    );
  acceptCustomisation({ ...action }, bodyKeys);
}

export function acceptDefaultAction(action: Sdk.DefaultAction | undefined, bodyKeys: ReadonlySet<string>): void {
  exactlyOne(action, 'DEFAULT_ACTION', 'DefaultAction');
  acceptCustomisation({ ...action }, bodyKeys);
}

/** The bodies that answers name. `[\w-]` of the keys and the types of content are the model's constraints. */
export function acceptCustomBodies(bodies: Sdk.CreateWebACLRequest['CustomResponseBodies']): ReadonlySet<string> {
  const all = Object.entries(bodies ?? {});
  if (all.length > WAF_QUOTAS.customBodies)
    throw limitExceeded(`there are ${WAF_QUOTAS.customBodies} custom response bodies at most`);
  let together = 0;
  for (const [key, { Content = '' }] of all) {
    if (!/^[\w-]{1,128}$/.test(key)) throw invalidParameter('CUSTOM_RESPONSE_BODY', key, REASONS.format);
    const length = Buffer.byteLength(Content);
    together += length;
    if (length > WAF_QUOTAS.customBodyLength)
      throw limitExceeded(`the custom response body ${key} is longer than ${WAF_QUOTAS.customBodyLength} octets`);
  }
  if (together > WAF_QUOTAS.customBodiesLength)
    throw limitExceeded(`the custom response bodies together are longer than ${WAF_QUOTAS.customBodiesLength} octets`);
  return new Set(all.map(([key]) => key));
}

/** AWS WAF: so many headers of either kind in a web ACL or a rule group, those of its rules and of its default action. */
export function checkHeadersTogether(actions: readonly (Sdk.RuleAction | Sdk.DefaultAction | undefined)[]): void {
  const lists = actions.flatMap((action) => (action === undefined ? [] : [customisationOf(action)]));
  const sum = (of: (one: Customisation) => Sdk.CustomHTTPHeader[]): number =>
    lists.reduce((count, one) => count + of(one).length, 0);
  const most = WAF_QUOTAS.customHeadersTogether;
  if (sum((one) => one.inserted) > most) throw limitExceeded(`there are ${most} custom request headers at most`);
  if (sum((one) => one.answered) > most) throw limitExceeded(`there are ${most} custom response headers at most`);
}

interface Customisation {
  readonly inserted: Sdk.CustomHTTPHeader[];
  readonly answered: Sdk.CustomHTTPHeader[];
  readonly response: Sdk.CustomResponse | undefined;
}

function customisationOf({ Allow, Block, Count, Captcha, Challenge }: Sdk.RuleAction): Customisation {
  const handling = (Allow ?? Count ?? Captcha ?? Challenge)?.CustomRequestHandling;
  const response = Block?.CustomResponse;
  return { inserted: handling?.InsertHeaders ?? [], answered: response?.ResponseHeaders ?? [], response };
}

function acceptCustomisation(action: Sdk.RuleAction, bodyKeys: ReadonlySet<string>): void {
  const { inserted, answered, response } = customisationOf(action);
  acceptHeaders(inserted, 'CUSTOM_REQUEST_HANDLING');
  if (response === undefined) return;
  acceptHeaders(answered, 'CUSTOM_RESPONSE');
  // AWS WAF: what a body is, its own entry says.
  if (answered.some(({ Name = '' }) => Name.toLowerCase() === 'content-type'))
    throw invalidParameter('CUSTOM_RESPONSE', 'content-type', 'A custom response has the type of its custom response body.');
  const { ResponseCode = 0, CustomResponseBodyKey: key } = response;
  if (!STATUSES.has(ResponseCode))
    throw invalidParameter('CUSTOM_RESPONSE', String(ResponseCode), 'AWS WAF does not send this status code.');
  if (key !== undefined && !bodyKeys.has(key))
    throw invalidParameter('CUSTOM_RESPONSE', key, 'There is no custom response body of this key.');
}

function acceptHeaders(headers: readonly Sdk.CustomHTTPHeader[], field: 'CUSTOM_REQUEST_HANDLING' | 'CUSTOM_RESPONSE'): void {
  if (headers.length > WAF_QUOTAS.customHeaders)
    throw limitExceeded(`an action has ${WAF_QUOTAS.customHeaders} custom headers at most`);
  const names = new Set<string>();
  for (const { Name = '', Value = '' } of headers) {
    const name = Name.toLowerCase();
    if (names.has(name)) throw invalidParameter(field, Name, 'The header is given more than once.');
    names.add(name);
    // RFC 9110 5.5: what a field value may hold.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(Value)) throw invalidParameter(field, Name, REASONS.format);
  }
}
