/**
 * An HTTP/1.1 request as bytes. RFC 9112 3 and 6: the framing is always explicit, decided here from the body alone, so that an origin
 * can never take a body for a second request. Nothing that could break a line leaves this file. Which fields an origin gets is decided in core.
 */
import type { OriginRequest } from '../../core/request.ts';
import type { RequestBody } from '../../edge/ports.ts';
import { fieldCase } from '../../http/field-case.ts';
import type { Field } from '../../http/fields.ts';
import { withoutHopByHop } from '../../http/hop-by-hop.ts';
import { isToken } from '../../http/token.ts';

export type StreamedBody = Extract<RequestBody, { kind: 'stream' }>;

/** RFC 9112 3.2: no white space, no control character; bytes above ASCII pass as they came. */
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** RFC 9110 8.6: these expect a body, so its absence is said. */
const EXPECTING_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** The head's bytes, or why this request must not be sent. */
export function encodeRequestHead(request: OriginRequest, body: RequestBody): Uint8Array | { readonly refused: string } {
  if (!isToken(request.method)) return { refused: `its method ${JSON.stringify(request.method)} is not a token` };
  if (!TARGET.test(request.target))
    return { refused: `its target ${JSON.stringify(request.target)} holds a character that is not allowed` };
  const fields: Field[] = [['host', request.host]];
  for (const field of withoutHopByHop(request.fields)) if (isSentAsGiven(field[0], body)) fields.push(field);
  fields.push(...framingFields(request.method, body), ...connectionFields(request));
  let head = `${request.method} ${request.target} HTTP/1.1\r\n`;
  for (const [name, value] of fields) {
    if (!isToken(name)) return { refused: `its header name ${JSON.stringify(name)} is not a token` };
    if (!FIELD_VALUE.test(value)) return { refused: `the value of its header ${name} holds a character that is not allowed` };
    head += `${fieldCase(name)}: ${value}\r\n`;
  }
  return Buffer.from(`${head}\r\n`, 'latin1');
}

/** Body bytes under the framing that encodeRequestHead announced. */
export function encodeBodyChunk(chunk: Uint8Array, body: StreamedBody): Uint8Array {
  if (body.length !== undefined) return chunk;
  return Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
}

/** What follows the last chunk: nothing when the length was announced. */
export function encodeBodyEnd(body: StreamedBody): Uint8Array | undefined {
  return body.length === undefined ? LAST_CHUNK : undefined;
}

function framingFields(method: string, body: RequestBody): readonly Field[] {
  if (body.kind === 'stream')
    return [body.length === undefined ? ['transfer-encoding', 'chunked'] : ['content-length', String(body.length)]];
  return EXPECTING_BODY.has(method) ? [['content-length', '0']] : [];
}

/** RFC 9110 7.8: Upgrade belongs to this connection, and Connection says so. */
function connectionFields({ upgrade }: OriginRequest): readonly Field[] {
  if (upgrade === undefined) return [['connection', 'keep-alive']];
  return [
    ['upgrade', upgrade],
    ['connection', 'Upgrade'],
  ];
}

function isSentAsGiven(name: string, body: RequestBody): boolean {
  // RFC 9110 10.1.1: there must be no expectation without a body.
  if (name === 'expect') return body.kind === 'stream';
  return name !== 'host' && name !== 'content-length';
}
