/**
 * Octets become frames: the preface, then frame after frame, whole. RFC 9113 3.4 and 4. What a frame means is the lane's.
 */
import { FRAME, FRAME_HEAD, FRAME_LIMIT, H2_ERROR, PREFACE, read31, type H2Error } from '../../../http/http2/frames.ts';
import type { Bytes } from '../../../model/units.ts';

/** Takes one frame; its payload is at `from` up to `to` and valid during the call only. False: no more for now. */
export type TakeFrame = (type: number, flags: number, stream: number, octets: Uint8Array, from: number, to: number) => boolean;

const NOTHING = Buffer.alloc(0);
const PREFACE_OCTETS = Buffer.from(PREFACE, 'latin1');

export class FrameReader {
  /** A part of the preface or of a frame, or what came behind the frame at which reading stopped. */
  private held: Uint8Array = NOTHING;
  private isBegun = false;

  constructor(private readonly take: TakeFrame) {}

  /** Whether a part of something that is no DATA is waiting for the rest. */
  get isInHead(): boolean {
    const { held } = this;
    return held.length > 0 && (held.length < FRAME_HEAD || held[3] !== FRAME.data);
  }

  /** Reads as many frames as there are; an error when what came cannot be a frame that we take. */
  push(octets: Uint8Array): H2Error | undefined {
    const input = this.held.length === 0 ? octets : Buffer.concat([this.held, octets]);
    let at = 0;
    if (!this.isBegun) {
      const begun = this.readPreface(input);
      if (begun !== 'begun') return begun;
      at = PREFACE_OCTETS.length;
    }
    while (input.length - at >= FRAME_HEAD) {
      const length: Bytes = (input[at]! << 16) | (input[at + 1]! << 8) | input[at + 2]!;
      // RFC 9113 4.2.
      if (length > FRAME_LIMIT) return H2_ERROR.frameSize;
      const from = at + FRAME_HEAD;
      const to = from + length;
      if (to > input.length) break;
      const stream = read31(input, at + 5);
      const type = input[at + 3]!;
      const flags = input[at + 4]!;
      at = to;
      if (!this.take(type, flags, stream, input, from, to)) break;
    }
    this.hold(input, at);
    return undefined;
  }

  private hold(input: Uint8Array, at: number): void {
    // A copy: octets are valid during the call only.
    this.held = at === input.length ? NOTHING : Uint8Array.prototype.slice.call(input, at);
  }

  private readPreface(input: Uint8Array): 'begun' | H2Error | undefined {
    const length = Math.min(input.length, PREFACE_OCTETS.length);
    if (PREFACE_OCTETS.compare(input, 0, length, 0, length) !== 0) return H2_ERROR.protocol;
    if (length === PREFACE_OCTETS.length) {
      this.isBegun = true;
      return 'begun';
    }
    this.hold(input, 0);
    return undefined;
  }
}
