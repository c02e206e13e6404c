/**
 * The body of an answer as it comes over a connection, for one reader: held back when the reader is slow, given up when the reader leaves,
 * and never short without a word.
 */
import { KIB, type Bytes } from '../../model/units.ts';

/** Ours: above the first the connection is made to wait, below the second it goes on. */
const PAUSE_ABOVE: Bytes = 256 * KIB;
const RESUME_BELOW: Bytes = 64 * KIB;

export interface Incoming {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The reader has left. */
  cancel(): void;
  push(chunk: Uint8Array): void;
  end(): void;
  fail(error: Error): void;
}

export interface IncomingConnection {
  pause(): void;
  resume(): void;
  /** Nothing more is wanted, though more may come. */
  abandon(): void;
}

export function createIncoming({ pause, resume, abandon }: IncomingConnection): Incoming {
  const queue: Uint8Array[] = [];
  let queued: Bytes = 0;
  let isPaused = false;
  let state: 'coming' | 'ended' | 'left' | Error = 'coming';
  let wake: (() => void) | undefined;

  function settle(next: 'ended' | Error): void {
    if (state !== 'coming') return;
    state = next;
    goOn();
    wake?.();
  }

  /** The connection is somebody else's from now on, or has room again. */
  function goOn(): void {
    if (!isPaused) return;
    isPaused = false;
    resume();
  }

  function leave(): void {
    if (state !== 'coming') return;
    state = 'left';
    queue.length = 0;
    wake?.();
    abandon();
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = queue.shift();
        if (chunk !== undefined) {
          queued -= chunk.byteLength;
          if (queued < RESUME_BELOW) goOn();
          yield chunk;
        } else if (state === 'coming') {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (state instanceof Error) {
          throw state;
        } else return;
      }
    } finally {
      leave();
    }
  }

  return {
    chunks: chunks(),
    cancel: leave,
    push(chunk) {
      if (state !== 'coming') return;
      queue.push(chunk);
      queued += chunk.byteLength;
      if (!isPaused && queued > PAUSE_ABOVE) {
        isPaused = true;
        pause();
      }
      wake?.();
    },
    end: () => settle('ended'),
    fail: (error) => settle(error),
  };
}
