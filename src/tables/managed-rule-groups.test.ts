/**
 * The table keeps AWS's form: names and labels that the API's own patterns allow, each once.
 */
import { expect, test } from 'bun:test';
import { findManagedRuleGroup, MANAGED_RULE_GROUPS } from './managed-rule-groups.ts';

test('names, labels and versions are of the form that the API has for them, and unique', () => {
  for (const { name, labelNamespace, versions, rules, description } of MANAGED_RULE_GROUPS) {
    expect(name).toMatch(/^[\w-]{1,128}$/);
    expect(labelNamespace).toMatch(/^awswaf:managed:aws:[a-z-]+:$/);
    expect(description).toMatch(/^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/);
    for (const version of versions) expect(version).toMatch(/^Version_\d+\.\d+$/);
    for (const rule of rules) expect(rule.label.startsWith(labelNamespace)).toBe(true);
    expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
    expect(new Set(rules.map(({ label }) => label)).size).toBe(rules.length);
  }
  expect(new Set(MANAGED_RULE_GROUPS.map(({ name }) => name)).size).toBe(MANAGED_RULE_GROUPS.length);
});

test('a group is found by vendor and name', () => {
  expect(findManagedRuleGroup('AWS', 'AWSManagedRulesCommonRuleSet')?.versions.at(-1)).toBe('Version_1.19');
  expect(findManagedRuleGroup('Other', 'AWSManagedRulesCommonRuleSet')).toBeUndefined();
});
