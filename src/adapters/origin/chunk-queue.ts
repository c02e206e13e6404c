/**
 * What a connection brings, on its way to whoever reads it: handed over at once where somebody waits, held within a bound otherwise.
 * Above the bound the connection is made to wait, and above a bound of all together each is allowed less. Bodies (exchange.ts) and tunnels
 * (tunnel.ts) are read through it.
 */
import { KIB, MIB } from '../../model/units.ts';
import type { Bytes } from '../../model/units.ts';

/** Ours: above the first the origin is made to wait, below the second it may go on. One read of the socket may overshoot. */
const PAUSE_ABOVE: Bytes = 256 * KIB;
const RESUME_BELOW: Bytes = 64 * KIB;
/** Ours: what all readers together may have waiting for them before each is held to as good as nothing. */
const HELD_IN_ALL: Bytes = 256 * MIB;
const SCARCE: Bytes = 16 * KIB;

/** What is held in all queues of one client. */
export interface HeldOctets {
  bytes: Bytes;
}

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

  constructor(
    private readonly owner: ChunkQueueOwner,
    private readonly all: HeldOctets,
  ) {}

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
    this.count(chunk.length);
  }

  /** After each read of the socket: is there more than the reader keeps up with? */
  settle(): void {
    if (this.queued <= (this.all.bytes > HELD_IN_ALL ? SCARCE : PAUSE_ABOVE) || this.paused) return;
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
    this.count(-this.queued);
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

  private count(octets: Bytes): void {
    this.queued += octets;
    this.all.bytes += octets;
  }

  private next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.held.shift();
    if (chunk !== undefined) {
      this.count(-chunk.length);
      if (this.paused && this.queued < (this.all.bytes > HELD_IN_ALL ? SCARCE : RESUME_BELOW)) {
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
