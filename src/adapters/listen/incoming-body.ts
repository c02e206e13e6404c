/**
 * A viewer's request body between the lane that receives it and the edge that reads it: a queue of octets with one reader, bounded by the
 * lane, which lets the viewer send more only as the reader takes what is there. RFC 9110 6.4; how a body is framed is the lane's.
 */
import type { RequestBody } from '../../edge/ports.ts';
import { KIB, type Bytes } from '../../model/units.ts';

export interface IncomingBody {
  readonly body: Extract<RequestBody, { kind: 'stream' }>;
  /** Octets as received; they are copied. What comes after the reader has left is dropped. */
  push(octets: Uint8Array): void;
  /** Nobody will read it: what is there goes, and what still comes. */
  drop(): void;
  /** The body is whole. */
  end(): void;
  /** It never will be: the reader is told by an error. */
  fail(reason: string): void;
  /** Octets waiting for the reader. */
  readonly waiting: Bytes;
  /** Whether the edge has begun to read. */
  readonly isTouched: boolean;
  /** Whether the reader has left before the end: the rest is nobody's. */
  readonly isAbandoned: boolean;
}

export interface IncomingBodyEvents {
  /** The edge asks for the first octets: a viewer who waits for 100 (Continue) may send. */
  touched?(): void;
  /** The reader has taken so many octets, or has left and wants none. */
  taken(octets: Bytes): void;
}

/** Ours: pieces below this are joined while they wait, so that a body of many small ones does not take many times its size. */
const JOINED: Bytes = 4 * KIB;

export function createIncomingBody(length: Bytes | undefined, events: IncomingBodyEvents): IncomingBody {
  const queue: Uint8Array[] = [];
  /** Where small pieces are joined: the last of the queue is what is in use of it. */
  let joined: Uint8Array | undefined;
  let inUse: Bytes = 0;
  let waiting: Bytes = 0;
  let state: 'open' | 'ended' | 'failed' | 'abandoned' = 'open';
  let reason = '';
  let isTouched = false;
  let wake: (() => void) | undefined;

  function settle(next: 'ended' | 'failed'): void {
    if (state !== 'open') return;
    state = next;
    wake?.();
  }

  function enqueue(octets: Uint8Array): void {
    const { length: size } = octets;
    if (size >= JOINED || queue.length === 0) {
      queue.push(octets.slice());
      joined = undefined;
      return;
    }
    if (joined === undefined || inUse + size > JOINED) {
      joined = new Uint8Array(JOINED);
      inUse = 0;
      queue.push(joined);
    }
    joined.set(octets, inUse);
    inUse += size;
    queue[queue.length - 1] = joined.subarray(0, inUse);
  }

  async function* read(): AsyncGenerator<Uint8Array> {
    isTouched = true;
    events.touched?.();
    try {
      for (;;) {
        const octets = queue.shift();
        if (octets !== undefined) {
          waiting -= octets.byteLength;
          events.taken(octets.byteLength);
          yield octets;
        } else if (state === 'ended' || state === 'abandoned') return;
        else if (state === 'failed') throw new Error(reason);
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      abandon();
    }
  }

  function abandon(): void {
    if (state === 'open') state = 'abandoned';
    queue.length = 0;
    const dropped = waiting;
    waiting = 0;
    if (dropped > 0) events.taken(dropped);
  }

  return {
    body: { kind: 'stream', length, chunks: read() },
    push(octets) {
      if (state !== 'open') {
        events.taken(octets.byteLength);
        return;
      }
      enqueue(octets);
      waiting += octets.byteLength;
      wake?.();
    },
    drop() {
      abandon();
      wake?.();
    },
    end: () => settle('ended'),
    fail(why) {
      reason = why;
      settle('failed');
    },
    get waiting() {
      return waiting;
    },
    get isTouched() {
      return isTouched;
    },
    get isAbandoned() {
      return state === 'abandoned';
    },
  };
}
