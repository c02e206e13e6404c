/**
 * What a text must contain for a pattern to match it: a set of literals (ASCII letters in lower case) of which at least one occurs in every
 * match. With the literals of hundreds of rules in one automaton (literal-scanner.ts), a text is read once and nearly all rules are ruled out.
 */
import type { Pattern } from './pattern.ts';
import { octetsIn, type OctetSet } from './octet-set.ts';

/** More alternatives of one piece of text than this are not multiplied out. */
const MOST_EXACT = 128;
const MOST_LITERALS = 4000;
/** A beginning of a literal is as required as the whole; longer ones exclude hardly more. */
export const LONGEST_LITERAL = 8;

interface Needs {
  /** All that it can match, where that is a short list; undefined otherwise. */
  readonly exact: readonly string[] | undefined;
  readonly required: readonly string[] | undefined;
}

/** Undefined where nothing useful is known: the pattern has to be tried on every text. */
export function requiredLiterals(pattern: Pattern): readonly string[] | undefined {
  const { exact, required } = needsOf(pattern);
  const literals = best(exact, required);
  // A letter or digit alone is in nearly every text.
  return literals === undefined || literals.some((literal) => rarity(literal) <= 1) ? undefined : literals;
}

const NOTHING: Needs = { exact: undefined, required: undefined };
const EMPTY: Needs = { exact: [''], required: undefined };

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
  return literals.length > 24 ? NOTHING : { exact: literals, required: undefined };
}

function needsOfChoice(parts: readonly Needs[]): Needs {
  const exact: string[] = [];
  const required: string[] = [];
  let isExact = true;
  for (const part of parts) {
    const some = best(part.exact, part.required);
    if (part.exact === undefined) isExact = false;
    else if (isExact) exact.push(...part.exact);
    if (some === undefined && !isExact) return NOTHING;
    if (some === undefined) required.push('');
    else required.push(...some);
  }
  if (isExact && new Set(exact).size <= MOST_LITERALS) return { exact: [...new Set(exact)], required: undefined };
  return { exact: undefined, required: isUseful(required) ? [...new Set(required)] : undefined };
}

function needsOfRepeat(part: Needs, least: number, most: number): Needs {
  if (least === 0) {
    if (most === 1 && part.exact !== undefined && part.exact.length < MOST_EXACT)
      return { exact: [...new Set(['', ...part.exact])], required: undefined };
    return NOTHING;
  }
  if (least === most && least <= 4) return needsOfSequence(Array.from({ length: least }, () => part));
  return { exact: undefined, required: best(part.exact, part.required) };
}

function needsOfSequence(parts: readonly Needs[]): Needs {
  let found: readonly string[] | undefined;
  let run: readonly string[] = [''];
  let isExact = true;
  for (const part of parts) {
    if (part.exact !== undefined && run.length * part.exact.length <= MOST_EXACT) {
      const ends = part.exact;
      run = run.flatMap((start) => ends.map((end) => start + end));
      continue;
    }
    isExact = false;
    found = better(found, run);
    found = better(found, part.exact === undefined ? part.required : undefined);
    run = part.exact ?? [''];
  }
  if (isExact) return { exact: run, required: undefined };
  return { exact: undefined, required: better(found, run) };
}

function best(exact: readonly string[] | undefined, required: readonly string[] | undefined): readonly string[] | undefined {
  return better(required, exact);
}

function better(one: readonly string[] | undefined, other: readonly string[] | undefined): readonly string[] | undefined {
  if (other === undefined || !isUseful(other)) return one;
  return one === undefined || worth(other) > worth(one) ? other : one;
}

function isUseful(literals: readonly string[]): boolean {
  return literals.length > 0 && literals.length <= MOST_LITERALS && !literals.includes('');
}

/** The weakest literal counts: how seldom ordinary text has it. Fewer are better where that is equal. */
function worth(literals: readonly string[]): number {
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
