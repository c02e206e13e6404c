/** Sets of octets: what a character class of a pattern allows. A mask of 256 bits in eight words. */

export type OctetSet = Uint32Array;

export function emptySet(): OctetSet {
  return new Uint32Array(8);
}

export function addRange(set: OctetSet, first: number, last: number): void {
  for (let octet = first; octet <= last; octet++) set[octet >>> 5]! |= 1 << (octet & 31);
}

export function addAll(set: OctetSet, more: OctetSet): void {
  for (let word = 0; word < 8; word++) set[word]! |= more[word]!;
}

export function complement(set: OctetSet): OctetSet {
  return set.map((word) => ~word);
}

export function hasOctet(set: OctetSet, octet: number): boolean {
  return (set[octet >>> 5]! & (1 << (octet & 31))) !== 0;
}

/** With the other case of each ASCII letter. */
export function addOtherCase(set: OctetSet): void {
  for (let lower = 0x61; lower <= 0x7a; lower++) {
    const upper = lower - 0x20;
    if (hasOctet(set, lower)) addRange(set, upper, upper);
    else if (hasOctet(set, upper)) addRange(set, lower, lower);
  }
}

export function octetsIn(set: OctetSet): number[] {
  const octets: number[] = [];
  for (let octet = 0; octet < 256; octet++) if (hasOctet(set, octet)) octets.push(octet);
  return octets;
}

/** Of what `\d`, `\w` and `\s` stand for, and POSIX's names. ASCII, as in RE2; `\s` has the vertical tab, as in PCRE. */
const NAMED: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  digit: [[0x30, 0x39]],
  word: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  lower: [[0x61, 0x7a]],
  upper: [[0x41, 0x5a]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  graph: [[0x21, 0x7e]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
  ascii: [[0x00, 0x7f]],
};

/** Undefined where there is no class of that name. */
export function namedSet(name: string): OctetSet | undefined {
  const ranges = NAMED[name];
  if (ranges === undefined) return undefined;
  const set = emptySet();
  for (const [first, last] of ranges) addRange(set, first, last);
  return set;
}
