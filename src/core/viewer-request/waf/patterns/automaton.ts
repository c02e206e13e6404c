/**
 * Whether a pattern matches anywhere in a text, reading it once: the automaton of all ways to match at the same time, whose states are made
 * when a text first needs them. Where a match stands and what its groups capture is for others to say (compile-pattern.ts).
 * Bounded in memory and in work: a text that would need more new states than are worth making is given up, and another engine is asked.
 */
import { classesOf, stepsOf, type Step } from './automaton-program.ts';
import type { Assertion, Pattern } from './pattern.ts';

/** Undefined: given up. */
export type Occurs = (text: string) => boolean | undefined;

/** Numbers in the table of one automaton; where they do not suffice, its states are made anew. */
const LARGEST_TABLE = 1 << 15;
/** Steps that making states may take for a text: so many, and so many for each of its octets. */
const WORK = { once: 50_000, octet: 20 } as const;

/** In place of a state's number. */
const UNKNOWN = 0;
const MATCHES = -1;
const NEVER = -2;
const GIVEN_UP = -3;

/** What stands beside a place, as far as assertions care. */
type Beside = 'edge' | 'word' | 'line end' | 'other';

interface State {
  /** The steps to go on with, sorted; the entry is tried at each place, too. */
  readonly at: readonly number[];
  readonly before: Beside;
}

/** Undefined where the pattern is too large. */
export function automaton(pattern: Pattern): Occurs | undefined {
  const steps = stepsOf(pattern);
  return steps && occursBy(steps);
}

function occursBy(steps: readonly Step[]): Occurs {
  const classes = classesOf(steps);
  const classOf = classes.of;
  const END = classes.count;
  const width = classes.count + 1;
  const mostStates = Math.floor(LARGEST_TABLE / width) - 1;
  const entry = steps.length - 1;
  const isAnchored = beginsAtStart(steps);
  const asserts = steps.some(({ kind }) => kind === 'assertion');
  const visited = new Uint32Array(steps.length);
  const gathered = new Uint32Array(steps.length);
  let visit = 0;
  let states: State[] = [];
  let numbers = new Map<string, number>();
  // A row of classes for each state, beginning at its number.
  let table = new Int32Array(width * 8);
  let allowance = 0;
  const beginning: State = { at: [], before: asserts ? 'edge' : 'other' };
  /** Its number, while there is one. */
  let start = 0;

  function beside(octetClass: number): Beside {
    if (!asserts) return 'other';
    if (octetClass === END) return 'edge';
    if (classes.words[octetClass] === 1) return 'word';
    return classes.lineEnds[octetClass] === 1 ? 'line end' : 'other';
  }

  function numberOf(state: State): number {
    const key = `${state.before} ${state.at.join()}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (states.length >= mostStates) {
      states = [];
      numbers = new Map();
      table.fill(UNKNOWN);
      start = 0;
    }
    const number = states.push(state) * width;
    numbers.set(key, number);
    if (table.length < number + width) {
      const larger = new Int32Array(table.length * 2);
      larger.set(table);
      table = larger;
    }
    return number;
  }

  /** The state after one more octet of the class. */
  function follow(number: number, octetClass: number): number {
    const from = states[number / width - 1]!;
    const next = successor(from, octetClass);
    if (allowance < 0) return GIVEN_UP;
    if (typeof next === 'number') return (table[number + octetClass] = next);
    const found = numberOf(next);
    // Where all states were made anew, the row is another's.
    if (states[number / width - 1] === from) table[number + octetClass] = found;
    return found;
  }

  function successor({ at, before }: State, octetClass: number): State | number {
    visit++;
    const after = beside(octetClass);
    const next: number[] = [];
    const waiting = [...at];
    if (!isAnchored || before === 'edge') waiting.push(entry);
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (visited[index] === visit) continue;
      visited[index] = visit;
      allowance--;
      const step = steps[index]!;
      switch (step.kind) {
        case 'match':
          return MATCHES;
        case 'octet':
          if (classes.members[index]![octetClass] !== 1 || gathered[step.next] === visit) break;
          gathered[step.next] = visit;
          next.push(step.next);
          break;
        case 'either':
          for (const one of step.next) waiting.push(one);
          break;
        case 'assertion':
          if (holds(step.asserts, before, after)) waiting.push(step.next);
      }
    }
    if (octetClass === END || (isAnchored && next.length === 0)) return NEVER;
    return { at: next.toSorted((one, other) => one - other), before: after };
  }

  return (text) => {
    const { length } = text;
    allowance = WORK.once + WORK.octet * length;
    if (start === 0) start = numberOf(beginning);
    let state = start;
    let rows = table;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      const octetClass = code < 256 ? classOf[code]! : 0;
      let next = rows[state + octetClass]!;
      if (next <= 0) {
        if (next === UNKNOWN) next = follow(state, octetClass);
        if (next < 0) return next === GIVEN_UP ? undefined : next === MATCHES;
        rows = table;
      }
      state = next;
    }
    const last = rows[state + END]! || follow(state, END);
    return last === GIVEN_UP ? undefined : last === MATCHES;
  };
}

function holds(asserts: Assertion, before: Beside, after: Beside): boolean {
  switch (asserts) {
    case 'text-start':
      return before === 'edge';
    case 'text-end':
      return after === 'edge';
    case 'line-start':
      return before === 'edge' || before === 'line end';
    case 'line-end':
      return after === 'edge' || after === 'line end';
    case 'word-boundary':
      return (before === 'word') !== (after === 'word');
    case 'no-word-boundary':
      return (before === 'word') === (after === 'word');
  }
}

/** No match begins anywhere else. */
function beginsAtStart(steps: readonly Step[]): boolean {
  const waiting = [steps.length - 1];
  const visited = new Set<number>();
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (visited.has(index)) continue;
    visited.add(index);
    const step = steps[index]!;
    if (step.kind === 'octet' || step.kind === 'match') return false;
    if (step.kind === 'either') waiting.push(...step.next);
    else if (step.asserts !== 'text-start') waiting.push(step.next);
  }
  return true;
}
