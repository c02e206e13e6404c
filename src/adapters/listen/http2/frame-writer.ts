/**
 * Frames as octets on a wire: RFC 9113 4.1 and 6. When they may be sent is decided by whoever calls.
 */
import type { Fields } from '../../../http/fields.ts';
import { FLAG, FRAME, FRAME_HEAD, FRAME_LIMIT, type H2Error } from '../../../http/http2/frames.ts';
import { NO_DYNAMIC_TABLE } from '../../../http/hpack/encode-field.ts';
import { SETTING_SIZE } from '../../../http/http2/settings.ts';
import type { Bytes } from '../../../model/units.ts';
import type { OutBuffer, Wire } from '../wire.ts';
import { linesLimit, writeOwnLines } from './answer-head.ts';

export class FrameWriter {
  private hasSentHeaders = false;

  constructor(private readonly wire: Wire) {}

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    const out = this.open(settings.length * SETTING_SIZE, FRAME.settings, 0, 0);
    for (const [id, value] of settings) {
      out.octets[out.length] = id >> 8;
      out.octets[out.length + 1] = id;
      out.length += 2;
      put32(out, value);
    }
  }

  settingsAck(): void {
    this.open(0, FRAME.settings, FLAG.ack, 0);
  }

  ping(octets: Uint8Array, flags: number): void {
    const out = this.open(octets.length, FRAME.ping, flags, 0);
    put(out, octets);
  }

  goaway(lastStream: number, code: H2Error): void {
    const out = this.open(8, FRAME.goaway, 0, 0);
    put32(out, lastStream);
    put32(out, code);
  }

  reset(stream: number, code: H2Error): void {
    put32(this.open(4, FRAME.rstStream, 0, stream), code);
  }

  windowUpdate(stream: number, octets: Bytes): void {
    put32(this.open(4, FRAME.windowUpdate, 0, stream), octets);
  }

  /** A header block: lines that are encoded already, then an answer's own. */
  headers(stream: number, common: Uint8Array, ownFields: Fields, isLast: boolean): void {
    const limit = 1 + common.length + linesLimit(ownFields);
    if (limit > FRAME_LIMIT) {
      const octets = Buffer.allocUnsafe(limit);
      this.largeBlock(stream, octets.subarray(0, this.block(common, ownFields, octets, 0)), isLast);
      return;
    }
    const out = this.wire.room(FRAME_HEAD + limit);
    const at = out.length;
    const end = this.block(common, ownFields, out.octets, at + FRAME_HEAD);
    head(out, end - at - FRAME_HEAD, FRAME.headers, isLast ? FLAG.endHeaders | FLAG.endStream : FLAG.endHeaders, stream);
    out.length = end;
  }

  private block(common: Uint8Array, ownFields: Fields, into: Buffer, at: number): number {
    let next = at;
    if (!this.hasSentHeaders) into[next++] = NO_DYNAMIC_TABLE;
    this.hasSentHeaders = true;
    into.set(common, next);
    return writeOwnLines(ownFields, into, next + common.length);
  }

  private largeBlock(stream: number, block: Uint8Array, isLast: boolean): void {
    let type: number = FRAME.headers;
    let flags = isLast ? FLAG.endStream : 0;
    for (let at = 0; at < block.length; at += FRAME_LIMIT) {
      const part = block.subarray(at, at + FRAME_LIMIT);
      if (at + FRAME_LIMIT >= block.length) flags |= FLAG.endHeaders;
      put(this.open(part.length, type, flags, stream), part);
      type = FRAME.continuation;
      flags = 0;
    }
  }

  /** Octets of a body, at most FRAME_LIMIT. */
  data(stream: number, octets: Uint8Array, isLast: boolean): void {
    put(this.open(octets.length, FRAME.data, isLast ? FLAG.endStream : 0, stream), octets);
  }

  /** Room for the frame, its head written. */
  private open(length: Bytes, type: number, flags: number, stream: number): OutBuffer {
    const out = this.wire.room(FRAME_HEAD + length);
    head(out, length, type, flags, stream);
    return out;
  }
}

function head(out: OutBuffer, length: Bytes, type: number, flags: number, stream: number): void {
  const { octets } = out;
  const at = out.length;
  octets[at] = length >> 16;
  octets[at + 1] = length >> 8;
  octets[at + 2] = length;
  octets[at + 3] = type;
  octets[at + 4] = flags;
  out.length = at + 5;
  put32(out, stream);
}

function put32(out: OutBuffer, value: number): void {
  const { octets, length } = out;
  octets[length] = value >>> 24;
  octets[length + 1] = value >>> 16;
  octets[length + 2] = value >>> 8;
  octets[length + 3] = value;
  out.length = length + 4;
}

function put(out: OutBuffer, octets: Uint8Array): void {
  out.octets.set(octets, out.length);
  out.length += octets.length;
}
