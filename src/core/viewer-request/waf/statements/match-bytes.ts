/**
 * Does the text hold what a byte match statement searches for, in its place? AWS WAF: ByteMatchStatement.PositionalConstraint. All is octets,
 * and case counts; who wants otherwise transforms the text first.
 */
import type { Finding } from '../../../../model/waf-engine.ts';
import type { PositionalConstraint } from '../../../../model/web-acl-statement.ts';

export function matchBytes(text: string, search: string, position: PositionalConstraint): Finding | undefined {
  const at = find(text, search, position);
  return at < 0 ? undefined : { at, length: search.length };
}

/** Where it begins, or less than 0. */
function find(text: string, search: string, position: PositionalConstraint): number {
  switch (position) {
    case 'EXACTLY':
      return text === search ? 0 : -1;
    case 'STARTS_WITH':
      return text.startsWith(search) ? 0 : -1;
    case 'ENDS_WITH':
      return text.endsWith(search) ? text.length - search.length : -1;
    case 'CONTAINS':
      return text.indexOf(search);
    case 'CONTAINS_WORD':
      return findWord(text, search);
  }
}

const WORD_CHARACTER = /[0-9A-Za-z_]/;

/** AWS WAF: with no letter, digit or underscore before or behind it. */
function findWord(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!WORD_CHARACTER.test(text.charAt(at - 1)) && !WORD_CHARACTER.test(text.charAt(at + word.length))) return at;
  }
  return -1;
}
