/**
 * HTTP/2 frame by frame, for tests: frames to send, of any kind and as wrong as a test wants them, and what comes back written down as
 * short lines, `rst 1 PROTOCOL_ERROR`, so that tests read as a conversation.
 */
import type { Field } from '../src/http/fields.ts';
import { hpackDecoders } from '../src/http/hpack/decoder.ts';
import type { TableEntry } from '../src/http/hpack/dynamic-table.ts';
import { encodedFieldLimit, encodeField } from '../src/http/hpack/encode-field.ts';
import { FLAG, FRAME, PREFACE } from '../src/http/http2/frames.ts';

const ERRORS: Readonly<Record<number, string>> = {
  0: 'NO_ERROR',
  1: 'PROTOCOL_ERROR',
  2: 'INTERNAL_ERROR',
  3: 'FLOW_CONTROL_ERROR',
  5: 'STREAM_CLOSED',
  6: 'FRAME_SIZE_ERROR',
  7: 'REFUSED_STREAM',
  8: 'CANCEL',
  9: 'COMPRESSION_ERROR',
  11: 'ENHANCE_YOUR_CALM',
};

export const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(' ', ''));
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const u32 = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
};

/** Any frame; `payload` as octets or text. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array | string = ''): Buffer {
  const octets = typeof payload === 'string' ? latin1(payload) : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(octets.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, octets]);
}

export function block(fields: readonly Field[]): Buffer {
  const octets = Buffer.alloc(fields.reduce((total, field) => total + encodedFieldLimit(...field), 0));
  let at = 0;
  for (const field of fields) at = encodeField(...field, octets, at);
  return octets.subarray(0, at);
}

/** The least that a request has, and what is added. */
export const request = (method: string, path: string, more: readonly Field[] = []): readonly Field[] => [
  [':method', method],
  [':scheme', 'https'],
  [':path', path],
  [':authority', 'a.test'],
  ...more,
];

export const headers = (stream: number, fields: readonly Field[], flags: number = FLAG.endStream | FLAG.endHeaders): Buffer =>
  frame(FRAME.headers, flags, stream, block(fields));
export const get = (stream: number, path = '/', more: readonly Field[] = []): Buffer =>
  headers(stream, request('GET', path, more));
/** A request whose body follows. */
export const post = (stream: number, path = '/', more: readonly Field[] = []): Buffer =>
  headers(stream, request('POST', path, more), FLAG.endHeaders);
export const data = (stream: number, octets: Uint8Array | string, isLast = false): Buffer =>
  frame(FRAME.data, isLast ? FLAG.endStream : 0, stream, octets);
export const settings = (...pairs: readonly (readonly [id: number, value: number])[]): Buffer =>
  frame(FRAME.settings, 0, 0, Buffer.concat(pairs.map(([id, value]) => Buffer.concat([u32(id).subarray(2), u32(value)]))));
export const windowUpdate = (stream: number, octets: number): Buffer => frame(FRAME.windowUpdate, 0, stream, u32(octets));
export const rst = (stream: number, code = 8): Buffer => frame(FRAME.rstStream, 0, stream, u32(code));
export const ping = (text = '12345678', flags = 0): Buffer => frame(FRAME.ping, flags, 0, text);

export const preface = (...pairs: readonly (readonly [id: number, value: number])[]): Buffer =>
  Buffer.concat([latin1(PREFACE), settings(...pairs)]);

export interface FrameLog {
  /** The frames that these octets complete, a line each. */
  push(octets: Uint8Array): string[];
  /** Octets of the bodies that came, by stream. */
  readonly bodies: Map<number, string>;
}

export function createFrameLog(): FrameLog {
  const decoder = hpackDecoders({
    classify: () => 0,
    readText: (octets, from, to) => Buffer.from(octets.subarray(from, to)).toString('latin1'),
    maxBlock: 1_000_000,
  })(4096);
  const bodies = new Map<number, string>();
  let unread = Buffer.alloc(0);
  let openBlock = Buffer.alloc(0);

  function push(octets: Uint8Array): string[] {
    const lines: string[] = [];
    unread = Buffer.concat([unread, octets]);
    while (unread.length >= 9) {
      const end = 9 + unread.readUIntBE(0, 3);
      if (unread.length < end) break;
      lines.push(describe(unread[3]!, unread[4]!, unread.readUInt32BE(5), unread.subarray(9, end)));
      unread = unread.subarray(end);
    }
    return lines;
  }

  function describe(type: number, flags: number, stream: number, payload: Buffer): string {
    const end = flags & FLAG.endStream ? ' end' : '';
    switch (type) {
      case FRAME.headers:
      case FRAME.continuation: {
        openBlock = Buffer.concat([openBlock, payload]);
        if (!(flags & FLAG.endHeaders)) return `part of headers ${stream}`;
        const entries: TableEntry[] = [];
        if (!decoder.decode(openBlock, 0, openBlock.length, entries, 1_000_000)) return 'headers that cannot be read';
        openBlock = Buffer.alloc(0);
        return `headers ${stream} ${entries.map(({ field: [name, value] }) => `${name}=${value}`).join(' ')}${end}`;
      }
      case FRAME.data:
        bodies.set(stream, (bodies.get(stream) ?? '') + payload.toString('latin1'));
        return `data ${stream} ${payload.length}${end}`;
      case FRAME.settings:
        return flags & FLAG.ack ? 'settings ack' : 'settings';
      case FRAME.ping:
        return `ping ${payload.toString('latin1')}${flags & FLAG.ack ? ' ack' : ''}`;
      case FRAME.goaway:
        return `goaway ${payload.readUInt32BE(0)} ${ERRORS[payload.readUInt32BE(4)]}`;
      case FRAME.rstStream:
        return `rst ${stream} ${ERRORS[payload.readUInt32BE(0)]}`;
      case FRAME.windowUpdate:
        return `window ${stream} ${payload.readUInt32BE(0)}`;
      default:
        return `frame ${type}`;
    }
  }

  return { push, bodies };
}
