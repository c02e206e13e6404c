/**
 * Frames as octets on a wire: RFC 9113 4.1 and 6. When they may be sent is decided by whoever calls.
 */
import { FLAG, FRAME, FRAME_HEAD, FRAME_LIMIT, type H2Error } from '../../../http/http2/frames.ts';
import { NO_DYNAMIC_TABLE } from '../../../http/hpack/encode-field.ts';
import { SETTING_SIZE } from '../../../http/http2/settings.ts';
import type { Bytes } from '../../../model/units.ts';
import type { OutBuffer, Wire } from '../wire.ts';

const NOTHING = new Uint8Array(0);
const FIRST_IN_FIRST_BLOCK = Uint8Array.of(NO_DYNAMIC_TABLE);

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

  /** A header block, in as many frames as it needs. */
  headers(stream: number, head: Uint8Array, isLast: boolean): void {
    const block = this.hasSentHeaders ? head : Buffer.concat([FIRST_IN_FIRST_BLOCK, head]);
    this.hasSentHeaders = true;
    let type: number = FRAME.headers;
    let flags = isLast ? FLAG.endStream : 0;
    for (let at = 0; at === 0 || at < block.length; at += FRAME_LIMIT) {
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

  /** A stream without a body. */
  end(stream: number): void {
    this.data(stream, NOTHING, true);
  }

  /** Room for the frame, its head written. */
  private open(length: Bytes, type: number, flags: number, stream: number): OutBuffer {
    const out = this.wire.room(FRAME_HEAD + length);
    const { octets } = out;
    const at = out.length;
    octets[at] = length >> 16;
    octets[at + 1] = length >> 8;
    octets[at + 2] = length;
    octets[at + 3] = type;
    octets[at + 4] = flags;
    out.length = at + 5;
    put32(out, stream);
    return out;
  }
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
