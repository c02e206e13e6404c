/**
 * A field line as HPACK writes it: by number where the static table has it, else spelled out, in the Huffman code where that is
 * shorter. RFC 7541 6. Nothing is put into the viewer's dynamic table: what is encoded can be kept and sent on every connection.
 */
import type { Bytes } from '../../model/units.ts';
import { encodeHuffman, huffmanLength } from './huffman-encode.ts';
import { STATIC_TABLE } from './static-table.ts';

/** RFC 7541 6.3: the dynamic table holds nothing. First on each connection, so that no later limit needs an answer. */
export const NO_DYNAMIC_TABLE = 0x20;

const INDEX_BY_NAME = new Map<string, number>();
const INDEX_BY_LINE = new Map<string, number>();
for (const [position, [name, value]] of STATIC_TABLE.entries()) {
  if (!INDEX_BY_NAME.has(name)) INDEX_BY_NAME.set(name, position + 1);
  if (value !== '') INDEX_BY_LINE.set(`${name}\n${value}`, position + 1);
}

/** Room that the line takes at most. */
export function encodedFieldLimit(name: string, value: string): Bytes {
  return name.length + value.length + 12;
}

/** Writes the line from `at` on, and returns where it ends. Names in lower case, an octet a character. */
export function encodeField(name: string, value: string, into: Uint8Array, at: number): number {
  const index = INDEX_BY_LINE.get(`${name}\n${value}`);
  if (index !== undefined) return writeNumber(0x80, 0x7f, index, into, at);
  return encodeString(value, into, encodeFieldName(name, into, at));
}

/** Writes how a line without indexing begins, its name by number where it has one; the value follows. RFC 7541 6.2.2. */
export function encodeFieldName(name: string, into: Uint8Array, at: number): number {
  const named = INDEX_BY_NAME.get(name);
  if (named !== undefined) return writeNumber(0, 0x0f, named, into, at);
  into[at] = 0;
  return encodeString(name, into, at + 1);
}

/** Writes how a string begins that is not in the Huffman code; `length` octets follow. RFC 7541 5.2. */
export function encodePlainLength(length: Bytes, into: Uint8Array, at: number): number {
  return writeNumber(0, 0x7f, length, into, at);
}

/** Writes a string, and returns where it ends. RFC 7541 5.2. */
function encodeString(text: string, into: Uint8Array, at: number): number {
  const coded = huffmanLength(text);
  if (coded < text.length) return encodeHuffman(text, into, writeNumber(0x80, 0x7f, coded, into, at));
  let next = encodePlainLength(text.length, into, at);
  for (let index = 0; index < text.length; index++) into[next++] = text.charCodeAt(index);
  return next;
}

/** A number whose first octet has `pattern` above the bits of `mask`. RFC 7541 5.1. */
function writeNumber(pattern: number, mask: number, value: number, into: Uint8Array, at: number): number {
  if (value < mask) {
    into[at] = pattern | value;
    return at + 1;
  }
  into[at] = pattern | mask;
  let next = at + 1;
  let left = value - mask;
  for (; left >= 0x80; left >>= 7) into[next++] = (left & 0x7f) | 0x80;
  into[next] = left;
  return next + 1;
}
