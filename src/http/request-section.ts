/**
 * The field section of an HTTP/1.1 request: RFC 9112 3.2 (Host), 5 (field lines), 6 (framing), RFC 6455 4.1 (WebSocket). Whatever two
 * readers could frame or route differently is refused, so that no origin ever sees it (RFC 9112 11.2).
 * Viewers repeat their section from request to request, so it is parsed apart from the request line, and only when it has changed.
 */
import type { Bytes } from '../model/units.ts';
import { parseFieldLine } from './field-line.ts';
import { fieldValue, type Field, type Fields } from './fields.ts';
import { isPersistent } from './persistence.ts';
import { listMembers } from './token.ts';

export interface RequestSection {
  /** Undefined when there is none. */
  readonly host: string | undefined;
  /** Without Host, in the order received. */
  readonly fields: Fields;
  readonly framing:
    | { readonly kind: 'none' }
    | { readonly kind: 'length'; readonly length: Bytes }
    | { readonly kind: 'chunked' };
  /** RFC 9110 10.1.1. */
  readonly expectsContinue: boolean;
  /** By HTTP/1.1 and by HTTP/1.0. */
  readonly persists: readonly [minor0: boolean, minor1: boolean];
  /** All that a WebSocket handshake needs but the method and the version. */
  readonly isWebSocket: boolean;
}

// RFC 9110 8.6: digits only. Fifteen of them stay exact in a double.
const LENGTH = /^[0-9]{1,15}$/;
/** RFC 6455 4.1: 16 octets in base64. */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

const NONE = { kind: 'none' } as const;
const CHUNKED = { kind: 'chunked' } as const;

/** `text`: the lines, each ended by CR LF, without the empty one. A string says what is wrong. */
export function parseRequestSection(text: string): RequestSection | string {
  const fields: Field[] = [];
  let host: string | undefined;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    // A bare CR or LF is a control character in a name or a value, and refused as one.
    const field = parseFieldLine(text.slice(at, end));
    if (typeof field === 'string') return field;
    at = end + 2;
    if (field[0] !== 'host') fields.push(field);
    // RFC 9112 3.2: a second Host is as bad as an invalid one.
    else if (host !== undefined) return 'it has more than one Host';
    else host = field[1];
  }
  const framing = framingOf(fields);
  if (typeof framing === 'string') return framing;
  return {
    host,
    fields,
    framing,
    expectsContinue: fieldValue(fields, 'expect')?.toLowerCase() === '100-continue',
    persists: [isPersistent(fields, 0), isPersistent(fields, 1)],
    isWebSocket: isWebSocket(fields, framing),
  };
}

/** RFC 9112 6.3, without its leniency: one framing field, once, of one value. */
function framingOf(fields: Fields): RequestSection['framing'] | string {
  let length: string | undefined;
  let coding: string | undefined;
  for (const [name, value] of fields) {
    if (name === 'content-length') {
      if (length !== undefined) return 'it has more than one Content-Length';
      length = value;
    } else if (name === 'transfer-encoding') {
      if (coding !== undefined) return 'it has more than one Transfer-Encoding';
      coding = value;
    }
  }
  if (coding !== undefined) {
    // RFC 9112 6.1: both together are an attempt to smuggle, or will be taken for one.
    if (length !== undefined) return 'it has both Transfer-Encoding and Content-Length';
    return coding.toLowerCase() === 'chunked' ? CHUNKED : 'its Transfer-Encoding is not chunked';
  }
  if (length === undefined) return NONE;
  return LENGTH.test(length) ? { kind: 'length', length: Number(length) } : 'its Content-Length is not a number';
}

function isWebSocket(fields: Fields, framing: RequestSection['framing']): boolean {
  if (fieldValue(fields, 'upgrade')?.toLowerCase() !== 'websocket' || framing.kind !== 'none') return false;
  const options = listMembers(fieldValue(fields, 'connection') ?? '').map((option) => option.toLowerCase());
  return (
    options.includes('upgrade') &&
    WEBSOCKET_KEY.test(fieldValue(fields, 'sec-websocket-key') ?? '') &&
    fieldValue(fields, 'sec-websocket-version') === '13'
  );
}
