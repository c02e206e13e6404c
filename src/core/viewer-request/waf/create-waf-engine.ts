/**
 * The WafEngine put together: transformations and patterns, detection, managed rule groups, each from where it is made. What it is asked for is
 * compile-statement.ts's to know. `linear`: regular expressions in linear time, which a runtime or a package provides (adapters/regex).
 */
import type { LinearRegex, WafEngine } from '../../../model/waf-engine.ts';
import { detectSqli } from './detection/detect-sqli.ts';
import { detectXss } from './detection/detect-xss.ts';
import { managedRuleGroups } from './managed/managed-rule-groups.ts';
import { RULE_SETS } from './managed/rule-sets.ts';
import { patternCompiler } from './patterns/compile-pattern.ts';
import { PRE_PARSE_TRANSFORMATIONS, TEXT_TRANSFORMATIONS } from './transformations/text-transformations.ts';

export function createWafEngine(linear: LinearRegex): WafEngine {
  return {
    transformation: (name) => TEXT_TRANSFORMATIONS[name],
    preParse: (name) => PRE_PARSE_TRANSFORMATIONS[name],
    compilePattern: patternCompiler(linear),
    detectSqli,
    detectXss,
    managedRuleGroup: managedRuleGroups({ linear, detectSqli, detectXss }, RULE_SETS),
  };
}
