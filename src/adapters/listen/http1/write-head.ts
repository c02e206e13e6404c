/**
 * The head of an HTTP/1.1 answer in octets: RFC 9112 4 and 6, in CloudFront's order and casing (facts 7.4). What every answer from one
 * stored response has in common is made once and kept with it; an answer's own lines are added each time.
 */
import { STATUS_CODES } from 'node:http';
import type { EdgeAnswer } from '../../../edge/answer.ts';
import { fieldCase } from '../../../http/field-case.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Bytes } from '../../../model/units.ts';
import { KeptHeads } from '../kept-heads.ts';

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
  readonly octets: Buffer;
}

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
  const made = { ...framing, status, statusDescription, edgeFields, octets: Buffer.from(text, 'latin1') };
  kept.set(fields, made);
  return made;
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
