/**
 * Eviction: who leaves when room is needed. S3-FIFO (Yang et al., SOSP 2023): newcomers pass through a small queue; what is asked for
 * there moves on to the main queue, the rest leaves early and is remembered for a while; the main queue gives second chances.
 * What may be stored at all is decided in decide-storing.ts; sizes are counted by the store. For memory, where many small objects
 * are worth more than one large one, size-aware-eviction.ts.
 */
import type { Bytes } from '../../model/units.ts';
import { createGhost } from './eviction-ghost.ts';
import { createQueue, createSlotTable, NONE } from './eviction-queue.ts';

/** The order in which a bounded store lets go of its objects. */
export interface Eviction {
  /** Makes room for a key. Returns the keys that must go, which is the new one where it may not enter. */
  insert(key: string, size: Bytes): readonly string[];
  /** The key was asked for and found. */
  touch(key: string): void;
  /** The key is gone for another reason. */
  remove(key: string): void;
  /** The sizes of all that is in. Never above the capacity. */
  readonly bytes: Bytes;
  readonly count: number;
}

// The paper's settings: a tenth for newcomers, a ghost as large as the main queue, two requests while new to stay, three chances at most.
const SMALL_SHARE = 0.1;
const REQUESTS_TO_STAY = 2;
const MOST_CHANCES = 3;

export function createS3Fifo(capacity: Bytes): Eviction {
  const slots = createSlotTable();
  const small = createQueue();
  const main = createQueue();
  const smallCapacity = Math.floor(capacity * SMALL_SHARE);
  const mainCapacity = capacity - smallCapacity;
  const ghost = createGhost(mainCapacity);
  /** How often each slot was asked for since it entered its queue, up to MOST_CHANCES. */
  const requests: number[] = [];
  const isInMain: boolean[] = [];

  function enter(slot: number, intoMain: boolean): void {
    requests[slot] = 0;
    isInMain[slot] = intoMain;
    slots.enqueue(intoMain ? main : small, slot);
  }

  /** The key of one object that leaves. */
  function evictOne(): string {
    return main.bytes > mainCapacity || small.oldest === NONE ? evictFromMain() : evictFromSmall();
  }

  function evictFromSmall(): string {
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
  function evictFromMain(): string {
    for (;;) {
      const slot = main.oldest;
      slots.dequeue(main, slot);
      const chances = requests[slot] ?? 0;
      if (chances === 0) return leave(slot);
      enter(slot, true);
      requests[slot] = chances - 1;
    }
  }

  function leave(slot: number): string {
    const key = slots.keyOf(slot);
    slots.release(slot);
    return key;
  }

  function remove(key: string): void {
    const slot = slots.slotOf(key);
    if (slot === NONE) return;
    slots.dequeue(isInMain[slot] === true ? main : small, slot);
    // Ours: what earned its place gets it back when it is stored anew, as after a refetch.
    if (isInMain[slot] === true || (requests[slot] ?? 0) > 0) ghost.remember(key, slots.sizeOf(slot));
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
      const evicted: string[] = [];
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
