/**
 * A pattern as steps that lead to one another (Thompson's construction): what automaton.ts goes through at every octet. Octets that no step tells
 * apart are one class, so that what is known of one is known of all.
 */
import { addRange, emptySet, hasOctet, namedSet, type OctetSet } from './octet-set.ts';
import type { Assertion, Pattern } from './pattern.ts';

export type Step =
  | { readonly kind: 'octet'; readonly set: OctetSet; readonly next: number }
  | { readonly kind: 'either'; readonly next: readonly number[] }
  | { readonly kind: 'assertion'; readonly asserts: Assertion; readonly next: number }
  | { readonly kind: 'match' };

/** Repeats are written out: a pattern that becomes larger has no automaton. */
const MOST_STEPS = 4000;

/** The last step is the entry; undefined where there would be too many. */
export function stepsOf(pattern: Pattern): readonly Step[] | undefined {
  const steps: Step[] = [{ kind: 'match' }];
  const add = (step: Step): number => (steps.length > MOST_STEPS ? 0 : steps.push(step) - 1);

  /** From its end to its beginning: where the pattern begins that goes on with `next`. */
  function write(part: Pattern, next: number): number {
    switch (part.kind) {
      case 'octet':
        return add({ kind: 'octet', set: part.set, next });
      case 'assertion':
        return add({ kind: 'assertion', asserts: part.asserts, next });
      case 'group':
        return write(part.part, next);
      case 'sequence':
        return part.parts.reduceRight((following, one) => write(one, following), next);
      case 'choice':
        return add({ kind: 'either', next: part.parts.map((one) => write(one, next)) });
      case 'repeat':
        return writeRepeat(part, next);
    }
  }

  function writeRepeat({ part, least, most }: Extract<Pattern, { kind: 'repeat' }>, next: number): number {
    let entry = next;
    if (most === Infinity) {
      const ways = [next];
      entry = add({ kind: 'either', next: ways });
      ways.push(write(part, entry));
    }
    for (let count = least; count < most && most !== Infinity && steps.length <= MOST_STEPS; count++)
      entry = add({ kind: 'either', next: [next, write(part, entry)] });
    for (let count = 0; count < least && steps.length <= MOST_STEPS; count++) entry = write(part, entry);
    return entry;
  }

  const entry = write(pattern, 0);
  // The entry is last, wherever it was written.
  add({ kind: 'either', next: [entry] });
  return steps.length > MOST_STEPS ? undefined : steps;
}

export interface OctetClasses {
  /** By octet. */
  readonly of: Uint8Array;
  readonly count: number;
  /** `members[step][class]`: 1 where an octet step allows the class. */
  readonly members: readonly Uint8Array[];
  readonly words: Uint8Array;
  readonly lineEnds: Uint8Array;
}

/** Class 0 has what no set has, so that characters beyond the octets are in it, too. */
export function classesOf(steps: readonly Step[]): OctetClasses {
  const word = namedSet('word')!;
  const lineEnd = emptySet();
  addRange(lineEnd, 0x0a, 0x0a);
  const asserted = steps.flatMap((step) => (step.kind === 'assertion' ? step.asserts : []));
  const sets = new Map<string, OctetSet>();
  for (const step of steps) if (step.kind === 'octet') sets.set(step.set.join(), step.set);
  if (asserted.some((asserts) => asserts.endsWith('word-boundary'))) sets.set('word', word);
  if (asserted.some((asserts) => asserts.startsWith('line'))) sets.set('line', lineEnd);
  const told = [...sets.values()];

  const classes = new Map<string, number>([['0'.repeat(told.length), 0]]);
  const examples: number[] = [-1];
  const of = new Uint8Array(256);
  for (let octet = 0; octet < 256; octet++) {
    const within = told.map((set) => (hasOctet(set, octet) ? '1' : '0')).join('');
    let number = classes.get(within);
    if (number === undefined) {
      classes.set(within, (number = classes.size));
      examples.push(octet);
    }
    of[octet] = number;
  }
  const membersOf = (set: OctetSet): Uint8Array =>
    Uint8Array.from(examples, (octet) => (octet >= 0 && hasOctet(set, octet) ? 1 : 0));
  const members = new Map([...sets].map(([key, set]) => [key, membersOf(set)]));
  const none = new Uint8Array(examples.length);
  return {
    of,
    count: examples.length,
    members: steps.map((step) => (step.kind === 'octet' ? members.get(step.set.join())! : none)),
    words: sets.has('word') ? membersOf(word) : none,
    lineEnds: sets.has('line') ? membersOf(lineEnd) : none,
  };
}
