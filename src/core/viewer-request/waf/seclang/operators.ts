/**
 * The operators of SecLang (ModSecurity reference manual, "Operators") that rules of requests use. Each is made once from its argument; where
 * the argument has macros (`%{tx.name}`), it is told what they stand for at each call. What is negated is turned round by compile-rules.ts.
 */
import type { RegexMatch } from '../../../../model/waf-engine.ts';
import { hasBrokenPercentEncoding } from '../transformations/url-decode.ts';
import { hasBrokenUtf8 } from '../transformations/utf8-to-unicode.ts';

/** Undefined: no match. What is captured is TX:0 and further. `argument`: the operator's, with its macros expanded. */
export type Operator = (text: string, argument: string) => RegexMatch | undefined;

type Compare = (text: string, argument: string) => boolean;

const COMPARISONS: Readonly<Record<string, Compare>> = {
  '@beginsWith': (text, argument) => text.startsWith(argument),
  '@contains': (text, argument) => text.includes(argument),
  '@endsWith': (text, argument) => text.endsWith(argument),
  '@streq': (text, argument) => text === argument,
  // An empty text is within everything; rules mean one that is there.
  '@within': (text, argument) => argument.includes(text),
  '@eq': (text, argument) => numberOf(text) === numberOf(argument),
  '@ge': (text, argument) => numberOf(text) >= numberOf(argument),
  '@gt': (text, argument) => numberOf(text) > numberOf(argument),
  '@le': (text, argument) => numberOf(text) <= numberOf(argument),
  '@lt': (text, argument) => numberOf(text) < numberOf(argument),
  '@unconditionalMatch': () => true,
  '@noMatch': () => false,
  '@validateUrlEncoding': hasBrokenPercentEncoding,
  '@validateUtf8Encoding': hasBrokenUtf8,
};

/** Undefined where there is no such operator, or it is one of those that compile-rules.ts makes itself (@rx, @pm, detection). */
export function comparison(name: string, argument: string): Operator | undefined {
  if (name === '@validateByteRange') return byteRange(argument);
  const compare = COMPARISONS[name];
  if (compare === undefined) return undefined;
  return (text, expanded) => (compare(text, expanded) ? { at: 0, groups: [text] } : undefined);
}

/** `@pm` and `@pmFromFile`: one of many words, without regard to the case of ASCII. */
export function phraseMatch(words: readonly string[]): Operator {
  const lowered = words.map((word) => word.toLowerCase());
  return (text) => {
    const haystack = text.toLowerCase();
    for (const word of lowered) {
      const at = haystack.indexOf(word);
      if (at >= 0) return { at, groups: [text.slice(at, at + word.length)] };
    }
    return undefined;
  };
}

/** Matches where an octet is *not* in `1-255,10`. */
function byteRange(argument: string): Operator {
  const octet = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`;
  const ranges = argument.split(',').map((range) => {
    const [first, last = first] = range.trim().split('-').map(Number);
    return `${octet(first!)}-${octet(last!)}`;
  });
  const beyond = new RegExp(`[^${ranges.join('')}]`);
  return (text) => {
    const match = beyond.exec(text);
    return match === null ? undefined : { at: match.index, groups: match };
  };
}

/** What is no number counts as 0, as in C. */
function numberOf(text: string): number {
  const number = parseInt(text, 10);
  return Number.isNaN(number) ? 0 : number;
}
