/**
 * Eviction: who leaves when room is needed. S3-FIFO (Yang et al., SOSP 2023): newcomers pass through a small queue; what is asked for
 * there moves on to the main queue, the rest leaves early and is remembered for a while; the main queue gives second chances.
 * What may be stored at all is decided in decide-storing.ts; sizes are counted by the store. For memory, where many small objects
 * are worth more than one large one, size-aware-eviction.ts.
 */
import type { Bytes } from '../../model/units.ts';
import { createGhost } from './eviction-ghost.ts';
import { createQueue, createSlotTable, NONE, type EvictionKey, type SlotMap } from './eviction-queue.ts';

/** The order in which a bounded store lets go of its objects. */
export interface Eviction<Key extends EvictionKey = string> {
  /** Makes room for a key. Returns the keys that must go, which is the new one where it may not enter. */
  insert(key: Key, size: Bytes): readonly Key[];
  /** The key was asked for and found. */
  touch(key: Key): void;
  /** The key is gone for another reason. */
  remove(key: Key): void;
  /** The sizes of all that is in. Never above the capacity. */
  readonly bytes: Bytes;
  readonly count: number;
}

// The paper's settings: a tenth for newcomers, a ghost as large as the main queue, two requests while new to stay, three chances at most.
const SMALL_SHARE = 0.1;
const REQUESTS_TO_STAY = 2;
const MOST_CHANCES = 3;

/** `slotMap`: an empty map that suits the keys, a Map unless the store has many. */
export function createS3Fifo<Key extends EvictionKey = string>(
  capacity: Bytes,
  slotMap: SlotMap<Key> = new Map(),
): Eviction<Key> {
  const slots = createSlotTable(slotMap);
  const small = createQueue();
  const main = createQueue();
  const smallCapacity = Math.floor(capacity * SMALL_SHARE);
  const mainCapacity = capacity - smallCapacity;
  const ghost = createGhost(mainCapacity);
  /** How often each slot was asked for since it entered its queue, up to MOST_CHANCES. */
  let requests = new Uint8Array(64);
  let isInMain = new Uint8Array(64);

  function enter(slot: number, intoMain: boolean): void {
    if (slot >= requests.length) {
      const length = slot * 2;
      const [oldRequests, oldIsInMain] = [requests, isInMain];
      requests = new Uint8Array(length);
      requests.set(oldRequests);
      isInMain = new Uint8Array(length);
      isInMain.set(oldIsInMain);
    }
    requests[slot] = 0;
    isInMain[slot] = intoMain ? 1 : 0;
    slots.enqueue(intoMain ? main : small, slot);
  }

  /** The key of one object that leaves. */
  function evictOne(): Key {
    return main.bytes > mainCapacity || small.oldest === NONE ? evictFromMain() : evictFromSmall();
  }

  function evictFromSmall(): Key {
    while (small.oldest !== NONE) {
      const slot = small.oldest;
      slots.dequeue(small, slot);
      if ((requests[slot] ?? 0) < REQUESTS_TO_STAY) {
        ghost.remember(slots.keyOf(slot), slots.sizeOf(slot));
        return leave(slot);
      }
      enter(slot, true);
    }
    return evictFromMain();
  }

  /** Ends: every chance given is one less for that slot. */
  function evictFromMain(): Key {
    for (;;) {
      const slot = main.oldest;
      slots.dequeue(main, slot);
      const chances = requests[slot] ?? 0;
      if (chances === 0) return leave(slot);
      enter(slot, true);
      requests[slot] = chances - 1;
    }
  }

  function leave(slot: number): Key {
    const key = slots.keyOf(slot);
    slots.release(slot);
    return key;
  }

  function remove(key: Key): void {
    const slot = slots.slotOf(key);
    if (slot === NONE) return;
    slots.dequeue(isInMain[slot] === 1 ? main : small, slot);
    // Ours: what earned its place gets it back when it is stored anew, as after a refetch.
    if (isInMain[slot] === 1 || (requests[slot] ?? 0) > 0) ghost.remember(key, slots.sizeOf(slot));
    slots.release(slot);
  }

  return {
    insert(key, size) {
      if (size > capacity) return [key];
      remove(key);
      const returns = ghost.forget(key);
      if (!returns && size >= smallCapacity) {
        // It would push every newcomer out: it enters when it is asked for again.
        ghost.remember(key, size);
        return [key];
      }
      const evicted: Key[] = [];
      while (small.bytes + main.bytes + size > capacity) evicted.push(evictOne());
      enter(slots.take(key, size), returns);
      return evicted;
    },
    touch(key) {
      const slot = slots.slotOf(key);
      if (slot !== NONE) requests[slot] = Math.min((requests[slot] ?? 0) + 1, MOST_CHANCES);
    },
    remove,
    get bytes() {
      return small.bytes + main.bytes;
    },
    get count() {
      return slots.count;
    },
  };
}
