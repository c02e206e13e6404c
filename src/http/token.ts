/**
 * The small words of HTTP's grammar: tokens, quoted strings, optional whitespace, comma-separated lists.
 * RFC 9110 5.6. Each field's own file says what its members mean.
 */

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** RFC 9110 5.6.2. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Without leading and trailing spaces and tabs, and nothing else. RFC 9110 5.6.3. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) start++;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * The members of a comma-separated list, trimmed, empty ones left out; commas inside quoted strings do not separate.
 * RFC 9110 5.6.1. An unterminated quoted string reaches to the end.
 */
export function listMembers(value: string): readonly string[] {
  const members: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (quoted && code === 0x5c) at++;
    else if (code === 0x22) quoted = !quoted;
    else if (code === 0x2c && !quoted) {
      members.push(trimWhitespace(value.slice(start, at)));
      start = at + 1;
    }
  }
  members.push(trimWhitespace(value.slice(start)));
  return members.filter((member) => member !== '');
}

const QUOTED_STRING = /^"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"$/;

/** The text of a quoted string, escapes undone, or undefined when it is none. RFC 9110 5.6.4. */
export function unquote(text: string): string | undefined {
  return QUOTED_STRING.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : undefined;
}
