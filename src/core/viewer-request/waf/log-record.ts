/**
 * What AWS WAF logs and samples of a request, in its JSON: read off the verdict. Field names, their order and their words are AWS's ("Log fields
 * for web ACL traffic", SampledHTTPRequest). What is hidden: redacted fields in logs alone, protected ones (DataProtectionConfig) in both.
 */
import type { Field, Fields } from '../../../http/fields.ts';
import type { InspectedRequest, MatchDetail } from '../../../model/waf-engine.ts';
import type { DataProtection, WafLogCondition, WafLogFilter, WebAcl } from '../../../model/web-acl.ts';
import { SECOND, type Instant } from '../../../model/units.ts';
import { requestCookies } from './statements/contents.ts';
import type { MatchedRule, TokenCheck, Verdict } from './verdict.ts';

export interface LoggedRequest {
  readonly request: InspectedRequest;
  readonly requestId: string;
  readonly distributionId: string;
  readonly receivedAt: Instant;
}

/** A JSON object. */
export type WafLogRecord = Readonly<Record<string, unknown>>;

const HIDDEN = 'REDACTED';

export function logRecord(logged: LoggedRequest, verdict: Verdict, digest: (text: string) => string): WafLogRecord {
  const { webAcl, terminating, groups, counted, limited, insert, labels, oversize } = verdict;
  const { receivedAt, distributionId } = logged;
  const tell = matchDetails(webAcl.dataProtections, digest);
  const toldRule = (rule: MatchedRule): WafLogRecord => ruleOf(rule, tell);
  return {
    timestamp: receivedAt,
    formatVersion: 1,
    webaclId: webAcl.arn,
    terminatingRuleId: terminating?.name ?? 'Default_Action',
    terminatingRuleType: terminating?.type ?? 'REGULAR',
    action: verdict.action,
    terminatingRuleMatchDetails: (terminating?.within === undefined ? (terminating?.details ?? []) : []).map(tell),
    httpSourceName: 'CF',
    httpSourceId: distributionId,
    ruleGroupList: groups.map((group) => ({
      ruleGroupId: group.groupId,
      terminatingRule: group.terminating === undefined ? null : toldRule(group.terminating),
      nonTerminatingMatchingRules: group.counted.filter((one) => one.action !== 'EXCLUDED_AS_COUNT').map(toldRule),
      excludedRules: excluded(group.counted),
      customerConfig: null,
    })),
    rateBasedRuleList: limited.map(({ rule, limit, window, limitKey, values }) => ({
      rateBasedRuleId: webAcl.arn,
      rateBasedRuleName: rule,
      limitKey,
      maxRateAllowed: limit,
      evaluationWindowSec: String(window / SECOND),
      ...(limitKey === 'CUSTOMKEYS'
        ? { customValues: values.map((value) => rateValue(value, webAcl.dataProtections, digest)) }
        : { limitValue: values[0]?.value }),
    })),
    nonTerminatingMatchingRules: counted.map(toldRule),
    requestHeadersInserted: insert.length === 0 ? null : insert.map(nameAndValue),
    responseCodeSent: responseCode(verdict) ?? null,
    httpRequest: httpRequest(logged, webAcl, digest),
    ...(labels.length > 0 && { labels: labels.slice(0, 100).map((name) => ({ name })) }),
    ...(verdict.captcha && { captchaResponse: tokenResponse(verdict.captcha, 405) }),
    ...(verdict.challenge && { challengeResponse: tokenResponse(verdict.challenge, 202) }),
    ...(oversize.length > 0 && { oversizeFields: oversize }),
  };
}

/** AWS WAF: the status of a custom response, of a captcha or of a challenge; a plain block has none. */
export function responseCode({ action, response }: Verdict): number | undefined {
  if (action === 'CAPTCHA') return 405;
  return action === 'CHALLENGE' ? 202 : response?.status;
}

export function tokenResponse(check: TokenCheck, status: number): Readonly<Record<string, unknown>> {
  return check.kind === 'solved'
    ? { responseCode: 0, solveTimestamp: Math.floor(check.solvedAt / SECOND) }
    : { responseCode: status, failureReason: check.reason };
}

/** Does the logging configuration keep this record? AWS WAF: the first filter whose conditions are met says so. */
export function isKept(filter: WafLogFilter | undefined, verdict: Verdict): boolean {
  if (filter === undefined) return true;
  const met = (condition: WafLogCondition): boolean =>
    condition.kind === 'label' ? verdict.labels.includes(condition.label) : actionsOf(verdict).has(condition.action);
  const first = filter.filters.find(({ requirement, conditions }) =>
    requirement === 'MEETS_ALL' ? conditions.every(met) : conditions.some(met),
  );
  return (first?.behavior ?? filter.defaultBehavior) === 'KEEP';
}

function actionsOf({ action, counted, groups }: Verdict): ReadonlySet<string> {
  const inside = groups.flatMap((group) => [...group.counted, ...(group.terminating ? [group.terminating] : [])]);
  return new Set([action, ...[...counted, ...inside].map((one) => one.action)]);
}

function ruleOf({ name, action, details, overriddenAction, check }: MatchedRule, tell: Tell): WafLogRecord {
  return {
    ruleId: name,
    action,
    ruleMatchDetails: details.map(tell),
    ...(overriddenAction !== undefined && { overriddenAction }),
    ...(check && {
      [action === 'CAPTCHA' ? 'captchaResponse' : 'challengeResponse']: tokenResponse(check, action === 'CAPTCHA' ? 405 : 202),
    }),
  };
}

function excluded(counted: readonly MatchedRule[]): readonly WafLogRecord[] | null {
  const rules = counted.filter(({ action }) => action === 'EXCLUDED_AS_COUNT');
  return rules.length === 0 ? null : rules.map(({ name }) => ({ exclusionType: 'EXCLUDED_AS_COUNT', ruleId: name }));
}

type RateValue = Verdict['limited'][number]['values'][number];

function rateValue(value: RateValue, protections: readonly DataProtection[], digest: (text: string) => string): RateValue {
  const by = protections.find((one) => !one.excludeRateBasedDetails && covers(one, value.key, value.name));
  return by === undefined ? value : { ...value, value: by.action === 'HASH' ? digest(value.value) : HIDDEN };
}

type Tell = (detail: MatchDetail) => WafLogRecord;

/** Match details show what was matched, unless it is protected. */
function matchDetails(protections: readonly DataProtection[], digest: (text: string) => string): Tell {
  return (detail) => {
    const by = protections.find((one) => !one.excludeRuleMatchDetails && covers(one, detail.location, detail.name));
    if (by === undefined) return matchDetail(detail);
    return matchDetail({ ...detail, matched: detail.matched.map((text) => (by.action === 'HASH' ? digest(text) : HIDDEN)) });
  };
}

/** Where each kind of protected field is found. */
const LOCATIONS: Readonly<Record<DataProtection['field'], readonly string[]>> = {
  SINGLE_HEADER: ['HEADER'],
  SINGLE_COOKIE: ['COOKIE'],
  SINGLE_QUERY_ARGUMENT: ['SINGLE_QUERY_ARG', 'ALL_QUERY_ARGS', 'QUERY_ARGUMENT'],
  QUERY_STRING: ['SINGLE_QUERY_ARG', 'ALL_QUERY_ARGS', 'QUERY_ARGUMENT', 'QUERY_STRING'],
  BODY: ['BODY', 'JSON_BODY'],
};

/** Ours: where one argument, cookie or header is protected, so is what holds them all. */
function covers({ field, keys }: DataProtection, location: string, name: string | undefined): boolean {
  if (keys.length > 0 && name === undefined) return location === WHOLES[field];
  if (field === 'SINGLE_COOKIE' && location === 'HEADER' && name === 'cookie') return true;
  const isNamed = keys.length === 0 || keys.some((key) => key.toLowerCase() === name?.toLowerCase());
  return isNamed && LOCATIONS[field].includes(location);
}

const WHOLES: Readonly<Partial<Record<DataProtection['field'], string>>> = { SINGLE_QUERY_ARGUMENT: 'QUERY_STRING' };

function matchDetail({ condition, sensitivity, location, name, matched }: MatchDetail): WafLogRecord {
  return {
    conditionType: condition,
    ...(sensitivity !== undefined && { sensitivityLevel: sensitivity }),
    location,
    matchedData: matched,
    ...(name !== undefined && { matchedFieldName: name }),
  };
}

function httpRequest({ request, requestId }: LoggedRequest, acl: WebAcl, digest: (text: string) => string): WafLogRecord {
  const shown = protectedRequest(request, acl.dataProtections, digest);
  const redacted = (kind: string): boolean => acl.logging?.redactedFields.some((field) => field.kind === kind) === true;
  const hiddenHeaders = new Set(
    acl.logging?.redactedFields.flatMap((field) => (field.kind === 'singleHeader' ? field.name : [])),
  );
  return {
    clientIp: request.viewerAddress,
    country: request.country ?? '-',
    headers: shown.fields.map(([name, value]) => nameAndValue([name, hiddenHeaders.has(name) ? HIDDEN : value])),
    uri: redacted('uriPath') ? HIDDEN : shown.path,
    args: redacted('queryString') ? HIDDEN : shown.query,
    httpVersion: `HTTP/${request.httpVersion ?? '1.1'}`,
    httpMethod: redacted('method') ? HIDDEN : request.method,
    requestId,
    fragment: '',
    scheme: request.scheme,
    host: request.host,
  };
}

/** What logs and samples may show of it. */
export function protectedRequest(
  { path, query, fields }: Pick<InspectedRequest, 'path' | 'query' | 'fields'>,
  protections: readonly DataProtection[],
  digest: (text: string) => string,
): Pick<InspectedRequest, 'path' | 'query' | 'fields'> {
  const shown = { path, query, fields };
  for (const { field, keys, action } of protections) {
    const hide = (text: string): string => (action === 'HASH' ? digest(text) : HIDDEN);
    const isNamed = (name: string): boolean => keys.some((key) => key.toLowerCase() === name.toLowerCase());
    const hideNamed = ([name, value]: Field): Field => [name, isNamed(name) ? hide(value) : value];
    switch (field) {
      case 'SINGLE_HEADER':
        shown.fields = shown.fields.map(hideNamed);
        break;
      case 'SINGLE_COOKIE':
        shown.fields = withCookies(shown.fields, hideNamed);
        break;
      case 'SINGLE_QUERY_ARGUMENT':
        shown.query = hideArguments(shown.query, isNamed, hide);
        break;
      case 'QUERY_STRING':
        shown.query = shown.query === '' ? '' : hide(shown.query);
        break;
      case 'BODY':
        // Neither logs nor samples show it.
        break;
    }
  }
  return shown;
}

function withCookies(fields: Fields, change: (cookie: Field) => Field): Fields {
  return fields.map(([name, value]) => {
    if (name !== 'cookie') return [name, value];
    const cookies = requestCookies([[name, value]]).map(change);
    return [name, cookies.map((cookie) => cookie.join('=')).join('; ')];
  });
}

function hideArguments(query: string, isNamed: (name: string) => boolean, hide: (text: string) => string): string {
  const change = (argument: string): string => {
    const equals = argument.indexOf('=');
    return equals >= 0 && isNamed(argument.slice(0, equals))
      ? argument.slice(0, equals + 1) + hide(argument.slice(equals + 1))
      : argument;
  };
  return query.split('&').map(change).join('&');
}

function nameAndValue([name, value]: Field): { readonly name: string; readonly value: string } {
  return { name, value };
}
