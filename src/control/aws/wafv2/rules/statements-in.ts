/**
 * All statements of rules, one after the other, those that stand inside others among them.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';

export function statementsIn(rules: readonly Sdk.Rule[]): readonly Sdk.Statement[] {
  return rules.flatMap(({ Statement }) => (Statement === undefined ? [] : withNested(Statement)));
}

function withNested(statement: Sdk.Statement): readonly Sdk.Statement[] {
  const nested = [
    ...(statement.AndStatement?.Statements ?? []),
    ...(statement.OrStatement?.Statements ?? []),
    statement.NotStatement?.Statement,
    statement.RateBasedStatement?.ScopeDownStatement,
    statement.ManagedRuleGroupStatement?.ScopeDownStatement,
  ];
  return [statement, ...nested.flatMap((one) => (one === undefined ? [] : withNested(one)))];
}
