/**
 * Statements that run the rules of a group: the account's own, and managed ones. AWS WAF developer guide: rule group statements. Which
 * managed groups there are is in tables/managed-rule-groups.ts.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { MANAGED_OVERRIDES_MAY_NAME_OTHER_RULES } from '../../../../model/assumptions.ts';
import {
  findManagedRuleGroup,
  UNSERVED_MANAGED_RULE_GROUPS,
  type ManagedRuleGroupRow,
} from '../../../../tables/managed-rule-groups.ts';
import { ApiError } from '../../wire/types.ts';
import { invalidParameter, nonexistent, REASONS } from '../waf-faults.ts';
import { acceptRuleAction } from './accept-actions.ts';
import type { RulesWorld } from './world.ts';

const NO_BODIES: ReadonlySet<string> = new Set();

interface Overriding {
  readonly ExcludedRules?: Sdk.ExcludedRule[] | undefined;
  readonly RuleActionOverrides?: Sdk.RuleActionOverride[] | undefined;
}

export function acceptManagedRuleGroup(
  statement: Sdk.ManagedRuleGroupStatement,
  nested: (inner: Sdk.Statement) => void,
  world: RulesWorld,
): void {
  // AWS WAF: rule groups hold no references to rule groups.
  if (world.holder === 'rulegroup') throw invalidParameter('STATEMENT', 'ManagedRuleGroupStatement', REASONS.nesting);
  const group = findManagedGroup(statement.VendorName ?? '', statement.Name ?? '', statement.Version);
  acceptOverrides(statement, MANAGED_OVERRIDES_MAY_NAME_OTHER_RULES ? undefined : group.rules.map(({ name }) => name));
  if (statement.ScopeDownStatement) nested(statement.ScopeDownStatement);
}

export function acceptRuleGroupReference(statement: Sdk.RuleGroupReferenceStatement, world: RulesWorld): void {
  if (world.holder === 'rulegroup') throw invalidParameter('STATEMENT', 'RuleGroupReferenceStatement', REASONS.nesting);
  const names = world.ruleNames(statement.ARN ?? '');
  if (names === undefined) throw invalidParameter('RULE_GROUP_REFERENCE_STATEMENT', statement.ARN ?? '', REASONS.reference);
  acceptOverrides(statement, names);
}

/** The group, of a version that it has. Throws WAFNonexistentItemException. */
export function findManagedGroup(vendor: string, name: string, version: string | undefined): ManagedRuleGroupRow {
  if (vendor === 'AWS' && UNSERVED_MANAGED_RULE_GROUPS.includes(name)) {
    throw invalidParameter('MANAGED_RULE_SET_STATEMENT', name, 'Warmfront does not evaluate this managed rule group.');
  }
  const group = findManagedRuleGroup(vendor, name);
  if (group === undefined) throw nonexistent();
  if (version !== undefined && !group.versions.includes(version)) {
    const message = `The version ${version} of the managed rule group ${name} does not exist or has expired.`;
    throw new ApiError('WAFExpiredManagedRuleGroupVersionException', message, 400);
  }
  return group;
}

/** `names`: the rules that there are; undefined where any may be named. */
function acceptOverrides(
  { ExcludedRules = [], RuleActionOverrides = [] }: Overriding,
  names: readonly string[] | undefined,
): void {
  const seen = new Set<string>();
  for (const { Name = '' } of [...ExcludedRules, ...RuleActionOverrides]) {
    if (names !== undefined && !names.includes(Name))
      throw invalidParameter('EXCLUDED_RULE', Name, 'The rule group has no such rule.');
    if (seen.has(Name)) throw invalidParameter('EXCLUDED_RULE', Name, 'The rule is overridden more than once.');
    seen.add(Name);
  }
  // Bodies belong to who holds a rule; an override has none to name.
  for (const { ActionToUse } of RuleActionOverrides) acceptRuleAction(ActionToUse, NO_BODIES);
}
