/**
 * What rules may point at. Validation asks the world through this interface alone.
 */
import type { WafKind } from '../waf-registry.ts';

export interface RulesWorld {
  /** Where the rules stand. AWS WAF: rule groups hold no references to rule groups. */
  readonly holder: Extract<WafKind, 'webacl' | 'rulegroup'>;
  hasIpSet(arn: string): boolean;
  hasRegexPatternSet(arn: string): boolean;
  /** The rules of a rule group; undefined: there is no such group. */
  ruleNames(arn: string): readonly string[] | undefined;
  /** Names of the custom response bodies beside the rules. */
  readonly bodyKeys: ReadonlySet<string>;
  /** What is wrong with a regular expression in octets, one for each character; or undefined. */
  readonly patternFault: (pattern: string) => string | undefined;
}
