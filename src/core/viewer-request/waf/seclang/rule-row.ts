/**
 * A rule of SecLang as it is kept in core-rule-set.json and own-rules.json: made by tools/compile-rules.ts, with all that decides whether it
 * matches and nothing else. What the strings mean: parse-rule.ts.
 */

/** What a rule guards against: by it, managed rule groups choose (managed/crs-groups.ts). */
export type AttackClass =
  | 'sqli'
  /** By patterns, which are less sure than tokens. */
  | 'sqli-pattern'
  | 'xss'
  | 'lfi'
  | 'rfi'
  | 'ssrf'
  | 'rce'
  | 'windows'
  | 'powershell'
  | 'code'
  | 'php'
  | 'wordpress'
  | 'java'
  | 'log4j'
  | 'react'
  | 'scanner'
  | 'extension'
  | 'path'
  | 'admin'
  | 'protocol';

export interface RuleSetRows {
  readonly version: string;
  /** Transaction variables (TX) before the first rule. */
  readonly variables: Readonly<Record<string, string>>;
  readonly rules: readonly RuleRow[];
}

export interface RuleRow {
  /** Of the Core Rule Set; below 100000 of our own. */
  readonly id: number;
  readonly attack: AttackClass;
  /** What it adds to a request's anomaly score: 5 blocks by itself. 0 where it only prepares others. */
  readonly score: number;
  /** All must match: the rule, then those chained to it. */
  readonly links: readonly RuleLinkRow[];
  /** How many rules are skipped where it matches. */
  readonly skip?: number;
}

export interface RuleLinkRow {
  /** `ARGS|!ARGS:x|&REQUEST_HEADERS:Host` */
  readonly on: string;
  /** `!@rx ^a` */
  readonly test: string;
  /** Of @pm. */
  readonly words?: readonly string[];
  /** Transformations: `urldecodeuni,lowercase`. */
  readonly after?: string;
  /** Transaction variables: `name=%{tx.0}`, `name=+1`. */
  readonly set?: readonly string[];
  /** Rules that are not evaluated after it, by id. */
  readonly remove?: readonly number[];
  /** What groups capture is TX:0 to TX:9. */
  readonly capture?: boolean;
  /** Tried after each transformation, not only after the last. */
  readonly multiMatch?: boolean;
}
