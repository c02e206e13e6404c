/**
 * Whether a pattern matches anywhere in a text, reading it once: the automaton of all ways to match at the same time, whose states are made
 * when a text first needs them and kept for the next. What a match is and what its groups capture is for others to say (compile-pattern.ts);
 * where they may begin to look, it says. Bounded in memory, and linear in the text: where states would be made without end, they are
 * gone through without being kept.
 */
import { classesOf, stepsOf, type Step } from './automaton-program.ts';
import type { Assertion, Pattern } from './pattern.ts';

/** No match begins before this place; -1 where there is none at all. */
export type Occurs = (text: string) => number;

/** Numbers in the table of one automaton, and steps in its states; where they do not suffice, its states are made anew. */
const LARGEST_TABLE = 1 << 15;
const MOST_HELD = 1 << 16;
/** Ways on to which one text may add: so many, and one for so many of its octets. Making one that is kept costs a multiple. */
const KEPT = { once: 500, octets: 32 } as const;

/** In place of a state's number. */
const UNKNOWN = 0;
const MATCHES = -1;
const NEVER = -2;

/** What stands beside a place, as far as assertions care. */
type Beside = 'edge' | 'word' | 'line end' | 'other';

interface State {
  /** The steps to go on with, in order; the entry is tried at each place, too. */
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
  let held = 0;
  // A row of classes for each state, beginning at its number.
  let table = new Int32Array(width * 8);
  const beginning: State = { at: [], before: asserts ? 'edge' : 'other' };
  /** Its number, while it has one. */
  let start = UNKNOWN;

  function classAt(text: string, at: number): number {
    const code = text.charCodeAt(at);
    return code < 256 ? classOf[code]! : 0;
  }

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
    held += state.at.length;
    if (states.length >= mostStates || held > MOST_HELD) {
      states = [];
      numbers = new Map();
      held = state.at.length;
      table.fill(UNKNOWN);
      start = UNKNOWN;
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

  /** The state after one more octet of the class, from now on in the table. */
  function follow(number: number, octetClass: number): number {
    const from = states[number / width - 1]!;
    const next = successor(from, octetClass);
    if (typeof next === 'number') return (table[number + octetClass] = next);
    const found = numberOf({ at: next.at.toSorted((one, other) => one - other), before: next.before });
    // Where all states were made anew, the row is another's.
    if (states[number / width - 1] === from) table[number + octetClass] = found;
    return found;
  }

  function successor({ at, before }: State, octetClass: number): State | typeof MATCHES | typeof NEVER {
    visit++;
    const after = beside(octetClass);
    const next: number[] = [];
    const waiting = [...at];
    if (!isAnchored || before === 'edge') waiting.push(entry);
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (visited[index] === visit) continue;
      visited[index] = visit;
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
    return octetClass === END || (isAnchored && next.length === 0) ? NEVER : { at: next, before: after };
  }

  /** The same without the table. */
  function goThrough(text: string, from: number, state: State): boolean {
    let now = state;
    for (let at = from; at <= text.length; at++) {
      const next = successor(now, at === text.length ? END : classAt(text, at));
      if (typeof next === 'number') return next === MATCHES;
      now = next;
    }
    return false;
  }

  /** What was begun before the last place at which nothing was under way has come to nothing. */
  function beginningOf(text: string, end: number): number {
    let place = 0;
    let state = start;
    for (let at = 0; at < end && state > UNKNOWN; at++) {
      state = table[state + classAt(text, at)]!;
      if (state > UNKNOWN && states[state / width - 1]!.at.length === 0) place = at + 1;
    }
    return place;
  }

  return (text) => {
    const { length } = text;
    if (start === UNKNOWN) start = numberOf(beginning);
    let state = start;
    let rows = table;
    let room = KEPT.once + length / KEPT.octets;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      const octetClass = code < 256 ? classOf[code]! : 0;
      let next = rows[state + octetClass]!;
      if (next <= UNKNOWN) {
        if (next === UNKNOWN) {
          if (--room < 0) return goThrough(text, at, states[state / width - 1]!) ? 0 : -1;
          next = follow(state, octetClass);
        }
        if (next < UNKNOWN) return next === MATCHES ? beginningOf(text, at) : -1;
        rows = table;
      }
      state = next;
    }
    const last = rows[state + END]! || follow(state, END);
    return last === MATCHES ? beginningOf(text, length) : -1;
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
