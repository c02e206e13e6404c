/**
 * The rules of a web ACL or a rule group, judged as a whole: names, priorities, labels, actions, statements, and how many of what there may
 * be. AWS WAF developer guide: rules, labels, quotas. What they cost is counted in capacity.ts.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../../tables/quotas.ts';
import { duplicate, invalidParameter, limitExceeded, REASONS } from '../waf-faults.ts';
import { acceptRuleAction } from './accept-actions.ts';
import { acceptStatement } from './accept-statement.ts';
import { exactlyOne } from './exactly-one.ts';
import { referencesOf } from './references-of.ts';
import type { RulesWorld } from './world.ts';

/** AWS WAF: strings that stand for what it adds itself. */
const RESERVED_LABEL_PARTS: ReadonlySet<string> = new Set([
  'awswaf',
  'aws',
  'waf',
  'rulegroup',
  'webacl',
  'regexpatternset',
  'ipset',
  'managed',
]);

/** Throws in AWS's words at the first fault. */
export function acceptRules(rules: readonly Sdk.Rule[], world: RulesWorld): void {
  const names = new Set<string>();
  const priorities = new Set<number>();
  for (const { Name = '', Priority = 0 } of rules) {
    // Ours: the reference says that both must be unique, not by which error; the words of this one fit.
    if (names.has(Name)) throw duplicate(`two rules are called "${Name}"`);
    if (priorities.has(Priority)) throw duplicate(`two rules have the priority ${Priority}`);
    names.add(Name);
    priorities.add(Priority);
  }
  for (const rule of rules) acceptRule(rule, world);
  const references = referencesOf(rules).size;
  if (references > WAF_QUOTAS.references)
    throw limitExceeded(`the rules name ${references} sets and groups, of at most ${WAF_QUOTAS.references}`);
  const most = WAF_QUOTAS.rateBasedRules[world.holder];
  if (rules.filter(({ Statement }) => Statement?.RateBasedStatement).length > most)
    throw limitExceeded(`there are ${most} rate-based rules at most`);
}

function acceptRule(rule: Sdk.Rule, world: RulesWorld): void {
  acceptStatement(rule.Statement, 'top', world);
  const isGroup =
    rule.Statement?.ManagedRuleGroupStatement !== undefined || rule.Statement?.RuleGroupReferenceStatement !== undefined;
  exactlyOne({ Action: rule.Action, OverrideAction: rule.OverrideAction }, 'RULE', 'Rule');
  // AWS WAF: a group decides by its own rules; a rule overrides that or leaves it.
  if (isGroup !== (rule.OverrideAction !== undefined)) throw invalidParameter('RULE', 'Statement', REASONS.reference);
  if (isGroup) acceptGroupRule(rule);
  else acceptRuleAction(rule.Action, world.bodyKeys);
  // AWS WAF: any action but Allow.
  if (rule.Statement?.RateBasedStatement !== undefined && rule.Action?.Allow !== undefined)
    throw invalidParameter('RULE_ACTION', 'Allow', 'A rate-based rule may have any action but Allow.');
  for (const { Name = '' } of rule.RuleLabels ?? []) acceptLabel(Name);
}

function acceptGroupRule({ OverrideAction, RuleLabels = [] }: Sdk.Rule): void {
  exactlyOne(OverrideAction, 'OVERRIDE_ACTION', 'OverrideAction');
  // AWS WAF: custom request handling is for actions of rules.
  if (OverrideAction?.Count?.CustomRequestHandling !== undefined)
    throw invalidParameter('CUSTOM_REQUEST_HANDLING', 'OverrideAction', REASONS.nesting);
  if (RuleLabels.length > 0)
    throw invalidParameter('RULE', 'RuleLabels', 'A rule that refers to a rule group adds no labels of its own.');
}

/** Namespaces and a name: `names:of:mine`. */
function acceptLabel(label: string): void {
  const parts = label.split(':');
  const isWrong =
    parts.length > WAF_QUOTAS.labelNamespaces + 1 ||
    parts.some((part) => part === '' || part.length > WAF_QUOTAS.labelPartLength || RESERVED_LABEL_PARTS.has(part));
  if (isWrong) throw invalidParameter('RULE', label, REASONS.format);
}
