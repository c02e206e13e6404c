/**
 * The head of an HTTP/1.1 answer in octets: RFC 9112 4 and 6, in CloudFront's order and casing (facts 7.4). What every answer from one
 * stored response has in common is made once and kept with it; an answer's own lines are added each time.
 */
import { STATUS_CODES } from 'node:http';
import type { EdgeAnswer } from '../../../edge/answer.ts';
import { fieldCase } from '../../../http/field-case.ts';
import type { Field, Fields } from '../../../http/fields.ts';
import type { Bytes } from '../../../model/units.ts';
import { KeptHeads } from '../kept-heads.ts';
import { ROOM_LIMIT } from '../wire.ts';

/** How the body is framed, and whether the connection goes on. */
export interface Framing {
  readonly kind: 'length' | 'chunked' | 'none';
  /** Of kind `length`. */
  readonly length: Bytes;
  readonly connection: 'keep-alive' | 'close' | 'Upgrade';
}

export interface CommonHead extends Framing {
  readonly status: number;
  readonly statusDescription: string | undefined;
  readonly edgeFields: Fields | undefined;
  octets: Buffer;
  /** The last hit's head, whole, of which the octets are then the beginning. */
  hit: HitHead | undefined;
}

interface HitHead {
  readonly octets: Buffer;
  own: HitFields;
  /** Where the values stand in it. */
  readonly offsets: readonly [Bytes, Bytes];
}

/** The fields of a hit alone: its id and its age. */
type HitFields = readonly [Field, Field];

const kept = new KeptHeads<CommonHead>();

/** Status line, framing and the lines of `fields` and `edgeFields`, without the empty line. */
export function commonHead(
  { status, statusDescription, fields, edgeFields }: Omit<EdgeAnswer, 'body'>,
  framing: Framing,
): CommonHead {
  const known = kept.get(fields);
  if (
    known !== undefined &&
    known.status === status &&
    known.statusDescription === statusDescription &&
    known.edgeFields === edgeFields &&
    known.length === framing.length &&
    known.kind === framing.kind &&
    known.connection === framing.connection
  )
    return known;
  const phrase = statusDescription ?? STATUS_CODES[status] ?? '';
  const text = headText(`${status} ${phrase}`, fields, framing) + (edgeFields === undefined ? '' : fieldLines(edgeFields));
  const made = { ...framing, status, statusDescription, edgeFields, octets: Buffer.from(text, 'latin1'), hit: undefined };
  kept.set(fields, made);
  return made;
}

/** The head of a hit, whole, the empty line included. Valid until the next call: what differs is written over in place. */
export function hitHead(common: CommonHead, own: HitFields): Buffer {
  const { hit } = common;
  if (hit !== undefined && isWrittenOver(hit, own)) {
    hit.own = own;
    return hit.octets;
  }
  const lines = own.map((field) => fieldLines([field])) as [string, string];
  const first = common.octets.length + own[0][0].length + ': '.length;
  const second = common.octets.length + lines[0].length + own[1][0].length + ': '.length;
  const octets = Buffer.concat([common.octets, Buffer.from(`${lines[0]}${lines[1]}\r\n`, 'latin1')]);
  common.octets = octets.subarray(0, common.octets.length);
  common.hit = { octets, own, offsets: [first, second] };
  return octets;
}

/** False, and nothing written, where the lines are not as long as they were. */
function isWrittenOver({ octets, own: [lastId, lastAge], offsets }: HitHead, [id, age]: HitFields): boolean {
  if (id[0] !== lastId[0] || age[0] !== lastAge[0]) return false;
  if (id[1].length !== lastId[1].length || age[1].length !== lastAge[1].length) return false;
  if (id[1] !== lastId[1]) octets.write(id[1], offsets[0], 'latin1');
  if (age[1] !== lastAge[1]) octets.write(age[1], offsets[1], 'latin1');
  return true;
}

/** Are these the lines of a hit, and may its head be kept whole? What is too large to be copied for each answer must not change any more. */
export function isHit(common: CommonHead, own: Fields | undefined): own is HitFields {
  return own?.length === 2 && own[1]![0] === 'age' && common.octets.length < ROOM_LIMIT / 2;
}

function headText(status: string, fields: Fields, { kind, length, connection }: Framing): string {
  let type = '';
  let others = '';
  for (const [name, value] of fields) {
    if (name === 'content-type') type += `Content-Type: ${value}\r\n`;
    else others += `${fieldCase(name)}: ${value}\r\n`;
  }
  let framed = '';
  if (kind === 'length') framed = `Content-Length: ${length}\r\n`;
  else if (kind === 'chunked') framed = 'Transfer-Encoding: chunked\r\n';
  // RFC 9110 15.2.2: a 101 says to what; there is one protocol that tunnels are opened for.
  else if (connection === 'Upgrade') framed = 'Upgrade: websocket\r\n';
  // CloudFront: the type, the length, Connection, then what the origin sent.
  return `HTTP/1.1 ${status}\r\n${type}${framed}Connection: ${connection}\r\n${others}`;
}

/** Field lines as HTTP/1.1 writes them. */
export function fieldLines(fields: Fields): string {
  let text = '';
  for (const field of fields) text += `${fieldCase(field[0])}: ${field[1]}\r\n`;
  return text;
}

/** RFC 9110 15.2: an interim response, whole. */
export function interimHead(status: number, fields: Fields): Buffer {
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fieldLines(fields)}\r\n`, 'latin1');
}
