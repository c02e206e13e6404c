/**
 * Reads text as the SQL that it would be where a value stands: as it is, or within a string whose quote it may close. One pass; strings and
 * comments may lack their end. What the kinds of tokens mean: sql-words.ts.
 */
import { kindOfWord, type TokenKind } from './sql-words.ts';

export interface SqlToken {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
  /** Of a string: whether its beginning and its end are in the text. */
  readonly opens?: boolean;
  readonly closes?: boolean;
}

export type SqlContext = '' | "'" | '"';

/** Injections say what they are within a few tokens, behind whatever they are padded with; text is longer. */
const MOST_TOKENS = 1000;

const NUMBER = /0[xX][0-9a-fA-F]+|0[bB][01]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_\x80-\xff$][\w\x80-\xff$]*(?:\.[A-Za-z_\x80-\xff$][\w\x80-\xff$]*)*/y;
const VARIABLE = /@{1,2}(?:[\w.$]+|`[^`]*`?)?/y;
const OPERATOR = /<=>|<>|<=|>=|!=|:=|::|\|\||&&|==|~\*|!~|[=<>!+\-*/%^~|&]/y;
const SPACE = /[\s\0\xa0]+/y;

export function sqlTokens(text: string, context: SqlContext): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  if (context !== '') {
    const end = endOfString(text, 0, context);
    tokens.push({ kind: 's', text: text.slice(0, end), at: 0, opens: false, closes: end <= text.length });
    at = end;
  }
  while (at < text.length && tokens.length < MOST_TOKENS) {
    const space = matchAt(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = readToken(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function readToken(text: string, at: number): SqlToken {
  const character = text[at]!;
  const made = (kind: TokenKind, length: number): SqlToken => ({ kind, text: text.slice(at, at + length), at });
  if (character === "'" || character === '"') {
    const end = endOfString(text, at + 1, character);
    return { kind: 's', text: text.slice(at, end), at, opens: true, closes: end <= text.length && text[end - 1] === character };
  }
  const comment = commentAt(text, at);
  if (comment !== undefined) return comment;
  if (character === '`') {
    const end = text.indexOf('`', at + 1);
    return made('n', (end < 0 ? text.length : end + 1) - at);
  }
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined && !/[A-Za-z_\x80-\xff]/.test(text[at + number.length] ?? '')) return made('1', number.length);
  const word = matchAt(WORD, text, at) ?? (number === undefined ? undefined : matchAt(/\w+/y, text, at));
  if (word !== undefined)
    return made(kindOfWord(word, /^\s*\(/.test(text.slice(at + word.length, at + word.length + 8))), word.length);
  if (character === '@') return made('v', matchAt(VARIABLE, text, at)!.length);
  const operator = matchAt(OPERATOR, text, at);
  if (operator !== undefined) return made(operator === '||' || operator === '&&' ? '&' : 'o', operator.length);
  return made('(),;{}'.includes(character) ? (character as TokenKind) : '?', 1);
}

function commentAt(text: string, at: number): SqlToken | undefined {
  if (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    const whole = text.slice(at, end < 0 ? undefined : end + 2);
    // MySQL executes what stands in `/*! ... */`: only the mark is a token.
    if (/^\/\*[!M]/.test(whole)) return { kind: 'X', text: /^\/\*M?!?\d*/.exec(whole)![0], at };
    return { kind: 'c', text: whole, at };
  }
  if (text[at] !== '#' && !text.startsWith('--', at)) return undefined;
  const end = text.indexOf('\n', at);
  return { kind: 'c', text: text.slice(at, end < 0 ? undefined : end + 1), at };
}

/** Behind the closing quote: a doubled or escaped one closes nothing. One past the text's length where there is none. */
function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return text.length + 1;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
