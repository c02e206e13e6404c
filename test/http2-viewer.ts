/**
 * A viewer that speaks HTTP/2 frame by frame to a lane, without sockets and with a clock of its own. What it gets is written down as
 * short lines, `rst 1 PROTOCOL_ERROR`, so that tests read as a conversation.
 */
import type { ViewerHandler } from '../src/edge/answer.ts';
import type { Field } from '../src/http/fields.ts';
import { hpackDecoders } from '../src/http/hpack/decoder.ts';
import type { TableEntry } from '../src/http/hpack/dynamic-table.ts';
import { encodedFieldLimit, encodeField } from '../src/http/hpack/encode-field.ts';
import { FLAG, FRAME, PREFACE } from '../src/http/http2/frames.ts';
import { SECOND, type Bytes, type Duration, type Instant } from '../src/model/units.ts';
import { Http2Lane } from '../src/adapters/listen/http2/http2-lane.ts';
import type { OutBuffer, Wire } from '../src/adapters/listen/wire.ts';

export type Handle = ViewerHandler['handle'];

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

class MemoryWire implements Wire {
  readonly viewerAddress = '192.0.2.1';
  readonly viewerPort = 4711;
  readonly tls = undefined;
  deadline: Instant = Infinity;
  backlog: Bytes = 0;
  sent: Bytes = 0;
  state: 'open' | 'ended' | 'destroyed' = 'open';
  isPaused = false;
  /** The kernel takes nothing: what is written stays in the backlog. */
  isStuck = false;
  readonly out: OutBuffer = { octets: Buffer.alloc(128 * 1024), length: 0 };
  private readonly left: Buffer[] = [];

  room(size: Bytes): OutBuffer {
    if (this.out.octets.length - this.out.length < size) this.flush();
    return this.out;
  }
  send(octets: Uint8Array): void {
    this.flush();
    this.leave(Buffer.from(octets));
  }
  flush(): void {
    this.leave(Buffer.from(this.out.octets.subarray(0, this.out.length)));
    this.out.length = 0;
  }
  private leave(octets: Buffer): void {
    if (this.state !== 'open') return;
    this.left.push(octets);
    if (this.isStuck) this.backlog += octets.length;
    else this.sent += octets.length;
  }
  taken(): Buffer {
    this.flush();
    return Buffer.concat(this.left.splice(0));
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  end(): void {
    this.flush();
    this.state = 'ended';
  }
  destroy(): void {
    this.state = 'destroyed';
  }
}

export interface Http2Viewer {
  readonly wire: MemoryWire;
  readonly lane: Http2Lane;
  readonly reported: unknown[];
  /** Octets in one batch, and what came back by then. */
  send(...octets: readonly Uint8Array[]): string[];
  /** What has come since. Settings and windows at the beginning are left out. */
  got(): string[];
  /** Octets of the bodies that came, by stream. */
  readonly bodies: Map<number, string>;
  /** Moves the clock, looking at deadlines each second as the listener does. */
  pass(time: Duration): void;
}

/** A connection whose preface and settings have been exchanged, unless `begun` says otherwise. */
export function connect(handle: Handle, begun: Uint8Array = preface()): Http2Viewer {
  const wire = new MemoryWire();
  let now: Instant = 0;
  const reported: unknown[] = [];
  const lane = new Http2Lane(wire, {
    handler: { handle },
    scheme: 'https',
    now: () => now,
    report: (_message, error) => reported.push(error),
  });
  const decoder = hpackDecoders({
    classify: () => 0,
    readText: (octets, from, to) => Buffer.from(octets.subarray(from, to)).toString('latin1'),
    maxBlock: 1_000_000,
  })(4096);
  const bodies = new Map<number, string>();
  let unread = Buffer.alloc(0);
  let openBlock = Buffer.alloc(0);

  function got(): string[] {
    const lines: string[] = [];
    unread = Buffer.concat([unread, wire.taken()]);
    while (unread.length >= 9) {
      const end = 9 + unread.readUIntBE(0, 3);
      if (unread.length < end) break;
      const line = describe(unread[3]!, unread[4]!, unread.readUInt32BE(5), unread.subarray(9, end));
      if (line !== undefined) lines.push(line);
      unread = unread.subarray(end);
    }
    if (wire.state !== 'open') lines.push(wire.state);
    return lines;
  }

  function describe(type: number, flags: number, stream: number, payload: Buffer): string | undefined {
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

  function send(...octets: readonly Uint8Array[]): string[] {
    lane.receive(Buffer.concat(octets));
    return got();
  }

  const viewer: Http2Viewer = {
    wire,
    lane,
    reported,
    send,
    got,
    bodies,
    pass(time) {
      for (const until = now + time; now < until;) {
        now += SECOND;
        if (now < wire.deadline) continue;
        wire.deadline = Infinity;
        lane.expired();
      }
    },
  };
  if (begun.length > 0) send(begun);
  return viewer;
}
