/**
 * The head of an answer as a header block. What every answer from one stored response has in common is encoded once and kept with it;
 * an answer's own lines are looked up by name, since most say what they said last time. RFC 9113 8.3.2, RFC 7541; nothing in it
 * depends on the connection, so that all of them share it.
 */
import type { Fields } from '../../../http/fields.ts';
import { encodedFieldLimit, encodeField, encodeFieldName, encodePlainLength } from '../../../http/hpack/encode-field.ts';
import { KIB, type Bytes } from '../../../model/units.ts';

interface CommonHead {
  readonly status: number;
  readonly length: Bytes | undefined;
  readonly octets: Uint8Array;
}

/** As long as the stored response lives, so does its head. */
const kept = new WeakMap<Fields, CommonHead>();

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

let scratch = Buffer.allocUnsafeSlow(64 * KIB);
const NOTHING = new Uint8Array(0);

/** The block, valid until the next call. `length`: what Content-Length says, where it says something. */
export function encodeHead(status: number, fields: Fields, ownFields: Fields | undefined, length: Bytes | undefined): Uint8Array {
  const common = commonHead(status, fields, length).octets;
  reserve(common.length + (ownFields === undefined ? 0 : limitOf(ownFields)));
  scratch.set(common, 0);
  let at = common.length;
  if (ownFields !== undefined) for (const field of ownFields) at = writeOwn(field[0], field[1], at);
  return scratch.subarray(0, at);
}

function commonHead(status: number, fields: Fields, length: Bytes | undefined): CommonHead {
  const known = kept.get(fields);
  if (known !== undefined && known.status === status && known.length === length) return known;
  const made = { status, length, octets: encodeCommon(status, fields, length) };
  kept.set(fields, made);
  return made;
}

function encodeCommon(status: number, fields: Fields, length: Bytes | undefined): Uint8Array {
  const octets = new Uint8Array(limitOf(fields) + 64);
  let at = encodeField(':status', String(status), octets, 0);
  // CloudFront: the type, the length, then what the origin sent.
  for (const [name, value] of fields) if (name === 'content-type' && value !== '') at = encodeField(name, value, octets, at);
  if (length !== undefined) at = encodeField('content-length', String(length), octets, at);
  for (const [name, value] of fields) if (name !== 'content-type') at = encodeField(name, value, octets, at);
  return octets.slice(0, at);
}

function writeOwn(name: string, value: string, at: number): number {
  const known = knownNames.get(name) ?? addName(name);
  if (known === undefined) return encodeField(name, value, scratch, at);
  if (known.value !== value) {
    if (known.seen !== value) {
      known.seen = value;
      return writeRaw(known.name, value, at);
    }
    known.value = value;
    const octets = new Uint8Array(encodedFieldLimit(name, value));
    known.octets = octets.slice(0, encodeField(name, value, octets, 0));
  }
  scratch.set(known.octets, at);
  return at + known.octets.length;
}

/** Without the Huffman code: what differs each time is not worth it. RFC 7541 5.2. */
function writeRaw(name: Uint8Array, value: string, at: number): number {
  scratch.set(name, at);
  const next = encodePlainLength(value.length, scratch, at + name.length);
  return next + scratch.write(value, next, value.length, 'latin1');
}

function addName(name: string): KnownName | undefined {
  if (knownNames.size >= MAX_KNOWN_NAMES) return undefined;
  const octets = new Uint8Array(encodedFieldLimit(name, ''));
  const known = { name: octets.slice(0, encodeFieldName(name, octets, 0)), seen: '', value: undefined, octets: NOTHING };
  knownNames.set(name, known);
  return known;
}

function limitOf(fields: Fields): Bytes {
  let total = 0;
  for (const field of fields) total += encodedFieldLimit(field[0], field[1]);
  return total;
}

function reserve(size: Bytes): void {
  if (scratch.length < size) scratch = Buffer.allocUnsafeSlow(size);
}
