/**
 * One copy of a large body for all viewers who take it at the same time. Bun 1.4.5 copies the octets of a Uint8Array into each
 * Response, so that 500 viewers of a 5 MB hit took 2.6 GB; a Blob's octets are shared by every Response made of it. Making the
 * Blob is a copy, too: small bodies, which are most, are handed over as they are.
 */
import { KIB, type Bytes } from '../../../model/units.ts';

/** Ours: below this, copying costs no more than sharing does. */
const WORTH_SHARING: Bytes = 256 * KIB;

/** Held weakly: once nobody takes the body any more, the store's octets are the only ones. */
const shared = new WeakMap<ArrayBufferLike, WeakRef<Blob>>();

/** What a Response is made of for these octets, which are never changed. */
export function sharedBody(bytes: Uint8Array): Uint8Array<ArrayBuffer> | Blob {
  const octets = bytes as Uint8Array<ArrayBuffer>;
  if (octets.byteLength < WORTH_SHARING) return octets;
  const { buffer, byteOffset, byteLength } = octets;
  let blob = shared.get(buffer)?.deref();
  if (blob === undefined) {
    blob = new Blob([buffer]);
    shared.set(buffer, new WeakRef(blob));
  }
  return byteLength === buffer.byteLength ? blob : blob.slice(byteOffset, byteOffset + byteLength);
}

/** What is handed over at once of a body in pieces. */
const PIECE: Bytes = 64 * KIB;

/**
 * The octets as a stream, so that Bun adds no Content-Type. A small one is complete at once and keeps its Content-Length; Bun would
 * copy a large one for each viewer, so it goes piece by piece at the viewer's pace, and its length is not announced.
 */
export function untypedBody(bytes: Uint8Array): ReadableStream<Uint8Array> {
  if (bytes.byteLength >= WORTH_SHARING) return inPieces(bytes);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: bytes.byteLength + 1, size: () => bytes.byteLength },
  );
}

function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at: Bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(bytes.subarray(at, at + PIECE));
        at += PIECE;
        if (at >= bytes.byteLength) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
