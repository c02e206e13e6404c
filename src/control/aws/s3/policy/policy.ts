/**
 * A bucket policy in the form the evaluator reads: every one-or-many is a list, every name keeps its case.
 * IAM user guide, "Grammar of the IAM JSON policy language". Text becomes this in parse-policy.ts.
 */
export type PrincipalPattern =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'aws'; readonly value: string }
  | { readonly kind: 'service'; readonly value: string }
  | { readonly kind: 'canonical-user'; readonly value: string };

export interface Condition {
  /** `StringEquals`, `ArnLike`, ... without qualifier and suffix. */
  readonly operator: string;
  readonly qualifier: 'ForAnyValue' | 'ForAllValues' | undefined;
  readonly ifExists: boolean;
  /** Lower case: condition keys have none. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly principals: { readonly negated: boolean; readonly patterns: readonly PrincipalPattern[] };
  readonly actions: { readonly negated: boolean; readonly patterns: readonly string[] };
  readonly resources: { readonly negated: boolean; readonly patterns: readonly string[] };
  readonly conditions: readonly Condition[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}
