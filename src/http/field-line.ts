/**
 * One field line of an HTTP/1.1 message: RFC 9112 5, stricter than the letter wherever two readers could understand it differently
 * (RFC 9112 11.1). What a field means has one file for each field.
 */
import type { Field } from './fields.ts';
import { isToken, trimWhitespace } from './token.ts';

// RFC 9110 5.5: visible characters, obs-text, and space or tab between them; we refuse every other control character.
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The field of one line, or why there is none. RFC 9112 5: no space before the colon, no folded lines. */
export function parseFieldLine(line: string): Field | string {
  const first = line.charCodeAt(0);
  if (first === 0x20 || first === 0x09) return 'a header line is folded (it starts with white space)';
  const colon = line.indexOf(':');
  if (colon < 0) return `the header line ${quoted(line)} has no colon`;
  const name = line.slice(0, colon);
  if (!isToken(name)) return `the header name ${quoted(name)} is not valid`;
  const value = trimWhitespace(line.slice(colon + 1));
  if (!FIELD_VALUE.test(value)) return `the value of the header ${name} holds a control character`;
  return [name.toLowerCase(), value];
}

/** As JSON so that control characters show; cut, because origins may send anything. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
