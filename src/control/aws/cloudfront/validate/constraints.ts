/**
 * Shape and constraints, checked before anything is judged by meaning (facts: aws-api B5, "XML shape, constraints, semantic"):
 * members that must be there, enumerations, lengths. One row each; all faults are told at once, in AWS's words. Also that each
 * Quantity counts its Items. What a value means in its place is judged in the files beside this one.
 */
import { ApiError } from '../../wire/types.ts';

export type Rule =
  | { readonly kind: 'required' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'length'; readonly min: number; readonly max: number };

/** `Origins.Items.*.DomainName`: `*` is every element of a list. A rule is not asked where something above is absent. */
export type Constraint = readonly [path: string, rule: Rule];

export const required: Rule = { kind: 'required' };
export const oneOf = (...values: readonly string[]): Rule => ({ kind: 'enum', values });
export const length = (min: number, max: number): Rule => ({ kind: 'length', min, max });

/** Throws MalformedXML listing every fault, or InconsistentQuantities. `root` names the document: `distributionConfig`. */
export function checkConstraints(document: unknown, root: string, constraints: readonly Constraint[]): void {
  const faults = constraints.flatMap(([path, rule]) =>
    [...valuesAt(document, path.split('.'), root)].flatMap(([at, value]) => fault(at, value, rule) ?? []),
  );
  if (faults.length > 0) {
    const plural = faults.length === 1 ? '' : 's';
    throw new ApiError('MalformedXML', `${faults.length} validation error${plural} detected: ${faults.join('; ')}`, 400);
  }
  checkQuantities(document);
}

function* valuesAt(value: unknown, path: readonly string[], at: string): Generator<readonly [at: string, value: unknown]> {
  const [head, ...rest] = path;
  if (head === undefined) yield [at, value];
  else if (head === '*') {
    if (!Array.isArray(value)) return;
    for (const [index, element] of value.entries()) yield* valuesAt(element, rest, `${at}.${index + 1}.member`);
  } else if (typeof value === 'object' && value !== null) {
    yield* valuesAt((value as Record<string, unknown>)[head], rest, `${at}.${head[0]!.toLowerCase()}${head.slice(1)}`);
  }
}

function fault(at: string, value: unknown, rule: Rule): string | undefined {
  const absent = value === undefined || value === null;
  const shown = typeof value === 'string' ? `'${value}'` : 'null';
  const failed = (constraint: string): string => `Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`;
  if (rule.kind === 'required') return absent ? failed('Member must not be null') : undefined;
  if (absent || typeof value !== 'string') return undefined;
  if (rule.kind === 'enum') {
    return rule.values.includes(value) ? undefined : failed(`Member must satisfy value set: [${rule.values.join(', ')}]`);
  }
  if (value.length < rule.min) return failed(`Member must have length greater than or equal to ${rule.min}`);
  return value.length > rule.max ? failed(`Member must have length less than or equal to ${rule.max}`) : undefined;
}

/** CloudFront: everything with a Quantity has that many Items. */
function checkQuantities(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Date) return;
  const { Quantity, Items } = value as { Quantity?: unknown; Items?: unknown };
  if (Quantity !== undefined && Quantity !== (Array.isArray(Items) ? Items.length : 0)) {
    throw new ApiError('InconsistentQuantities', "The value of Quantity and the size of Items don't match.", 400);
  }
  for (const member of Object.values(value)) checkQuantities(member);
}
