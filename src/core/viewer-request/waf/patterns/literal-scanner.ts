/**
 * Which of many owners (rules) may match a text, by the literals that each of them needs: the text is read once, by the automaton of Aho and
 * Corasick, with ASCII letters taken without regard to case. Answers a set of owners as bits.
 */
import { LONGEST_LITERAL, MOST_SETS, type Literals } from './required-literals.ts';

/** Bit `owner & 31` of word `owner >>> 5` is set where the owner is in the set. */
export type OwnerSet = Uint32Array;

export interface LiteralScanner {
  /** The owners all of whose sets of literals have one that occurs; those that need none are always there. */
  readonly scan: (text: string) => OwnerSet;
  /** What a text without any literal gives: the same set every time. */
  readonly least: OwnerSet;
}

/** `needs[owner]`: at most MOST_SETS sets, whose literals are in lower case and not empty. */
export function literalScanner(needs: readonly (readonly Literals[])[]): LiteralScanner {
  const words = (needs.length + 31) >>> 5;
  // Of each owner, one bit for each of its sets; a bit for a set that it does not have is always there.
  const start = new Uint32Array(words * MOST_SETS);
  for (const [owner, sets] of needs.entries())
    for (let nth = sets.length; nth < MOST_SETS; nth++) addOwner(start, nth * words * 32 + owner);
  const { next, firstFound, found, classOf, width } = automatonOf(needs, words * 32);

  // One text at a time: what was found in it, and at which states, by the number of the scan.
  const bits = new Uint32Array(start.length);
  const noted = new Float64Array(found.length);
  let scans = 0;
  const wordOf = (word: number): number => {
    let owners = bits[word]!;
    for (let nth = 1; nth < MOST_SETS; nth++) owners &= bits[nth * words + word]!;
    return owners >>> 0;
  };
  bits.set(start);
  const least = Uint32Array.from({ length: words }, (_, word) => wordOf(word));

  /** Most literals that occur are not enough for any owner. */
  const ownersFound = (): OwnerSet => {
    let owners = least;
    for (let word = 0; word < words; word++) {
      const possible = wordOf(word);
      if (possible === owners[word]) continue;
      if (owners === least) owners = least.slice();
      owners[word] = possible;
    }
    return owners;
  };

  let hasFound = false;
  const note = (state: number): void => {
    const finding = (state - firstFound) / width;
    if (noted[finding] === scans) return;
    noted[finding] = scans;
    if (!hasFound) bits.set(start);
    hasFound = true;
    const marks = found[finding]!;
    for (let mark = 0; mark < marks.length; mark += 2) bits[marks[mark]!]! |= marks[mark + 1]!;
  };

  const scan = (text: string): OwnerSet => {
    scans++;
    hasFound = false;
    const { length } = text;
    // In two halves at once, since each step has to wait for the one before: the second begins early enough for what stands across.
    const offset = Math.max(0, (length >>> 1) - LONGEST_LITERAL);
    const end = length - offset;
    let state = 0;
    let further = 0;
    for (let at = 0; at < end; at++) {
      state = next[state + classOf[text.charCodeAt(at) & 0xff]!]!;
      if (state >= firstFound) note(state);
      if (offset === 0) continue;
      further = next[further + classOf[text.charCodeAt(at + offset) & 0xff]!]!;
      if (further >= firstFound) note(further);
    }
    return hasFound ? ownersFound() : least;
  };
  return { scan, least };
}

export function addOwner(set: OwnerSet, owner: number): void {
  set[owner >>> 5]! |= 1 << (owner & 31);
}

export function removeOwner(set: OwnerSet, owner: number): void {
  set[owner >>> 5]! &= ~(1 << (owner & 31));
}

/** The owners that are in both sets, in order. */
export function ownersInBoth(one: OwnerSet, other: OwnerSet): readonly number[] {
  const owners: number[] = [];
  for (let word = 0; word < one.length; word++) {
    for (let bits = one[word]! & other[word]!; bits !== 0; bits &= bits - 1)
      owners.push(word * 32 + 31 - Math.clz32(bits & -bits));
  }
  return owners;
}

export function hasOwner(set: OwnerSet, owner: number): boolean {
  return (set[owner >>> 5]! & (1 << (owner & 31))) !== 0;
}

interface LiteralAutomaton {
  /** `next[state + class]`: the state after an octet of the class. States are numbered by the beginnings of their rows. */
  readonly next: Int32Array;
  /** This state and those behind it have found something. */
  readonly firstFound: number;
  /** Of each state from there on: pairs of a word and the bits to set in it. */
  readonly found: readonly Int32Array[];
  readonly classOf: Uint8Array;
  readonly width: number;
}

function automatonOf(needs: readonly (readonly Literals[])[], owners: number): LiteralAutomaton {
  const { of: classOf, count: width } = classify(needs);
  const { table, found } = buildTree(needs, owners, classOf, width);
  linkFailures(table, width, found);
  // In their order, but those that have found something last.
  const isFound = (state: number): boolean => found[state]!.size > 0;
  const order = [...found.keys()].toSorted((one, other) => Number(isFound(one)) - Number(isFound(other)) || one - other);
  const rowOf = new Int32Array(order.length);
  for (const [place, state] of order.entries()) rowOf[state] = place * width;
  const next = new Int32Array(table.length);
  for (const [place, state] of order.entries())
    for (let column = 0; column < width; column++) next[place * width + column] = rowOf[table[state * width + column]!]!;
  const finding = order.filter(isFound);
  return {
    next,
    firstFound: (order.length - finding.length) * width,
    found: finding.map((state) => marksOf(found[state]!)),
    classOf,
    width,
  };
}

function marksOf(bits: ReadonlySet<number>): Int32Array {
  const words = new Map<number, number>();
  for (const bit of bits) words.set(bit >>> 5, (words.get(bit >>> 5) ?? 0) | (1 << (bit & 31)));
  return Int32Array.from([...words].flat());
}

/** Octets that no literal has are one class: the table stays small. */
function classify(needs: readonly (readonly Literals[])[]): { readonly of: Uint8Array; readonly count: number } {
  const of = new Uint8Array(256);
  let count = 1;
  for (const literal of needs.flat(2)) {
    for (let at = 0; at < literal.length && at < LONGEST_LITERAL; at++) {
      const octet = literal.charCodeAt(at) & 0xff;
      if (of[octet] === 0) of[octet] = count++;
    }
  }
  for (let lower = 0x61; lower <= 0x7a; lower++) of[lower - 0x20] = of[lower]!;
  return { of, count };
}

interface Tree {
  /** `table[state * width + class]`: the next state; -1 where the tree has none. */
  readonly table: number[];
  /** The bits of the sets that have a literal ending there. */
  readonly found: Set<number>[];
}

function buildTree(needs: readonly (readonly Literals[])[], owners: number, classOf: Uint8Array, width: number): Tree {
  const noEdges = Array.from<number>({ length: width }).fill(-1);
  const table = [...noEdges];
  const found: Set<number>[] = [new Set()];
  const add = (literal: string, bit: number): void => {
    let state = 0;
    for (let at = 0; at < literal.length && at < LONGEST_LITERAL; at++) {
      const edge = state * width + classOf[literal.charCodeAt(at) & 0xff]!;
      if (table[edge] === -1) {
        table[edge] = found.length;
        found.push(new Set());
        table.push(...noEdges);
      }
      state = table[edge]!;
    }
    found[state]!.add(bit);
  };
  for (const [owner, sets] of needs.entries())
    for (const [nth, literals] of sets.entries()) for (const literal of literals) add(literal, nth * owners + owner);
  return { table, found };
}

/** Breadth first: every state also finds what its longest proper ending finds, and every missing edge leads where that ending's does. */
function linkFailures(table: number[], width: number, found: Set<number>[]): void {
  const failure = new Int32Array(found.length);
  const queue: number[] = [];
  for (let column = 0; column < width; column++) {
    const child = table[column]!;
    if (child === -1) table[column] = 0;
    else queue.push(child);
  }
  for (const state of queue) {
    for (const owner of found[failure[state]!]!) found[state]!.add(owner);
    for (let column = 0; column < width; column++) {
      const edge = state * width + column;
      const fallback = table[failure[state]! * width + column]!;
      const child = table[edge]!;
      if (child === -1) table[edge] = fallback;
      else {
        failure[child] = fallback;
        queue.push(child);
      }
    }
  }
}
