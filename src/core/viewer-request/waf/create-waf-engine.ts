/**
 * The WafEngine put together: transformations and patterns, detection, managed rule groups, each from where it is made. What it is asked for is
 * compile-statement.ts's to know. `linear`: regular expressions in linear time, which a runtime or a package provides (adapters/regex).
 */
import type { LinearRegex, WafEngine } from '../../../model/waf-engine.ts';
import { patternCompiler } from './patterns/compile-pattern.ts';
import { PRE_PARSE_TRANSFORMATIONS, TEXT_TRANSFORMATIONS } from './transformations/text-transformations.ts';

export function createWafEngine(linear: LinearRegex): WafEngine {
  return {
    transformation: (name) => TEXT_TRANSFORMATIONS[name],
    preParse: (name) => PRE_PARSE_TRANSFORMATIONS[name],
    compilePattern: patternCompiler(linear),
    detectSqli: () => missing('SQL injection'),
    detectXss: () => missing('cross-site scripting'),
    managedRuleGroup: () => undefined,
  };
}

/** Whoever asks is refused what it inspects: nothing is let through unseen. */
function missing(what: string): never {
  throw new Error(`the detection of ${what} is not available`);
}
