/**
 * Frames: how messages are cut out of a stream of octets between processes of Warmfront. Nothing a viewer or an origin sends is ever
 * read by this. Layout, numbers big-endian:
 *
 *     length (4)   of what follows
 *     kind (1)     what the payload is; the protocol on top says
 *     payload
 *
 * What kinds there are: calls.ts, adapters/tier/tier-messages.ts.
 */
import { MIB, type Bytes } from '../model/units.ts';

/** Ours: a snapshot of every distribution fits; whoever announces more is none of us. */
export const LARGEST_FRAME: Bytes = 256 * MIB;
const PREFIX: Bytes = 5;

export type TakeFrame = (kind: number, payload: Uint8Array) => void;

export function encodeFrame(kind: number, payload: Uint8Array | string): Uint8Array {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
  const frame = Buffer.allocUnsafe(PREFIX + length);
  frame.writeUInt32BE(length + 1, 0);
  frame[4] = kind;
  if (typeof payload === 'string') frame.write(payload, PREFIX);
  else frame.set(payload, PREFIX);
  return frame;
}

/** Takes octets as they come, and hands out each frame when it is whole. Throws when the other side cannot be one of ours. */
export function createFrameReader(take: TakeFrame, largest: Bytes = LARGEST_FRAME): (bytes: Uint8Array) => void {
  let held: Uint8Array[] = [];
  let heldBytes: Bytes = 0;
  /** No frame is whole before so many octets are there. */
  let needed: Bytes = PREFIX;

  return function push(bytes) {
    held.push(bytes);
    heldBytes += bytes.byteLength;
    if (heldBytes < needed) return;
    const all = held.length === 1 ? bytes : Buffer.concat(held, heldBytes);
    let at: Bytes = 0;
    for (;;) {
      const left = all.byteLength - at;
      needed = left < PREFIX ? PREFIX : frameSize(all, at, largest);
      if (left < needed) break;
      take(all[at + 4] ?? 0, all.subarray(at + PREFIX, at + needed));
      at += needed;
    }
    heldBytes = all.byteLength - at;
    held = heldBytes === 0 ? [] : [all.subarray(at)];
  };
}

function frameSize(bytes: Uint8Array, at: Bytes, largest: Bytes): Bytes {
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
  if (length < 1 || length > largest) throw new Error(`a frame of ${length} octets cannot be one of ours`);
  return length + 4;
}
