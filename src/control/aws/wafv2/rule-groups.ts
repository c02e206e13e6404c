/**
 * Rule groups: rules that web ACLs share, made for a capacity that never changes. AWS WAF API reference. What rules may be is judged in
 * rules/accept-rules.ts.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../tables/quotas.ts';
import { changeOf } from '../change-of.ts';
import type { Handlers } from '../wire/types.ts';
import type { RuleGroupConfig } from './config-codec.ts';
import { pageOf } from './pages.ts';
import { acceptCustomBodies, checkHeadersTogether } from './rules/accept-actions.ts';
import { acceptRules } from './rules/accept-rules.ts';
import { capacityOf } from './rules/capacity.ts';
import { statementsIn } from './rules/statements-in.ts';
import { rulesWorld } from './rules-world.ts';
import { summaryOf } from './summaries.ts';
import { invalidParameter, nonexistent, REASONS } from './waf-faults.ts';
import type { WafContext } from './waf-context.ts';
import type { StoredRuleGroup } from './waf-registry.ts';
import { checkRoom, checkScope, find, remove, requireToken } from './waf-registry.ts';
import { withTags } from './waf-tags.ts';

export function ruleGroupHandlers(context: WafContext) {
  const { registry, users, ids } = context;
  const { ruleGroups } = registry;
  const summary = (stored: StoredRuleGroup): Sdk.RuleGroupSummary =>
    summaryOf(registry, 'rulegroup', stored, registry.ruleGroupConfig(stored).Description);

  /** Throws unless the rules are good, and cost no more than the group was made for. */
  function accept(config: RuleGroupConfig): void {
    const rules = config.Rules ?? [];
    const capacity = config.Capacity ?? 0;
    if (capacity > WAF_QUOTAS.capacity) throw invalidParameter('RULE_GROUP', String(capacity), REASONS.capacity);
    acceptRules(rules, rulesWorld(context, 'rulegroup', acceptCustomBodies(config.CustomResponseBodies)));
    checkHeadersTogether(rules.map(({ Action }) => Action));
    const cost = capacityOf(rules, () => 0);
    if (cost > capacity) throw invalidParameter('RULE_GROUP', String(cost), REASONS.capacity);
  }

  return {
    CreateRuleGroup({ Name = '', Scope, Tags, ...config }, call) {
      checkScope(Scope, call);
      accept(config);
      const document = { config: registry.writeRuleGroup(config), tags: withTags({}, Tags) };
      checkRoom(ruleGroups, Name, WAF_QUOTAS.ruleGroups, 'rule groups');
      const resource = { id: ids.uuid(), name: Name, etag: ids.uuid(), document };
      return { Summary: summary(users.changeWaf(changeOf(call), (change) => ruleGroups.insert(resource, change))) };
    },
    GetRuleGroup(input, call) {
      const stored = input.ARN === undefined ? find(ruleGroups, input, call) : byArn(input.ARN);
      const { Capacity, VisibilityConfig, ...config } = registry.ruleGroupConfig(stored);
      const { Name, Id, ARN } = summary(stored);
      const LabelNamespace = registry.labelNamespaceOf('rulegroup', stored.name);
      const labels = labelsOf(config.Rules ?? [], LabelNamespace);
      return {
        RuleGroup: { Name, Id, ARN, Capacity, VisibilityConfig, LabelNamespace, ...labels, ...config },
        LockToken: stored.etag,
      };
    },
    UpdateRuleGroup({ Name, Scope, Id, LockToken, ...changes }, call) {
      const stored = find(ruleGroups, { Name, Scope, Id }, call);
      requireToken(stored, LockToken);
      const config = { ...changes, Capacity: registry.ruleGroupConfig(stored).Capacity };
      accept(config);
      const document = { ...stored.document, config: registry.writeRuleGroup(config) };
      const next = users.changeWaf(changeOf(call), (change) => ruleGroups.update(stored, { etag: ids.uuid(), document }, change));
      return { NextLockToken: next.etag };
    },
    DeleteRuleGroup(input, call) {
      const isUsed = (stored: StoredRuleGroup): boolean => registry.isReferenced(registry.arnOf('rulegroup', stored));
      remove({ collection: ruleGroups, users, isUsed }, input, call);
      return {};
    },
    ListRuleGroups({ Scope, ...asked }, call) {
      checkScope(Scope, call);
      const { items, next } = pageOf(ruleGroups.list(), asked, ({ id }) => id, ruleGroups);
      return { RuleGroups: items.map(summary), ...next };
    },
  } satisfies Handlers<typeof Sdk>;

  function byArn(arn: string): StoredRuleGroup {
    const stored = registry.byArn('rulegroup', ruleGroups, arn);
    if (stored === undefined) throw nonexistent();
    return stored;
  }
}

/** The labels that its rules add, and those that they look for. */
function labelsOf(rules: readonly Sdk.Rule[], namespace: string): Pick<Sdk.RuleGroup, 'AvailableLabels' | 'ConsumedLabels'> {
  const added = rules.flatMap(({ RuleLabels = [] }) => RuleLabels.map(({ Name = '' }) => `${namespace}${Name}`));
  const asked = statementsIn(rules).flatMap(({ LabelMatchStatement: match }) => match?.Key ?? []);
  const listed = (names: readonly string[]): Sdk.LabelSummary[] => [...new Set(names)].map((Name) => ({ Name }));
  return {
    AvailableLabels: listed(added),
    ConsumedLabels: listed(asked.map((key) => (key.startsWith('awswaf:') ? key : `${namespace}${key}`))),
  };
}
