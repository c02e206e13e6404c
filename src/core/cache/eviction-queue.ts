/**
 * The queues of an eviction: first in, first out, with removal from anywhere. Objects live in numbered slots that are used again, so
 * that an object costs a few numbers in shared lists and a hit allocates nothing.
 *
 *   slot        0     1     2     3
 *   keys        '/a'  '/b'  '/c'  '/d'      left as it was where the slot is free
 *   sizes       10    0     30    40
 *   next        2     -1    3     -1        towards the newest
 *   previous    -1    -1    0     2         towards the oldest
 */
import type { Bytes } from '../../model/units.ts';

export const NONE = -1;

/** One queue over the slots of a SlotTable. */
export interface Queue {
  oldest: number;
  newest: number;
  bytes: Bytes;
}

/** By how much the lists grow when they are full. */
const GROWTH = 1.5;

export function createQueue(): Queue {
  return { oldest: NONE, newest: NONE, bytes: 0 };
}

/** Keys as the store has them: strings, or numbers that stand for them. */
export type EvictionKey = string | number;

/** A Map, or what does the same in less room for keys of its kind. */
export type SlotMap<Key> = Pick<Map<Key, number>, 'get' | 'size'> & {
  set(key: Key, slot: number): unknown;
  delete(key: Key): boolean;
};

export interface SlotTable<Key extends EvictionKey> {
  /** The key's slot, or NONE. */
  slotOf(key: Key): number;
  keyOf(slot: number): Key;
  sizeOf(slot: number): Bytes;
  /** A slot for a new key, in no queue. */
  take(key: Key, size: Bytes): number;
  /** The slot must have left its queue. */
  release(slot: number): void;
  enqueue(queue: Queue, slot: number): void;
  dequeue(queue: Queue, slot: number): void;
  readonly count: number;
}

export function createSlotTable<Key extends EvictionKey>(slots: SlotMap<Key>): SlotTable<Key> {
  const free: number[] = [];
  const keys: Key[] = [];
  let sizes = new Float64Array(64);
  let next = new Int32Array(64);
  let previous = new Int32Array(64);

  function grow(): void {
    const length = Math.ceil(sizes.length * GROWTH);
    sizes = lengthened(sizes, new Float64Array(length));
    next = lengthened(next, new Int32Array(length));
    previous = lengthened(previous, new Int32Array(length));
  }

  return {
    slotOf: (key) => slots.get(key) ?? NONE,
    keyOf(slot) {
      const key = keys[slot];
      if (key === undefined) throw new Error('a slot without a key');
      return key;
    },
    sizeOf: (slot) => sizes[slot] ?? 0,
    take(key, size) {
      const slot = free.pop() ?? keys.length;
      if (slot >= sizes.length) grow();
      slots.set(key, slot);
      keys[slot] = key;
      sizes[slot] = size;
      next[slot] = NONE;
      previous[slot] = NONE;
      return slot;
    },
    release(slot) {
      const key = keys[slot];
      if (key !== undefined) slots.delete(key);
      sizes[slot] = 0;
      free.push(slot);
    },
    enqueue(queue, slot) {
      previous[slot] = queue.newest;
      next[slot] = NONE;
      if (queue.newest === NONE) queue.oldest = slot;
      else next[queue.newest] = slot;
      queue.newest = slot;
      queue.bytes += sizes[slot] ?? 0;
    },
    dequeue(queue, slot) {
      const older = previous[slot] ?? NONE;
      const newer = next[slot] ?? NONE;
      if (older === NONE) queue.oldest = newer;
      else next[older] = newer;
      if (newer === NONE) queue.newest = older;
      else previous[newer] = older;
      queue.bytes -= sizes[slot] ?? 0;
    },
    get count() {
      return slots.size;
    },
  };
}

function lengthened<List extends Float64Array | Int32Array>(from: List, to: List): List {
  to.set(from);
  return to;
}
