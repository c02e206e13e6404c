/**
 * What rules may point at, as the account has it.
 */
import type { RulesWorld } from './rules/world.ts';
import type { WafContext } from './waf-context.ts';
import type { StoredRuleGroup } from './waf-registry.ts';

export function rulesWorld(
  { registry, patternFault }: WafContext,
  holder: RulesWorld['holder'],
  bodyKeys: RulesWorld['bodyKeys'],
): RulesWorld {
  const ruleGroup = (arn: string): StoredRuleGroup | undefined => registry.byArn('rulegroup', registry.ruleGroups, arn);
  return {
    holder,
    bodyKeys,
    patternFault,
    hasIpSet: (arn) => registry.byArn('ipset', registry.ipSets, arn) !== undefined,
    hasRegexPatternSet: (arn) => registry.byArn('regexpatternset', registry.regexPatternSets, arn) !== undefined,
    ruleNames(arn) {
      const stored = ruleGroup(arn);
      return stored && (registry.ruleGroupConfig(stored).Rules ?? []).flatMap(({ Name }) => Name ?? []);
    },
  };
}

/** What a rule group of the account was made for. */
export function ruleGroupCapacity({ registry }: WafContext, arn: string): number {
  const stored = registry.byArn('rulegroup', registry.ruleGroups, arn);
  return (stored && registry.ruleGroupConfig(stored).Capacity) ?? 0;
}
