/**
 * What a connection brings, on its way to whoever reads it: handed over at once where somebody waits, held within a bound otherwise.
 * Above the bound the connection is made to wait. Bodies (exchange.ts) and tunnels (tunnel.ts) are read through it.
 */
import { KIB } from '../../model/units.ts';
import type { Bytes } from '../../model/units.ts';

/** Ours: above the first the origin is made to wait, below the second it may go on. One read of the socket may overshoot. */
const PAUSE_ABOVE: Bytes = 256 * KIB;
const RESUME_BELOW: Bytes = 64 * KIB;

export interface ChunkQueueOwner {
  pause(): void;
  resume(): void;
  /** The reader waits for the next chunk. */
  awaited(): void;
  /** The reader has left before the end. */
  left(): void;
}

export class ChunkQueue {
  private readonly held: Uint8Array[] = [];
  private queued: Bytes = 0;
  private paused = false;
  private reader: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined;
  private end: 'open' | 'ended' | { readonly failure: Error } = 'open';

  constructor(private readonly owner: ChunkQueueOwner) {}

  get isAwaited(): boolean {
    return this.reader !== undefined;
  }

  push(chunk: Uint8Array): void {
    if (this.reader !== undefined) {
      this.reader.resolve({ done: false, value: chunk });
      this.reader = undefined;
      return;
    }
    this.held.push(chunk);
    this.queued += chunk.length;
  }

  /** After each read of the socket: is there more than the reader keeps up with? */
  settle(): void {
    if (this.queued <= PAUSE_ABOVE || this.paused) return;
    this.paused = true;
    this.owner.pause();
  }

  /** Nothing follows; what is held may still be read. */
  finish(): void {
    if (this.end !== 'open') return;
    this.end = 'ended';
    this.reader?.resolve({ done: true, value: undefined });
    this.reader = undefined;
  }

  /** What is held may still be read; then the reader gets this failure. */
  fail(failure: Error): void {
    if (this.end !== 'open') return;
    this.end = { failure };
    this.reader?.reject(failure);
    this.reader = undefined;
  }

  /** Lets go of what nobody will read. */
  clear(): void {
    this.held.length = 0;
    this.queued = 0;
  }

  get chunks(): AsyncIterable<Uint8Array> {
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => this.next(),
      return: () => {
        this.owner.left();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  private next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.held.shift();
    if (chunk !== undefined) {
      this.queued -= chunk.length;
      if (this.paused && this.queued < RESUME_BELOW) {
        this.paused = false;
        if (this.end === 'open') this.owner.resume();
      }
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.end === 'ended') return Promise.resolve({ done: true, value: undefined });
    if (this.end !== 'open') return Promise.reject(this.end.failure);
    this.reader = Promise.withResolvers();
    this.owner.awaited();
    return this.reader.promise;
  }
}
