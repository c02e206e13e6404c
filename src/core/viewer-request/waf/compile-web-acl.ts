/**
 * A web ACL in the form in which requests are inspected: statements as functions, rule groups in place, made once for a snapshot. How a request
 * then fares: evaluate.ts. One that cannot be compiled, because something that it needs is missing, lets nothing through: who is protected by
 * a rule must not lose it in silence.
 */
import type { ManagedMatch, ManagedRuleGroup, InspectedRequest, WafEngine } from '../../../model/waf-engine.ts';
import type { OverrideAction, Rule, RuleGroup, Visibility, WafConfiguration, WebAcl } from '../../../model/web-acl.ts';
import type { CustomResponseBodies } from '../../../model/web-acl.ts';
import type { RuleAction } from '../../../model/web-acl-action.ts';
import type { ManagedRuleGroupStatement, RuleActionOverride } from '../../../model/web-acl-statement.ts';
import type { Duration } from '../../../model/units.ts';
import { sentence } from '../../../model/sentence.ts';
import { compileStatement, type StatementCompiler } from './statements/compile-statement.ts';
import type { Matches } from './inspection.ts';
import type { RateRule } from './rates/rate-counters.ts';

export interface CompiledWebAcl {
  readonly source: WebAcl;
  readonly rules: readonly CompiledRule[];
  /** Some rule looks into bodies. */
  readonly readsBody: boolean;
  /** Some rule asks for a token. */
  readonly challenges: boolean;
  readonly rateRules: readonly RateRule[];
}

/** It lets nothing through, and why. */
export interface BrokenWebAcl {
  readonly broken: string;
  readonly arn: string;
}

export type CompiledRule = PlainRule | GroupRule;

/** A rule whose statement is asked directly. */
export interface PlainRule {
  readonly kind: 'plain';
  readonly source: Pick<Rule, 'name' | 'visibility'>;
  readonly isRateBased: boolean;
  readonly matches: Matches;
  readonly action: RuleAction;
  /** Fully qualified. */
  readonly labels: readonly string[];
  readonly bodies: CustomResponseBodies;
  /** Undefined: the web ACL's. */
  readonly captchaImmunity: Duration | undefined;
  readonly challengeImmunity: Duration | undefined;
  /** Its own action, where the reference to its group overrides it. */
  readonly overridden: RuleAction | undefined;
  readonly isExclusion: boolean;
}

export interface GroupRule {
  readonly kind: 'group';
  readonly source: Pick<Rule, 'name' | 'visibility'>;
  readonly type: 'GROUP' | 'MANAGED_RULE_GROUP';
  /** As logs call it. */
  readonly groupId: string;
  readonly groupVisibility: Visibility | undefined;
  readonly overrideAction: OverrideAction;
  readonly scopeDown: Matches | undefined;
  readonly members: GroupMembers;
}

export type GroupMembers =
  | { readonly kind: 'own'; readonly rules: readonly PlainRule[] }
  | {
      readonly kind: 'managed';
      readonly evaluate: (request: InspectedRequest) => Iterable<ManagedMatch>;
      readonly overrides: ReadonlyMap<string, RuleActionOverride>;
      readonly bodies: CustomResponseBodies;
    };

export function compileWebAcl(acl: WebAcl, configuration: WafConfiguration, engine: WafEngine): CompiledWebAcl | BrokenWebAcl {
  const { arn } = acl;
  try {
    return compile(acl, configuration, engine);
  } catch (error) {
    return { broken: sentence(error), arn };
  }
}

function compile(acl: WebAcl, configuration: WafConfiguration, engine: WafEngine): CompiledWebAcl {
  const rateRules: RateRule[] = [];
  let readsBody = false;
  let challenges = false;
  const shared = {
    engine,
    ipSet: (arn: string) => found(configuration.ipSets, arn, 'IP set').addresses,
    regexPatternSet: (arn: string) => found(configuration.regexPatternSets, arn, 'regex pattern set'),
    contents: new Map<string, number>(),
    rateRules,
    reads: () => (readsBody = true),
  };
  const noteAction = (action: RuleAction): void => {
    if (action.kind === 'captcha' || action.kind === 'challenge') challenges = true;
  };

  function plainRule(rule: Rule, holder: WebAcl | RuleGroup, owner: string, override?: RuleActionOverride): PlainRule {
    const compiler: StatementCompiler = {
      ...shared,
      labelNamespace: holder.labelNamespace,
      ruleId: `${owner}/${rule.name}`,
    };
    const action = override?.action ?? plainAction(rule);
    noteAction(action);
    return {
      kind: 'plain',
      source: rule,
      isRateBased: rule.statement.kind === 'rateBased',
      matches: compileStatement(rule.statement, compiler),
      action,
      labels: rule.labels.map((label) => holder.labelNamespace + label),
      // AWS WAF: the response of an override is one of the web ACL's.
      bodies: override === undefined ? holder.customResponseBodies : acl.customResponseBodies,
      captchaImmunity: rule.captchaImmunity,
      challengeImmunity: rule.challengeImmunity,
      overridden: override && plainAction(rule),
      isExclusion: override?.isExclusion === true,
    };
  }

  function compiledRule(rule: Rule): CompiledRule {
    const { statement } = rule;
    if (statement.kind === 'ruleGroup') {
      const group = found(configuration.ruleGroups, statement.arn, 'rule group');
      const overrides = new Map(statement.overrides.map((override) => [override.rule, override]));
      const rules = group.rules.map((member) => plainRule(member, group, `${acl.arn}/${rule.name}`, overrides.get(member.name)));
      return {
        ...groupRule(rule),
        type: 'GROUP',
        groupId: group.arn,
        groupVisibility: group.visibility,
        scopeDown: undefined,
        members: { kind: 'own', rules },
      };
    }
    if (statement.kind === 'managedRuleGroup') return managedRule(rule, statement);
    return plainRule(rule, acl, acl.arn);
  }

  function managedRule(rule: Rule, statement: ManagedRuleGroupStatement): GroupRule {
    const group = managedGroup(statement, configuration, engine);
    if (group.readsBody) readsBody = true;
    const overrides = new Map(statement.overrides.map((override) => [override.rule, override]));
    for (const member of group.rules) noteAction(overrides.get(member.name)?.action ?? member.action);
    const compiler = { ...shared, labelNamespace: acl.labelNamespace, ruleId: `${acl.arn}/${rule.name}` };
    return {
      ...groupRule(rule),
      type: 'MANAGED_RULE_GROUP',
      groupId: `${statement.vendor}#${statement.name}`,
      groupVisibility: undefined,
      scopeDown: statement.scopeDown && compileStatement(statement.scopeDown, compiler),
      members: { kind: 'managed', evaluate: group.evaluate, overrides, bodies: acl.customResponseBodies },
    };
  }

  const rules = acl.rules.map(compiledRule);
  return { source: acl, rules, readsBody, challenges, rateRules };
}

function groupRule(rule: Rule): Pick<GroupRule, 'kind' | 'source' | 'overrideAction'> {
  const { action } = rule;
  if (action.kind !== 'none' && action.kind !== 'override-count') {
    throw new Error(`the rule ${rule.name} refers to a rule group and needs an OverrideAction`);
  }
  return { kind: 'group', source: rule, overrideAction: action };
}

function plainAction({ name, action }: Rule): RuleAction {
  if (action.kind === 'none' || action.kind === 'override-count') throw new Error(`the rule ${name} needs an Action`);
  return action;
}

function managedGroup(
  { vendor, name, version }: ManagedRuleGroupStatement,
  { addressLists }: WafConfiguration,
  engine: WafEngine,
): ManagedRuleGroup {
  const group = engine.managedRuleGroup({ vendor, name, version }, addressLists);
  if (group === undefined)
    throw new Error(`there is no managed rule group ${vendor} ${name}${version === undefined ? '' : ` ${version}`}`);
  return group;
}

function found<Item extends { readonly arn: string }>(items: readonly Item[], arn: string, what: string): Item {
  const item = items.find((one) => one.arn === arn);
  if (item === undefined) throw new Error(`there is no ${what} ${arn}`);
  return item;
}
