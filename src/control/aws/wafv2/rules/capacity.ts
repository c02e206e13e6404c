/**
 * What rules cost in web ACL capacity units (WCUs). AWS WAF developer guide: rule statements list, web ACL capacity units. Which rules there
 * may be is decided in accept-rules.ts; this takes what was accepted.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { SAME_TRANSFORMATIONS_ARE_CHARGED_ONCE } from '../../../../model/assumptions.ts';
import { findManagedRuleGroup } from '../../../../tables/managed-rule-groups.ts';
import { statementsIn } from './statements-in.ts';

/** What statements that look into a part of the request have in common. */
interface Inspecting {
  readonly FieldToMatch?: Sdk.FieldToMatch | undefined;
  readonly TextTransformations?: Sdk.TextTransformation[] | undefined;
  readonly PreParseTextTransformations?: Sdk.PreParseTextTransformation[] | undefined;
}

const TRANSFORMATION = 10;
const ALL_QUERY_ARGUMENTS = 10;
const CUSTOM_KEY = 30;
const ANY_POSITION = 4;
const LABELS_PER_UNIT = 5;

/** The sum of the rules. `ruleGroupCapacity` says what a rule group of the account was made for. */
export function capacityOf(rules: readonly Sdk.Rule[], ruleGroupCapacity: (arn: string) => number): number {
  const charged = new Set<string>();
  const statements = statementsIn(rules).map((statement) => statementCost(statement, charged, ruleGroupCapacity));
  const labels = rules.reduce((count, { RuleLabels = [] }) => count + RuleLabels.length, 0);
  return statements.reduce((sum, cost) => sum + cost, Math.ceil(labels / LABELS_PER_UNIT));
}

/** Of the statement alone: what stands inside it is counted for itself. */
function statementCost(statement: Sdk.Statement, charged: Set<string>, ruleGroupCapacity: (arn: string) => number): number {
  const inspecting = (base: number, part: Inspecting): number => inspectionCost(base, part, charged);
  const {
    ByteMatchStatement: bytes,
    RegexMatchStatement: regex,
    RegexPatternSetReferenceStatement: patterns,
    SqliMatchStatement: sqli,
    XssMatchStatement: xss,
    SizeConstraintStatement: size,
    IPSetReferenceStatement: ipSet,
    RateBasedStatement: rate,
    ManagedRuleGroupStatement: managed,
    RuleGroupReferenceStatement: ruleGroup,
  } = statement;
  if (bytes) return inspecting(bytes.PositionalConstraint?.startsWith('CONTAINS') ? 10 : 2, bytes);
  if (regex) return inspecting(3, regex);
  if (patterns) return inspecting(25, patterns);
  if (sqli) return inspecting(sqli.SensitivityLevel === 'HIGH' ? 30 : 20, sqli);
  if (xss) return inspecting(40, xss);
  if (size) return inspecting(1, size);
  if (statement.GeoMatchStatement || statement.LabelMatchStatement || statement.AsnMatchStatement) return 1;
  if (ipSet) return ipSet.IPSetForwardedIPConfig?.Position === 'ANY' ? 1 + ANY_POSITION : 1;
  if (rate) return 2 + CUSTOM_KEY * (rate.CustomKeys ?? []).length;
  if (managed) return findManagedRuleGroup(managed.VendorName ?? '', managed.Name ?? '')?.capacity ?? 0;
  if (ruleGroup) return ruleGroupCapacity(ruleGroup.ARN ?? '');
  // And, or, not: what they hold.
  return 0;
}

/** AWS WAF: JSON parsing doubles the base, all query arguments cost 10 more, and each transformation 10. */
function inspectionCost(base: number, { FieldToMatch: field, ...texts }: Inspecting, charged: Set<string>): number {
  const changing = [...(texts.PreParseTextTransformations ?? []), ...(texts.TextTransformations ?? [])].filter(
    ({ Type }) => Type !== 'NONE',
  );
  const fieldCost = field?.AllQueryArguments ? ALL_QUERY_ARGUMENTS : 0;
  const own = (field?.JsonBody ? 2 * base : base) + fieldCost;
  const chain = JSON.stringify([field, changing.map(({ Priority, Type }) => [Priority, Type])]);
  if (SAME_TRANSFORMATIONS_ARE_CHARGED_ONCE && charged.has(chain)) return own;
  charged.add(chain);
  return own + TRANSFORMATION * changing.length;
}
