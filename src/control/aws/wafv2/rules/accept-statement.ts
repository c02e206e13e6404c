/**
 * What a rule may ask, and where. AWS WAF developer guide: rule statements; API reference: Statement. Enumerations, lengths and ranges are
 * the model's constraints and were checked before; here is what a value means in its place.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { octetsOfText } from '../../../../http/octet-text.ts';
import { COUNTRIES } from '../../../../tables/countries.ts';
import { WAF_QUOTAS } from '../../../../tables/quotas.ts';
import { invalidParameter, REASONS } from '../waf-faults.ts';
import { acceptInspecting } from './accept-field.ts';
import { acceptManagedRuleGroup, acceptRuleGroupReference } from './accept-group-statement.ts';
import { acceptRateBased } from './accept-rate-based.ts';
import { exactlyOne } from './exactly-one.ts';
import type { RulesWorld } from './world.ts';

const HIGHEST_ASN = 2 ** 32 - 1;

/** `top`: the statement of a rule; `nested`: one in another. Throws WAFInvalidParameterException. */
export function acceptStatement(statement: Sdk.Statement | undefined, place: 'top' | 'nested', world: RulesWorld): void {
  const kind = exactlyOne(statement, 'STATEMENT', 'Statement');
  if (statement === undefined) return;
  const nested = (inner: Sdk.Statement | undefined): void => acceptStatement(inner, 'nested', world);
  // AWS WAF: these stand for themselves.
  if (
    place === 'nested' &&
    (statement.RateBasedStatement || statement.ManagedRuleGroupStatement || statement.RuleGroupReferenceStatement)
  )
    throw invalidParameter('STATEMENT', kind, REASONS.nesting);
  if (statement.AndStatement) acceptSeveral(statement.AndStatement.Statements, 'AND_STATEMENT', nested);
  if (statement.OrStatement) acceptSeveral(statement.OrStatement.Statements, 'OR_STATEMENT', nested);
  if (statement.NotStatement) nested(statement.NotStatement.Statement);
  if (statement.RateBasedStatement) acceptRateBased(statement.RateBasedStatement, nested);
  if (statement.ManagedRuleGroupStatement) acceptManagedRuleGroup(statement.ManagedRuleGroupStatement, nested, world);
  if (statement.RuleGroupReferenceStatement) acceptRuleGroupReference(statement.RuleGroupReferenceStatement, world);
  acceptMatch(statement, world);
}

function acceptSeveral(
  statements: readonly Sdk.Statement[] = [],
  field: 'AND_STATEMENT' | 'OR_STATEMENT',
  nested: (inner: Sdk.Statement) => void,
): void {
  if (statements.length < 2) throw invalidParameter(field, 'Statements', REASONS.tooFew);
  for (const inner of statements) nested(inner);
}

function acceptMatch(statement: Sdk.Statement, world: RulesWorld): void {
  const {
    ByteMatchStatement: bytes,
    RegexMatchStatement: regex,
    RegexPatternSetReferenceStatement: patterns,
    GeoMatchStatement: geo,
    IPSetReferenceStatement: ipSet,
    AsnMatchStatement: asn,
    LabelMatchStatement: label,
  } = statement;
  const inspecting =
    bytes ??
    regex ??
    patterns ??
    statement.SqliMatchStatement ??
    statement.XssMatchStatement ??
    statement.SizeConstraintStatement;
  if (inspecting) acceptInspecting(inspecting);
  if (bytes) acceptSearch(bytes.SearchString);
  if (regex) acceptPattern(regex.RegexString ?? '', 'STATEMENT', world.patternFault);
  if (patterns && !world.hasRegexPatternSet(patterns.ARN ?? ''))
    throw invalidParameter('REGEX_PATTERN_REFERENCE_STATEMENT', patterns.ARN ?? '', REASONS.reference);
  if (geo) acceptCountries(geo.CountryCodes ?? []);
  if (ipSet && !world.hasIpSet(ipSet.ARN ?? ''))
    throw invalidParameter('IP_SET_REFERENCE_STATEMENT', ipSet.ARN ?? '', REASONS.reference);
  if (asn) acceptAsns(asn.AsnList ?? []);
  if (label) acceptLabelMatch(label);
}

/** One that linear time is enough for, and within AWS WAF's length. */
export function acceptPattern(
  pattern: string,
  field: 'STATEMENT' | 'REGEX_PATTERN_SET',
  patternFault: RulesWorld['patternFault'],
): void {
  if (pattern.length > WAF_QUOTAS.patternLength) throw invalidParameter(field, pattern, REASONS.tooMany);
  const octets = octetsOfText(pattern);
  const fault = octets === undefined ? 'It has half a character.' : patternFault(octets);
  if (fault !== undefined) throw invalidParameter(field, pattern, `${REASONS.format} ${fault}`);
}

function acceptSearch(search: Uint8Array = new Uint8Array()): void {
  const reason = search.length === 0 ? REASONS.tooFew : search.length > WAF_QUOTAS.searchLength ? REASONS.tooMany : undefined;
  if (reason !== undefined) throw invalidParameter('BYTE_MATCH_STATEMENT', 'SearchString', reason);
}

function acceptCountries(countries: readonly string[]): void {
  if (countries.length === 0) throw invalidParameter('GEO_MATCH_STATEMENT', 'CountryCodes', REASONS.tooFew);
  const strange = countries.find((country) => !COUNTRIES.has(country));
  if (strange !== undefined) throw invalidParameter('GEO_MATCH_STATEMENT', strange, REASONS.format);
}

function acceptAsns(numbers: readonly number[]): void {
  const strange = numbers.find((asn) => !Number.isInteger(asn) || asn < 0 || asn > HIGHEST_ASN);
  if (strange !== undefined) throw invalidParameter('STATEMENT', String(strange), REASONS.format);
}

/** AWS WAF: what ends in a colon is a namespace. */
function acceptLabelMatch({ Scope, Key = '' }: Sdk.LabelMatchStatement): void {
  if ((Scope === 'NAMESPACE') !== Key.endsWith(':')) throw invalidParameter('LABEL_MATCH_STATEMENT', Key, REASONS.format);
}
