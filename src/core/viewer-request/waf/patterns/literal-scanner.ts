/**
 * Finds which of many owners (rules) have one of their literals in a text, reading the text once: the automaton of Aho and Corasick, with
 * ASCII letters taken without regard to case. Answers a set of owners as bits.
 */
import { LONGEST_LITERAL } from './required-literals.ts';

/** Bit `owner & 31` of word `owner >>> 5` is set where a literal of the owner occurs. */
export type OwnerSet = Uint32Array;

export interface LiteralScanner {
  /** The same empty set every time where no literal occurs. */
  readonly scan: (text: string) => OwnerSet;
  readonly none: OwnerSet;
}

/** `literals[owner]`: in lower case, none of them empty; undefined where the owner has none and is never found. */
export function literalScanner(literals: readonly (readonly string[] | undefined)[]): LiteralScanner {
  const words = (literals.length + 31) >>> 5;
  const none = new Uint32Array(words);
  const classes = classify(literals);
  const width = classes.count;
  const { table, found } = buildTree(literals, classes.of, width);
  linkFailures(table, width, found);
  const next = Int32Array.from(table);
  const owners = found.map((set) => (set.size === 0 ? undefined : Int32Array.from(set)));
  const classOf = classes.of;
  const scan = (text: string): OwnerSet => {
    let set: OwnerSet | undefined;
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      state = next[state * width + classOf[text.charCodeAt(at) & 0xff]!]!;
      const hits = owners[state];
      if (hits === undefined) continue;
      set ??= new Uint32Array(words);
      for (const owner of hits) set[owner >>> 5]! |= 1 << (owner & 31);
    }
    return set ?? none;
  };
  return { scan, none };
}

export function hasOwner(set: OwnerSet, owner: number): boolean {
  return (set[owner >>> 5]! & (1 << (owner & 31))) !== 0;
}

/** Octets that no literal has are one class: the table stays small. */
function classify(literals: readonly (readonly string[] | undefined)[]): { readonly of: Uint8Array; readonly count: number } {
  const of = new Uint8Array(256);
  let count = 1;
  for (const set of literals) {
    for (const literal of set ?? []) {
      for (let at = 0; at < literal.length; at++) {
        const octet = literal.charCodeAt(at) & 0xff;
        if (of[octet] === 0) of[octet] = count++;
      }
    }
  }
  for (let lower = 0x61; lower <= 0x7a; lower++) of[lower - 0x20] = of[lower]!;
  return { of, count };
}

interface Tree {
  /** `table[state * width + class]`: the next state; -1 where the tree has none. */
  readonly table: number[];
  readonly found: Set<number>[];
}

function buildTree(literals: readonly (readonly string[] | undefined)[], classOf: Uint8Array, width: number): Tree {
  const noEdges = Array.from<number>({ length: width }).fill(-1);
  const table = [...noEdges];
  const found: Set<number>[] = [new Set()];
  for (const [owner, set] of literals.entries()) {
    for (const literal of set ?? []) {
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
      found[state]!.add(owner);
    }
  }
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
