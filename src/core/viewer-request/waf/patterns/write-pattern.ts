/**
 * A parsed pattern, written again in what JavaScript's and RE2's syntax have in common: octets as `\xHH`, flags resolved, so that every
 * engine reads the same and means octets.
 */
import type { Assertion, Pattern } from './pattern.ts';
import { hasOctet, type OctetSet } from './octet-set.ts';

/** Without flag `m`, JavaScript has no other way to say line start than by looking around: only RE2 can be asked. */
const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  'text-start': '^',
  'text-end': '$',
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  'word-boundary': '\\b',
  'no-word-boundary': '\\B',
};

export function writePattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'octet':
      return writeSet(pattern.set);
    case 'assertion':
      return ASSERTIONS[pattern.asserts];
    case 'sequence':
      return pattern.parts.map((part) => (part.kind === 'choice' ? `(?:${writePattern(part)})` : writePattern(part))).join('');
    case 'choice':
      return pattern.parts.map(writePattern).join('|');
    case 'group':
      return `(${writePattern(pattern.part)})`;
    case 'repeat':
      return `(?:${writePattern(pattern.part)})${writeBounds(pattern.least, pattern.most)}${pattern.isLazy ? '?' : ''}`;
  }
}

function writeBounds(least: number, most: number): string {
  if (most === Infinity) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`;
  if (least === 0 && most === 1) return '?';
  return least === most ? `{${least}}` : `{${least},${most}}`;
}

function writeSet(set: OctetSet): string {
  const ranges: string[] = [];
  for (let first = 0; first < 256; first++) {
    if (!hasOctet(set, first)) continue;
    let last = first;
    while (last < 255 && hasOctet(set, last + 1)) last++;
    ranges.push(first === last ? writeOctet(first) : `${writeOctet(first)}-${writeOctet(last)}`);
    first = last;
  }
  const [only] = ranges;
  if (ranges.length === 1 && (only!.length === 1 || only!.length === 4)) return only!;
  // No octet at all: RE2 has no empty class.
  return ranges.length === 0 ? '[^\\x00-\\xff]' : `[${ranges.join('')}]`;
}

function writeOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  return /[a-zA-Z0-9]/.test(character) ? character : `\\x${octet.toString(16).padStart(2, '0')}`;
}
