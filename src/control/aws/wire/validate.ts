/**
 * Does an input keep the model's constraints: required members, enums, lengths, ranges, patterns? In AWS's own words:
 * `1 validation error detected: Value null at 'distributionConfig.comment' failed to satisfy constraint: Member must not be null`.
 * What a configuration means is not judged here but by each service's handlers.
 */
import type { Constraint, Member, Shape, StructureShape } from './model.ts';
import type { Values } from './xml-codec.ts';

/** AWS's message, or undefined when the input keeps every constraint. */
export function validationMessage(shape: StructureShape, input: Values): string | undefined {
  const failures: string[] = [];
  checkMembers(shape, input, '', failures);
  if (failures.length === 0) return undefined;
  return `${failures.length} validation error${failures.length === 1 ? '' : 's'} detected: ${failures.join('; ')}`;
}

function checkMembers(shape: StructureShape, values: Values, path: string, failures: string[]): void {
  for (const member of shape.members) {
    const at = path === '' ? member.pathName : `${path}.${member.pathName}`;
    const value = values[member.name];
    if (value !== undefined && value !== null) checkValue(member, value, at, failures);
    else if (member.required) failures.push(failure('null', at, 'Member must not be null'));
  }
}

function checkValue(member: Member, value: unknown, path: string, failures: string[]): void {
  checkConstraint(member.constraint, member.shape, value, path, failures);
  const { shape } = member;
  if (shape.kind === 'structure') checkMembers(shape, value as Values, path, failures);
  else if (shape.kind === 'list') {
    checkConstraint(shape.constraint, shape, value, path, failures);
    (value as unknown[]).forEach((item, i) => checkValue(shape.element, item, `${path}.${i + 1}.member`, failures));
  } else if (shape.kind === 'map') {
    for (const [key, item] of Object.entries(value as Values)) checkValue(shape.value, item, `${path}.${key}.member`, failures);
  }
}

function checkConstraint(
  constraint: Constraint | undefined,
  shape: Shape,
  value: unknown,
  path: string,
  failures: string[],
): void {
  if (constraint === undefined) return;
  const { values, min, max, pattern } = constraint;
  const shownValue = `'${describe(shape, value)}'`;
  const measured = measure(value);
  const kind = typeof value === 'number' ? 'value' : 'length';
  if (values !== undefined && !values.has(String(value))) {
    failures.push(failure(shownValue, path, `Member must satisfy value set: [${[...values].join(', ')}]`));
  }
  if (min !== undefined && measured < min) {
    failures.push(failure(shownValue, path, `Member must have ${kind} greater than or equal to ${min}`));
  }
  if (max !== undefined && measured > max) {
    failures.push(failure(shownValue, path, `Member must have ${kind} less than or equal to ${max}`));
    return;
  }
  if (pattern !== undefined && typeof value === 'string' && !pattern.matches.test(value)) {
    failures.push(failure(shownValue, path, `Member must satisfy regular expression pattern: ${pattern.source}`));
  }
}

/** A number itself; of a string the characters, of a blob the bytes, of a list the items. */
function measure(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return Array.from(value).length;
  return (value as { readonly length: number }).length;
}

function describe(shape: Shape, value: unknown): string {
  if (shape.kind === 'list')
    return `[${(value as unknown[]).map((item) => describeItem(shape.element.shape, item)).join(', ')}]`.slice(0, 200);
  return (value instanceof Uint8Array ? `${value.length} bytes` : `${value as string | number}`).slice(0, 200);
}

/** AWS shows what structures are called, not what is in them. */
function describeItem(shape: Shape, value: unknown): string {
  return shape.kind === 'structure' ? shape.name : describe(shape, value);
}

function failure(value: string, path: string, constraint: string): string {
  return `Value ${value.startsWith("'") || value === 'null' ? value : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint}`;
}
