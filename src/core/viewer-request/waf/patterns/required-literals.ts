/**
 * What a text must contain for a pattern to match it: sets of literals (ASCII letters in lower case) of each of which at least one occurs in
 * every match. With the literals of hundreds of rules in one automaton (literal-scanner.ts), a text is read once and nearly all rules are
 * ruled out.
 */
import type { Pattern } from './pattern.ts';
import { octetsIn, type OctetSet } from './octet-set.ts';

/** One of these occurs. */
export type Literals = readonly string[];

/** More alternatives of one piece of text than this are not multiplied out. */
const MOST_EXACT = 128;
const MOST_LITERALS = 4000;
/** A beginning of a literal is as required as the whole; longer ones exclude hardly more. */
export const LONGEST_LITERAL = 8;
/** Further sets exclude hardly more, and cost memory. */
export const MOST_SETS = 2;

interface Needs {
  /** All that it can match, where that is a short list; undefined otherwise. */
  readonly exact: Literals | undefined;
  readonly required: readonly Literals[];
}

/** The sets that exclude most, best first. None where nothing useful is known: the pattern has to be tried on every text. */
export function requiredLiterals(pattern: Pattern): readonly Literals[] {
  const sets = setsOf(needsOf(pattern)).filter(isSelective);
  return [...new Map(sets.map((literals) => [literals.join('\n'), literals])).values()].slice(0, MOST_SETS);
}

const NOTHING: Needs = { exact: undefined, required: [] };
const EMPTY: Needs = { exact: [''], required: [] };

function needsOf(pattern: Pattern): Needs {
  switch (pattern.kind) {
    case 'octet':
      return needsOfSet(pattern.set);
    case 'assertion':
      return EMPTY;
    case 'group':
      return needsOf(pattern.part);
    case 'choice':
      return needsOfChoice(pattern.parts.map(needsOf));
    case 'sequence':
      return needsOfSequence(pattern.parts.map(needsOf));
    case 'repeat':
      return needsOfRepeat(needsOf(pattern.part), pattern.least, pattern.most);
  }
}

function needsOfSet(set: OctetSet): Needs {
  const literals = [
    ...new Set(octetsIn(set).map((octet) => String.fromCharCode(octet).replace(/[A-Z]/, (letter) => letter.toLowerCase()))),
  ];
  return literals.length > 24 ? NOTHING : { exact: literals, required: [] };
}

function needsOfChoice(parts: readonly Needs[]): Needs {
  if (parts.every(({ exact }) => exact !== undefined)) {
    const exact = [...new Set(parts.flatMap((part) => part.exact!))];
    if (exact.length <= MOST_LITERALS) return { exact, required: [] };
  }
  const sets = parts.map((part) => setsOf(part).filter(isSelective));
  if (sets.some((ofPart) => ofPart.length === 0)) return NOTHING;
  // One set of each alternative; of one that has no more, the last again.
  const count = Math.min(MOST_SETS, Math.max(...sets.map((ofPart) => ofPart.length)));
  const required = Array.from({ length: count }, (_, at) => [
    ...new Set(sets.flatMap((ofPart) => ofPart[Math.min(at, ofPart.length - 1)]!)),
  ]);
  return { exact: undefined, required };
}

function needsOfRepeat(part: Needs, least: number, most: number): Needs {
  if (least === 0) {
    if (most === 1 && part.exact !== undefined && part.exact.length < MOST_EXACT)
      return { exact: [...new Set(['', ...part.exact])], required: [] };
    return NOTHING;
  }
  if (least === most && least <= 4) return needsOfSequence(Array.from({ length: least }, () => part));
  return { exact: undefined, required: setsOf(part) };
}

function needsOfSequence(parts: readonly Needs[]): Needs {
  const required: Literals[] = [];
  let run: Literals = [''];
  let isExact = true;
  for (const part of parts) {
    if (part.exact !== undefined && run.length * part.exact.length <= MOST_EXACT) {
      const ends = part.exact;
      run = run.flatMap((start) => ends.map((end) => start + end));
      continue;
    }
    isExact = false;
    required.push(run, ...part.required);
    run = part.exact ?? [''];
  }
  if (isExact) return { exact: run, required: [] };
  required.push(run);
  return { exact: undefined, required };
}

/** Those that exclude something, best first. */
function setsOf({ exact, required }: Needs): readonly Literals[] {
  const useful = (exact === undefined ? required : [exact]).filter(isUseful);
  return useful.toSorted((one, other) => worth(other) - worth(one));
}

function isUseful(literals: Literals): boolean {
  return literals.length > 0 && literals.length <= MOST_LITERALS && !literals.includes('');
}

/** A letter or digit alone is in nearly every text. */
function isSelective(literals: Literals): boolean {
  return literals.every((literal) => rarity(literal) > 1);
}

/** The weakest literal counts: how seldom ordinary text has it. Fewer are better where that is equal. */
function worth(literals: Literals): number {
  let least = Infinity;
  for (const literal of literals) least = Math.min(least, rarity(literal));
  return least - literals.length / MOST_LITERALS;
}

function rarity(literal: string): number {
  let rare = 0;
  for (const character of literal.slice(0, LONGEST_LITERAL))
    rare += /[a-z0-9 ]/.test(character) ? 1 : /[-/.=_&,:%]/.test(character) ? 1.2 : 2.5;
  return rare;
}
