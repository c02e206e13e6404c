/**
 * Does one condition hold for a request? IAM user guide, "Condition operators": values are ORed, a negated operator holds when no
 * value matches, an absent key fails a positive operator and satisfies a negated one or one with IfExists.
 * Which statements a request meets is decided in evaluate-policy.ts.
 */
import type { Condition } from './policy.ts';
import { inNetwork } from '../../../../model/network.ts';
import { matchesWildcard } from './wildcard.ts';

/** The request's values by lower-case key: `aws:sourcearn`. A key may have several values. */
export type RequestFacts = ReadonlyMap<string, readonly string[]>;

type Matches = (given: string, wanted: string) => boolean;

interface Operator {
  readonly matches: Matches;
  readonly negated: boolean;
}

const equals: Matches = (given, wanted) => given === wanted;
const equalsIgnoringCase: Matches = (given, wanted) => given.toLowerCase() === wanted.toLowerCase();
const like: Matches = (given, wanted) => matchesWildcard(wanted, given);
/** Each of the six parts for itself, the last with what follows. */
const arnLike: Matches = (given, wanted) => {
  const givenParts = arnParts(given);
  const wantedParts = arnParts(wanted);
  return (
    givenParts.length === 6 &&
    wantedParts.length === 6 &&
    wantedParts.every((part, i) => matchesWildcard(part, givenParts[i] as string))
  );
};
const number =
  (holds: (given: number, wanted: number) => boolean): Matches =>
  (given, wanted) =>
    holds(Number(given), Number(wanted));
const date =
  (holds: (given: number, wanted: number) => boolean): Matches =>
  (given, wanted) =>
    holds(instantOf(given), instantOf(wanted));

const positive = (matches: Matches): Operator => ({ matches, negated: false });
const negative = (matches: Matches): Operator => ({ matches, negated: true });

/** Every operator but Null, which asks for presence only. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['StringEquals', positive(equals)],
  ['StringNotEquals', negative(equals)],
  ['StringEqualsIgnoreCase', positive(equalsIgnoringCase)],
  ['StringNotEqualsIgnoreCase', negative(equalsIgnoringCase)],
  ['StringLike', positive(like)],
  ['StringNotLike', negative(like)],
  // IAM: ArnEquals and ArnLike behave identically.
  ['ArnEquals', positive(arnLike)],
  ['ArnLike', positive(arnLike)],
  ['ArnNotEquals', negative(arnLike)],
  ['ArnNotLike', negative(arnLike)],
  ['IpAddress', positive(inNetwork)],
  ['NotIpAddress', negative(inNetwork)],
  ['Bool', positive(equalsIgnoringCase)],
  ['NumericEquals', positive(number((a, b) => a === b))],
  ['NumericNotEquals', negative(number((a, b) => a === b))],
  ['NumericLessThan', positive(number((a, b) => a < b))],
  ['NumericLessThanEquals', positive(number((a, b) => a <= b))],
  ['NumericGreaterThan', positive(number((a, b) => a > b))],
  ['NumericGreaterThanEquals', positive(number((a, b) => a >= b))],
  ['DateEquals', positive(date((a, b) => a === b))],
  ['DateNotEquals', negative(date((a, b) => a === b))],
  ['DateLessThan', positive(date((a, b) => a < b))],
  ['DateLessThanEquals', positive(date((a, b) => a <= b))],
  ['DateGreaterThan', positive(date((a, b) => a > b))],
  ['DateGreaterThanEquals', positive(date((a, b) => a >= b))],
]);

export function isOperator(name: string): boolean {
  return name === 'Null' || OPERATORS.has(name);
}

export function holdsCondition(condition: Condition, facts: RequestFacts): boolean {
  const given = facts.get(condition.key);
  if (condition.operator === 'Null')
    return condition.values.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  const operator = OPERATORS.get(condition.operator);
  if (operator === undefined) throw new Error(`condition operator ${condition.operator} passed the parser`);
  if (given === undefined) return condition.ifExists || operator.negated || condition.qualifier === 'ForAllValues';
  const holdsFor = (value: string): boolean =>
    condition.values.some((wanted) => operator.matches(value, wanted)) !== operator.negated;
  return condition.qualifier === 'ForAnyValue' || (condition.qualifier === undefined && !operator.negated)
    ? given.some(holdsFor)
    : given.every(holdsFor);
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** ISO 8601 or seconds since the epoch; NaN compares false with everything. */
function instantOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
