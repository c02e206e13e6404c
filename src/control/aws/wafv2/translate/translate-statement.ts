/**
 * Statements of the API as edges read them (model/web-acl-statement.ts). They were accepted before (rules/accept-statement.ts): what must be
 * there is there.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { octetsOfText } from '../../../../http/octet-text.ts';
import { seconds } from '../../../../model/units.ts';
import { USUAL_RATE_WINDOW } from '../../../../tables/waf.ts';
import type {
  ForwardedIp,
  RateBasedStatement,
  RateKey,
  RuleActionOverride,
  Statement,
} from '../../../../model/web-acl-statement.ts';
import { translateAction } from './translate-action.ts';
import { translateInspecting, translateTransformations } from './translate-field.ts';

export function translateStatement(statement: Sdk.Statement): Statement {
  const { AndStatement: and, OrStatement: or, NotStatement: not, RateBasedStatement: rate } = statement;
  const { RuleGroupReferenceStatement: group, ManagedRuleGroupStatement: managed } = statement;
  if (and) return { kind: 'and', statements: (and.Statements ?? []).map(translateStatement) };
  if (or) return { kind: 'or', statements: (or.Statements ?? []).map(translateStatement) };
  if (not) return { kind: 'not', statement: translateStatement(not.Statement ?? {}) };
  if (rate) return translateRateBased(rate);
  if (group) return { kind: 'ruleGroup', arn: group.ARN ?? '', overrides: overridesOf(group) };
  if (managed) {
    const { VendorName: vendor = '', Name: name = '', Version: version } = managed;
    return { kind: 'managedRuleGroup', vendor, name, version, overrides: overridesOf(managed), scopeDown: scopeDownOf(managed) };
  }
  return translateInspection(statement) ?? translateMatch(statement);
}

/** Those that look into a part of the request. */
function translateInspection(statement: Sdk.Statement): Statement | undefined {
  const { ByteMatchStatement: bytes, RegexMatchStatement: regex, RegexPatternSetReferenceStatement: patterns } = statement;
  const { SqliMatchStatement: sqli, XssMatchStatement: xss, SizeConstraintStatement: size } = statement;
  if (bytes) {
    const search = Buffer.from(bytes.SearchString ?? []).toString('latin1');
    return { kind: 'byteMatch', search, position: bytes.PositionalConstraint ?? 'EXACTLY', ...translateInspecting(bytes) };
  }
  if (regex) return { kind: 'regexMatch', pattern: octetsOfPattern(regex.RegexString), ...translateInspecting(regex) };
  if (patterns) return { kind: 'regexPatternSet', arn: patterns.ARN ?? '', ...translateInspecting(patterns) };
  if (sqli) return { kind: 'sqliMatch', sensitivity: sqli.SensitivityLevel ?? 'LOW', ...translateInspecting(sqli) };
  if (xss) return { kind: 'xssMatch', ...translateInspecting(xss) };
  if (size) {
    const { ComparisonOperator: comparison = 'EQ', Size = 0 } = size;
    return { kind: 'sizeConstraint', comparison, size: Size, ...translateInspecting(size) };
  }
  return undefined;
}

function translateMatch(statement: Sdk.Statement): Statement {
  const {
    GeoMatchStatement: geo,
    IPSetReferenceStatement: ipSet,
    AsnMatchStatement: asn,
    LabelMatchStatement: label,
  } = statement;
  if (geo) return { kind: 'geoMatch', countries: geo.CountryCodes ?? [], forwarded: forwardedOf(geo.ForwardedIPConfig) };
  if (ipSet) {
    const { ARN: arn = '', IPSetForwardedIPConfig: config } = ipSet;
    const forwarded = forwardedOf(config);
    return { kind: 'ipSet', arn, forwarded: forwarded && { ...forwarded, position: config?.Position ?? 'FIRST' } };
  }
  if (asn) return { kind: 'asnMatch', asns: asn.AsnList ?? [], forwarded: forwardedOf(asn.ForwardedIPConfig) };
  if (label) return { kind: 'labelMatch', scope: label.Scope ?? 'LABEL', key: label.Key ?? '' };
  throw new Error('a rule has a statement of no known kind');
}

function translateRateBased(rate: Sdk.RateBasedStatement): RateBasedStatement {
  const { Limit: limit = 0, EvaluationWindowSec: window = USUAL_RATE_WINDOW } = rate;
  return { kind: 'rateBased', limit, window: seconds(window), aggregate: aggregateOf(rate), scopeDown: scopeDownOf(rate) };
}

function aggregateOf({
  AggregateKeyType: by,
  ForwardedIPConfig,
  CustomKeys = [],
}: Sdk.RateBasedStatement): RateBasedStatement['aggregate'] {
  const forwarded = forwardedOf(ForwardedIPConfig);
  if (by === 'CUSTOM_KEYS') return { by, keys: CustomKeys.map(translateKey), forwarded };
  if (by === 'FORWARDED_IP' && forwarded) return { by, forwarded };
  return { by: by === 'CONSTANT' ? by : 'IP' };
}

function translateKey(key: Sdk.RateBasedStatementCustomKey): RateKey {
  const { Header, Cookie, QueryArgument, QueryString, UriPath, LabelNamespace, JA3Fingerprint: ja3, JA4Fingerprint: ja4 } = key;
  const named = (
    kind: 'header' | 'cookie' | 'queryArgument',
    { Name = '', TextTransformations }: Sdk.RateLimitHeader | Sdk.RateLimitCookie | Sdk.RateLimitQueryArgument,
  ): RateKey => ({
    kind,
    name: kind === 'cookie' ? Name : Name.toLowerCase(),
    transformations: translateTransformations(TextTransformations),
  });
  if (Header) return named('header', Header);
  if (Cookie) return named('cookie', Cookie);
  if (QueryArgument) return named('queryArgument', QueryArgument);
  if (QueryString) return { kind: 'queryString', transformations: translateTransformations(QueryString.TextTransformations) };
  if (UriPath) return { kind: 'uriPath', transformations: translateTransformations(UriPath.TextTransformations) };
  if (LabelNamespace) return { kind: 'labelNamespace', namespace: LabelNamespace.Namespace ?? '' };
  if (ja3) return { kind: 'ja3Fingerprint', fallback: ja3.FallbackBehavior ?? 'NO_MATCH' };
  if (ja4) return { kind: 'ja4Fingerprint', fallback: ja4.FallbackBehavior ?? 'NO_MATCH' };
  if (key.HTTPMethod) return { kind: 'httpMethod' };
  if (key.IP) return { kind: 'ip' };
  if (key.ForwardedIP) return { kind: 'forwardedIp' };
  if (key.ASN) return { kind: 'asn' };
  throw new Error('a rate-based rule has a key of no known kind');
}

interface Grouping {
  readonly ExcludedRules?: Sdk.ExcludedRule[] | undefined;
  readonly RuleActionOverrides?: Sdk.RuleActionOverride[] | undefined;
}

function overridesOf({ ExcludedRules = [], RuleActionOverrides = [] }: Grouping): readonly RuleActionOverride[] {
  return [
    ...ExcludedRules.map(
      ({ Name: rule = '' }) => ({ rule, action: { kind: 'count', insertHeaders: [] }, isExclusion: true }) as const,
    ),
    ...RuleActionOverrides.map(({ Name: rule = '', ActionToUse = {} }) => ({
      rule,
      action: translateAction(ActionToUse),
      isExclusion: false,
    })),
  ];
}

function scopeDownOf({
  ScopeDownStatement: inner,
}: {
  readonly ScopeDownStatement?: Sdk.Statement | undefined;
}): Statement | undefined {
  return inner && translateStatement(inner);
}

function forwardedOf(config: Sdk.ForwardedIPConfig | Sdk.IPSetForwardedIPConfig | undefined): ForwardedIp | undefined {
  if (config === undefined) return undefined;
  return { header: (config.HeaderName ?? '').toLowerCase(), fallback: config.FallbackBehavior ?? 'NO_MATCH' };
}

/** Patterns are compared with octets (http/octet-text.ts). Half a surrogate pair was refused before. */
export function octetsOfPattern(pattern = ''): string {
  return octetsOfText(pattern) ?? pattern;
}
