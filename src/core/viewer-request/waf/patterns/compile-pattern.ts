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
    const find = compileParsed(parsePattern(source, options), linear);
    return (text) => {
      const match = find(text);
      return match === undefined ? undefined : { at: match.at, length: match.groups[0]!.length };
    };
  };
}

type Search = (text: string) => RegexMatch | undefined;

/** As above, with what its groups captured. */
export function compileParsed(pattern: Pattern, linear: LinearRegex): Search {
  const search = searchBy(pattern, linear);
  const occurs = automaton(pattern);
  return occurs === undefined ? search : (text) => (occurs(text) === false ? undefined : search(text));
}

/** Whether it matches at all. */
export function compileTest(pattern: Pattern, linear: LinearRegex): (text: string) => boolean {
  const search = searchBy(pattern, linear);
  const occurs = automaton(pattern);
  return (text) => occurs?.(text) ?? search(text) !== undefined;
}

function searchBy(pattern: Pattern, linear: LinearRegex): Search {
  const written = writePattern(pattern);
  if (matchingCost(pattern) <= MOST_STEPS) {
    const own = new RegExp(written);
    return (text) => {
      const match = own.exec(text);
      return match === null ? undefined : { at: match.index, groups: match };
    };
  }
  const compiled = linear(written);
  return (text) => (compiled.test(text) ? compiled.exec(text) : undefined);
}
