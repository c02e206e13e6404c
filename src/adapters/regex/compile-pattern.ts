/**
 * Patterns of web ACLs and rule groups, matched in time linear in the text. The engine's own RegExp runs those whose work at any one place
 * is bounded (matching-cost.ts), RE2 all others, by re2js: no pattern can stall an edge. What is found is where it stands first; leftmost
 * alternatives win, as in PCRE.
 */
import { RE2JS } from 're2js';
import type { CompilePattern, Finding } from '../../model/waf-engine.ts';
import { matchingCost } from '../../core/viewer-request/waf/patterns/matching-cost.ts';
import { parsePattern } from '../../core/viewer-request/waf/patterns/parse-pattern.ts';
import { writePattern } from '../../core/viewer-request/waf/patterns/write-pattern.ts';

/** Steps at one place that the engine's own RegExp may be asked for: what it saves over RE2 is about this much. */
const MOST_STEPS = 2000;

export const compilePattern: CompilePattern = (source, options) => {
  const pattern = parsePattern(source, options);
  const written = writePattern(pattern);
  if (matchingCost(pattern) <= MOST_STEPS) {
    const own = new RegExp(written);
    return (text) => findingOf(own.exec(text));
  }
  const re2 = RE2JS.compile(written);
  return (text) => (re2.test(text) ? findingOf(re2.exec(text)) : undefined);
};

function findingOf(match: (ArrayLike<string> & { readonly index: number }) | null): Finding | undefined {
  return match === null ? undefined : { at: match.index, length: match[0]!.length };
}
