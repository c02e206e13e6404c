/**
 * The head of an answer as a header block. What every answer from one stored response has in common is encoded once and kept with it;
 * an answer's own lines are looked up by name, since most say what they said last time. RFC 9113 8.3.2, RFC 7541; nothing in it
 * depends on the connection, so that all of them share it.
 */
import type { EdgeAnswer } from '../../../edge/answer.ts';
import type { Fields } from '../../../http/fields.ts';
import { encodedFieldLimit, encodeField, encodeFieldName, encodePlainLength } from '../../../http/hpack/encode-field.ts';
import type { Bytes } from '../../../model/units.ts';
import { KeptHeads } from '../kept-heads.ts';

interface CommonHead {
  readonly status: number;
  readonly edgeFields: Fields | undefined;
  readonly length: Bytes | undefined;
  readonly octets: Uint8Array;
}

const kept = new KeptHeads<CommonHead>();

interface KnownName {
  readonly name: Uint8Array;
  /** The value seen last; what comes a second time in a row is encoded and kept. */
  seen: string;
  value: string | undefined;
  octets: Uint8Array;
}

/** Ours: the edge's own fields and those of response headers policies are few; names beyond this are encoded each time. */
const MAX_KNOWN_NAMES = 256;
const knownNames = new Map<string, KnownName>();

const NOTHING = new Uint8Array(0);

/** Room that the lines take at most. */
export function linesLimit(fields: Fields): Bytes {
  let total = 0;
  for (const field of fields) total += encodedFieldLimit(field[0], field[1]);
  return total;
}

/** Writes an answer's own lines from `at` on, and returns where they end. */
export function writeOwnLines(ownFields: Fields, into: Buffer, at: number): number {
  let next = at;
  for (const field of ownFields) next = writeOwn(field[0], field[1], into, next);
  return next;
}

/** The lines that answers from one stored response share. `length`: what Content-Length says, where it says something. */
export function commonLines(
  { status, fields, edgeFields }: Pick<EdgeAnswer, 'status' | 'fields' | 'edgeFields'>,
  length: Bytes | undefined,
): Uint8Array {
  const known = kept.get(fields);
  if (known !== undefined && known.status === status && known.length === length && known.edgeFields === edgeFields)
    return known.octets;
  const octets = encodeCommon(status, fields, edgeFields ?? NO_FIELDS, length);
  kept.set(fields, { status, length, edgeFields, octets });
  return octets;
}

const NO_FIELDS: Fields = [];

function encodeCommon(status: number, fields: Fields, edgeFields: Fields, length: Bytes | undefined): Uint8Array {
  const octets = new Uint8Array(linesLimit(fields) + linesLimit(edgeFields) + 64);
  let at = encodeField(':status', String(status), octets, 0);
  // CloudFront: the type, the length, then what the origin sent.
  for (const [name, value] of fields) if (name === 'content-type' && value !== '') at = encodeField(name, value, octets, at);
  if (length !== undefined) at = encodeField('content-length', String(length), octets, at);
  for (const [name, value] of fields) if (name !== 'content-type') at = encodeField(name, value, octets, at);
  for (const [name, value] of edgeFields) at = encodeField(name, value, octets, at);
  return octets.slice(0, at);
}

function writeOwn(name: string, value: string, into: Buffer, at: number): number {
  const known = knownNames.get(name) ?? addName(name);
  if (known === undefined) return encodeField(name, value, into, at);
  if (known.value !== value) {
    if (known.seen !== value) {
      known.seen = value;
      return writeRaw(known.name, value, into, at);
    }
    known.value = value;
    const octets = new Uint8Array(encodedFieldLimit(name, value));
    known.octets = octets.slice(0, encodeField(name, value, octets, 0));
  }
  into.set(known.octets, at);
  return at + known.octets.length;
}

/** Without the Huffman code: what differs each time is not worth it. RFC 7541 5.2. */
function writeRaw(name: Uint8Array, value: string, into: Buffer, at: number): number {
  into.set(name, at);
  const next = encodePlainLength(value.length, into, at + name.length);
  return next + into.write(value, next, value.length, 'latin1');
}

function addName(name: string): KnownName | undefined {
  if (knownNames.size >= MAX_KNOWN_NAMES) return undefined;
  const octets = new Uint8Array(encodedFieldLimit(name, ''));
  const known = { name: octets.slice(0, encodeFieldName(name, octets, 0)), seen: '', value: undefined, octets: NOTHING };
  knownNames.set(name, known);
  return known;
}
