/**
 * What the statements of rules name: IP sets, regex pattern sets and rule groups, by ARN, wherever they stand.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { statementsIn } from './statements-in.ts';

export function referencesOf(rules: readonly Sdk.Rule[] = []): ReadonlySet<string> {
  const named = statementsIn(rules).flatMap((statement) => [
    statement.IPSetReferenceStatement?.ARN,
    statement.RegexPatternSetReferenceStatement?.ARN,
    statement.RuleGroupReferenceStatement?.ARN,
  ]);
  return new Set(named.flatMap((arn) => arn ?? []));
}
