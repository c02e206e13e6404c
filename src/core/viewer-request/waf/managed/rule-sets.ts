/**
 * The rules of SecLang that come with the program: the Core Rule Set's and our own, as tools/compile-rules.ts and `npm run generate` have made
 * them.
 */
import type { RuleSetRows } from '../seclang/rule-row.ts';
import coreRuleSet from '../seclang/core-rule-set.json' with { type: 'json' };
import ownRules from '../seclang/own-rules.json' with { type: 'json' };

/** What our own set says of variables goes before what the Core Rule Set says. */
export const RULE_SETS: readonly RuleSetRows[] = [coreRuleSet as RuleSetRows, ownRules as RuleSetRows];

export const CORE_RULE_SET_VERSION: string = coreRuleSet.version;
