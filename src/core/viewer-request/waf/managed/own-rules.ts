/**
 * Rules of AWS's managed rule groups that ask for what no pattern says: sizes, a missing header, a method, a host, an address. AWS WAF
 * developer guide: "AWS Managed Rules rule groups list".
 */
import { cookieField } from '../../../../http/cookie.ts';
import { fieldValue } from '../../../../http/fields.ts';
import type { InspectedRequest, MatchDetail } from '../../../../model/waf-engine.ts';

/** Why the rule matches; undefined where it does not. */
export type OwnRule = (request: InspectedRequest) => MatchDetail | undefined;

/** AWS WAF: what the SizeRestrictions rules allow, in octets. */
const MOST = { query: 2048, cookies: 10_240, body: 8192, path: 1024 } as const;

export const OWN_RULES: ReadonlyMap<string, OwnRule> = new Map<string, OwnRule>([
  [
    'NoUserAgent_HEADER',
    ({ fields }) => ((fieldValue(fields, 'user-agent') ?? '') === '' ? detail('OTHER', 'HEADER', 'user-agent') : undefined),
  ],
  ['SizeRestrictions_QUERYSTRING', ({ query }) => tooLong(query.length, MOST.query, 'QUERY_STRING')],
  [
    'SizeRestrictions_Cookie_HEADER',
    ({ fields }) => tooLong((cookieField(fields) ?? '').length, MOST.cookies, 'HEADER', 'cookie'),
  ],
  [
    'SizeRestrictions_BODY',
    ({ body, bodyIsLarger }) =>
      bodyIsLarger ? detail('SIZE_CONSTRAINT', 'BODY') : tooLong((body ?? '').length, MOST.body, 'BODY'),
  ],
  ['SizeRestrictions_URIPATH', ({ path }) => tooLong(path.length, MOST.path, 'URI')],
  [
    // Ours: the whole name. Distributions here are reached under names that end in `.localhost` (RFC 6761 6.3).
    'Host_localhost_HEADER',
    ({ host }) =>
      /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host) ? detail('BYTE_MATCH', 'HEADER', 'host') : undefined,
  ],
  ['PROPFIND_METHOD', ({ method }) => (method === 'PROPFIND' ? detail('BYTE_MATCH', 'METHOD') : undefined)],
]);

function tooLong(length: number, most: number, location: string, name?: string): MatchDetail | undefined {
  return length > most ? detail('SIZE_CONSTRAINT', location, name) : undefined;
}

function detail(condition: MatchDetail['condition'], location: string, name?: string): MatchDetail {
  return { condition, location, matched: [], ...(name === undefined ? {} : { name }) };
}
