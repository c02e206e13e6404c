/**
 * The Store in RAM, with a hard bound in bytes: body, metadata and bookkeeping of every object are counted, and nothing enters
 * before room is made. Which objects make room is decided in core/cache/eviction.ts; what may be stored at all, in
 * core/cache/decide-storing.ts.
 *
 * One object is counted as
 *   9/8 x body octets (allocators round up)
 *   + 2 x characters of key, uri, tags and fields (strings take one or two octets a character)
 *   + FIELD for each field line and tag + OBJECT.
 * `bun test/measure/store-memory.ts`, run by hand, compares that with the process's memory; the count must never be the smaller.
 */
import type { Store, StoredObject } from '../../edge/store-ports.ts';
import type { Eviction } from '../../core/cache/eviction.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import { MIB, type Bytes } from '../../model/units.ts';

export interface MemoryStoreOptions {
  readonly capacity: Bytes;
  /** A larger object is refused. At most an eighth of the capacity unless said otherwise, so that one object never empties the store. */
  readonly largestObject?: Bytes;
  /** `createSizeAwareFifo` or `createS3Fifo` of core/cache; adapters do not call the core, so the composition root chooses. */
  readonly eviction: (capacity: Bytes) => Pick<Eviction, 'insert' | 'touch' | 'remove'>;
}

/** Allocators keep size classes at most an eighth apart. */
const ROUNDING = 9 / 8;
/** The stored object, its response, its freshness, its map slot, its buffer's header, and its place in the eviction's queues. */
const OBJECT: Bytes = 1280;
/** A field line's pair and two string headers; a tag's string header. */
const FIELD: Bytes = 96;
/** Objects looked at in one slice of a sweep. */
const SWEEP_SLICE = 500;
/** Ours: beyond this a whole body in RAM serves one object at the cost of thousands. */
const LARGEST: Bytes = 64 * MIB;

interface HeldObject extends StoredObject {
  readonly body: Uint8Array;
}

export function createMemoryStore({ capacity, largestObject, eviction }: MemoryStoreOptions): Store {
  const largest = Math.min(capacity, largestObject ?? Math.min(LARGEST, Math.floor(capacity / 8)));
  const order = eviction(capacity);
  const objects = new Map<string, { object: HeldObject; size: Bytes }>();
  let bytes: Bytes = 0;
  let evictions = 0;

  function forget(key: string): void {
    const held = objects.get(key);
    if (held === undefined) return;
    objects.delete(key);
    bytes -= held.size;
  }

  function remove(key: string): void {
    if (!objects.has(key)) return;
    order.remove(key);
    forget(key);
  }

  /** False when the object had to go at once. */
  function admit(object: HeldObject, size: Bytes): boolean {
    const { key } = object.response;
    for (const evicted of order.insert(key, size)) {
      if (evicted === key) return false;
      evictions += 1;
      forget(evicted);
    }
    objects.set(key, { object, size });
    bytes += size;
    return true;
  }

  return {
    get(key) {
      const held = objects.get(key);
      if (held === undefined) return undefined;
      order.touch(key);
      return held.object;
    },
    load: () => undefined,
    put(object) {
      const { response, body } = object;
      remove(response.key);
      if (!(body instanceof Uint8Array)) return false;
      const size = sizeOf(response, body);
      if (size > largest) return false;
      // A view into a larger buffer would keep all of it.
      const whole = body.byteLength === body.buffer.byteLength ? body : body.slice();
      return admit({ response, body: whole, bansChecked: object.bansChecked }, size);
    },
    fill: () => undefined,
    refresh(response) {
      const held = objects.get(response.key);
      if (held === undefined) return false;
      const size = sizeOf(response, held.object.body);
      const refreshed = { ...held.object, response, bansChecked: response.banSequence };
      if (size <= held.size) {
        // Counted as before: smaller by a field or two, and its place in the queues is kept.
        held.object = refreshed;
        return true;
      }
      remove(response.key);
      return size <= largest && admit(refreshed, size);
    },
    delete: remove,
    async peek(key) {
      const held = objects.get(key);
      return held && { response: held.object.response, bansChecked: held.object.bansChecked, where: 'memory' };
    },
    keys: () => objects.keys(),
    async sweep(isForgotten, pause) {
      let looked = 0;
      // What is put meanwhile need not be looked at.
      const keys = [...objects.keys()];
      for (const key of keys) {
        const held = objects.get(key);
        if (held !== undefined && isForgotten(held.object)) remove(key);
        looked += 1;
        if (looked % SWEEP_SLICE === 0) await pause();
      }
    },
    // Nothing here outlives the process.
    checkedThrough: () => undefined,
    checkedSequence: 0,
    get stats() {
      const held = { objects: objects.size, bytes, capacity };
      return { ...held, largestObject: largest, largestFill: 0, tiers: [{ ...held, tier: 'memory' as const, evictions }] };
    },
  };
}

/** What the object counts for. */
export function sizeOf(response: StoredResponse, body: Uint8Array): Bytes {
  let characters = response.key.length + response.uri.length;
  for (const [name, value] of response.fields) characters += name.length + value.length;
  for (const tag of response.tags) characters += tag.length;
  return (
    Math.ceil(body.byteLength * ROUNDING) + 2 * characters + FIELD * (response.fields.length + response.tags.length) + OBJECT
  );
}
