/**
 * Patterns of web ACLs and rule groups, matched in time linear in the text. An automaton says whether there is a match at all (automaton.ts),
 * which there seldom is. Where it stands and what it captures, JavaScript's own RegExp says of patterns whose work at any one place is bounded
 * (matching-cost.ts), the linear engine of all others: no pattern can stall an edge. What is found is where it stands first, and earlier
 * alternatives win, as in PCRE.
 */
import type { CompilePattern, LinearRegex, PatternOptions, RegexMatch } from '../../../../model/waf-engine.ts';
import { automaton } from './automaton.ts';
import { matchingCost } from './matching-cost.ts';
import { parsePattern } from './parse-pattern.ts';
import type { Pattern } from './pattern.ts';
import { writePattern } from './write-pattern.ts';

/** Steps at one place that RegExp may be asked for: about what the linear engine, with its larger constant, would take there. */
const MOST_STEPS = 2000;

export function patternCompiler(linear: LinearRegex): CompilePattern {
  return (source: string, options?: PatternOptions) => {
    const find = compileParsed(withoutGroups(parsePattern(source, options)), linear);
    return (text) => {
      const match = find(text);
      return match === undefined ? undefined : { at: match.at, length: match.groups[0]!.length };
    };
  };
}

/** As above, with what its groups captured. */
export function compileParsed(pattern: Pattern, linear: LinearRegex): (text: string) => RegexMatch | undefined {
  const search = searchBy(pattern, linear);
  const occurs = automaton(pattern);
  if (occurs === undefined) return (text) => search(text, 0);
  return (text) => {
    const from = occurs(text);
    return from < 0 ? undefined : search(text, from);
  };
}

/** Whether it matches at all. */
export function compileTest(pattern: Pattern, linear: LinearRegex): (text: string) => boolean {
  const occurs = automaton(pattern);
  if (occurs !== undefined) return (text) => occurs(text) >= 0;
  const search = searchBy(pattern, linear);
  return (text) => search(text, 0) !== undefined;
}

/** The same match, captured by no group: whoever does not ask for them need not pay for them. */
export function withoutGroups(pattern: Pattern): Pattern {
  switch (pattern.kind) {
    case 'octet':
    case 'assertion':
      return pattern;
    case 'group':
      return withoutGroups(pattern.part);
    case 'sequence':
    case 'choice':
      return { ...pattern, parts: pattern.parts.map(withoutGroups) };
    case 'repeat':
      return { ...pattern, part: withoutGroups(pattern.part) };
  }
}

/** The first match at `from` or behind it. */
function searchBy(pattern: Pattern, linear: LinearRegex): (text: string, from: number) => RegexMatch | undefined {
  const written = writePattern(pattern);
  if (matchingCost(pattern) > MOST_STEPS) return linear(written);
  const own = new RegExp(written, 'g');
  return (text, from) => {
    own.lastIndex = from;
    const match = own.exec(text);
    return match === null ? undefined : { at: match.index, groups: match };
  };
}
