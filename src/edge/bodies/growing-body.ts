/**
 * A body on its way from the next tier: one writer, any number of readers, each at its own pace, all streaming as bytes arrive.
 * A retained body keeps every byte, because the store will want the whole; a spilled one keeps them in the store already, where
 * readers that are behind find them; a passing body keeps only what its slowest reader still needs and holds the writer back.
 * Which of the three a response gets is decided in fills.ts.
 */
import type { Bytes } from '../../model/units.ts';
import type { BodyReader, StoreFill } from '../store-ports.ts';

export type { BodyReader };

/** How far the writer of a passing body may run ahead of its slowest reader. */
const PASSING_WINDOW: Bytes = 256 * 1024;

/** What a reader gets at once: the runtime copies a piece it cannot send yet, once for each viewer. */
const PIECE: Bytes = 64 * 1024;

export interface GrowingBody {
  readonly received: Bytes;
  readonly isRetained: boolean;
  /** Resolves when the writer may go on: at once for a retained body. */
  append(chunk: Uint8Array): Promise<void> | undefined;
  end(): void;
  fail(error: Error): void;
  /** What has come and what will come goes to the store, and is kept there only. Where the store cannot, the body passes on. */
  spill(to: Pick<StoreFill, 'write' | 'read'>): Promise<void>;
  /** Stop keeping every byte. Readers go on; nobody can join from the start any more. */
  release(): void;
  /** Octets `first` to `last`, inclusive, or all. Readers of a passing body must be opened before the first append. */
  read(first?: Bytes, last?: Bytes): BodyReader;
  /** The whole body, once it has ended: undefined if it failed or was not retained here. */
  whole(): Uint8Array | undefined;
  /** Resolves when the body has ended, either way. */
  readonly settled: Promise<void>;
  /** Resolves when it has ended and its last reader has left. */
  readonly unread: Promise<void>;
  /** Called when the last reader of a passing body has left. */
  onAbandoned: (() => void) | undefined;
}

interface Reader {
  position: Bytes;
  wake: (() => void) | undefined;
  /** Where it reads what is in the store already. */
  source: BodyReader | undefined;
}

/** A reader's place among the chunks: chunks[index] starts at octet `offset`, as long as the layout is the same. */
interface Place {
  layout: number;
  index: number;
  offset: Bytes;
}

export function createGrowingBody(): GrowingBody {
  let chunks: Uint8Array[] = [];
  /** Offset of chunks[0] in the body. */
  let start: Bytes = 0;
  let received: Bytes = 0;
  let state: 'growing' | 'ended' | 'failed' = 'growing';
  let failure: Error | undefined;
  let isRetained = true;
  /** Counts the times `chunks` was re-cut, after which a reader's place in it means nothing. */
  let layout = 0;
  let resumeWriter: (() => void) | undefined;
  const readers = new Set<Reader>();
  let spilled: Pick<StoreFill, 'write' | 'read'> | undefined;
  const settled = Promise.withResolvers<void>();
  const unread = Promise.withResolvers<void>();

  function wakeReaders(): void {
    for (const reader of readers) {
      reader.wake?.();
      reader.wake = undefined;
    }
  }

  function slowest(): Bytes {
    let position = received;
    for (const reader of readers) position = Math.min(position, reader.position);
    return position;
  }

  /** Drops what no reader of a passing body needs, and lets the writer go on when the window has room. */
  function advance(): void {
    if (isRetained) return;
    const needed = slowest();
    while (chunks[0] !== undefined && start + chunks[0].byteLength <= needed) {
      start += chunks.shift()?.byteLength ?? 0;
      layout += 1;
    }
    if (received - needed >= PASSING_WINDOW) return;
    resumeWriter?.();
    resumeWriter = undefined;
  }

  /** What is there from octet `position` on, in one piece; `place` remembers where the last look ended. */
  function chunkAt(position: Bytes, place: Place): Uint8Array | undefined {
    if (place.layout !== layout) {
      place.layout = layout;
      place.index = 0;
      place.offset = start;
    }
    if (position < start) return undefined;
    for (let chunk = chunks[place.index]; chunk !== undefined; chunk = chunks[place.index]) {
      if (position < place.offset + chunk.byteLength) return chunk.subarray(position - place.offset);
      place.index += 1;
      place.offset += chunk.byteLength;
    }
    return undefined;
  }

  async function* iterate(reader: Reader, last: Bytes): AsyncGenerator<Uint8Array> {
    const place: Place = { layout: -1, index: 0, offset: 0 };
    try {
      while (reader.position <= last) {
        const chunk = chunkAt(reader.position, place);
        if (chunk !== undefined) {
          const wanted = Math.min(chunk.byteLength, PIECE, last - reader.position + 1);
          reader.position += wanted;
          yield wanted === chunk.byteLength ? chunk : chunk.subarray(0, wanted);
          advance();
          continue;
        }
        if (reader.position < start && spilled !== undefined) {
          reader.source = spilled.read(reader.position, Math.min(last, start - 1));
          for await (const piece of reader.source.chunks) {
            reader.position += piece.byteLength;
            yield piece;
            advance();
          }
          reader.source = undefined;
          continue;
        }
        if (reader.position < start) throw new Error('these octets have passed by');
        if (state === 'failed') throw failure ?? new Error('the body broke off');
        if (state === 'ended') return;
        await new Promise<void>((resolve) => {
          reader.wake = resolve;
        });
      }
    } finally {
      leave(reader);
    }
  }

  function leave(reader: Reader): void {
    if (!readers.delete(reader)) return;
    // A reader that is still waiting must not wait for ever.
    reader.position = Number.MAX_SAFE_INTEGER;
    reader.wake?.();
    reader.wake = undefined;
    reader.source?.cancel();
    advance();
    abandonIfUnread();
  }

  /** Resolves when what is here is in the store. */
  async function moveOut(to: Pick<StoreFill, 'write'>): Promise<void> {
    for (let chunk = chunks[0]; chunk !== undefined && isRetained; chunk = chunks[0]) {
      try {
        await to.write(chunk);
      } catch {
        // The store has said why. What it has got can still be read from it.
        body.release();
        return;
      }
      chunks.shift();
      start += chunk.byteLength;
      layout += 1;
    }
  }

  function abandonIfUnread(): void {
    if (readers.size === 0 && state !== 'growing') unread.resolve();
    if (!isRetained && readers.size === 0 && state === 'growing') body.onAbandoned?.();
  }

  const body: GrowingBody = {
    get received() {
      return received;
    },
    get isRetained() {
      return isRetained;
    },
    append(chunk) {
      if (chunk.byteLength === 0) return undefined;
      chunks.push(chunk);
      received += chunk.byteLength;
      wakeReaders();
      if (isRetained) return spilled && moveOut(spilled);
      if (received - slowest() < PASSING_WINDOW) return undefined;
      return new Promise<void>((resolve) => {
        resumeWriter = resolve;
      });
    },
    end() {
      if (state !== 'growing') return;
      state = 'ended';
      wakeReaders();
      settled.resolve();
      abandonIfUnread();
    },
    fail(error) {
      if (state !== 'growing') return;
      state = 'failed';
      failure = error;
      wakeReaders();
      resumeWriter?.();
      settled.resolve();
      abandonIfUnread();
    },
    spill(to) {
      spilled = to;
      return moveOut(to);
    },
    release() {
      isRetained = false;
      advance();
      abandonIfUnread();
    },
    read(first = 0, last = Number.MAX_SAFE_INTEGER - 1) {
      const reader: Reader = { position: first, wake: undefined, source: undefined };
      readers.add(reader);
      return { chunks: iterate(reader, last), cancel: () => leave(reader) };
    },
    whole() {
      if (state !== 'ended' || !isRetained || spilled !== undefined) return undefined;
      if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
      const bytes = new Uint8Array(received);
      let offset = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, offset);
        offset += chunk.byteLength;
      }
      // Readers that are still behind go on from the one piece; the small ones can be freed.
      chunks = [bytes];
      layout += 1;
      return bytes;
    },
    settled: settled.promise,
    unread: unread.promise,
    onAbandoned: undefined,
  };
  return body;
}
