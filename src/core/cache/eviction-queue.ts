/**
 * The queues of an eviction: first in, first out, with removal from anywhere. Objects live in numbered slots that are used again, so
 * that an object costs a few numbers in shared lists and a hit allocates nothing.
 *
 *   slot        0     1     2     3
 *   keys        '/a'  ''    '/c'  '/d'      '' where the slot is free
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

export function createQueue(): Queue {
  return { oldest: NONE, newest: NONE, bytes: 0 };
}

export interface SlotTable {
  /** The key's slot, or NONE. */
  slotOf(key: string): number;
  keyOf(slot: number): string;
  sizeOf(slot: number): Bytes;
  /** A slot for a new key, in no queue. */
  take(key: string, size: Bytes): number;
  /** The slot must have left its queue. */
  release(slot: number): void;
  enqueue(queue: Queue, slot: number): void;
  dequeue(queue: Queue, slot: number): void;
  readonly count: number;
}

export function createSlotTable(): SlotTable {
  const slots = new Map<string, number>();
  const free: number[] = [];
  const keys: string[] = [];
  const sizes: Bytes[] = [];
  const next: number[] = [];
  const previous: number[] = [];

  return {
    slotOf: (key) => slots.get(key) ?? NONE,
    keyOf: (slot) => keys[slot] ?? '',
    sizeOf: (slot) => sizes[slot] ?? 0,
    take(key, size) {
      const slot = free.pop() ?? keys.length;
      slots.set(key, slot);
      keys[slot] = key;
      sizes[slot] = size;
      next[slot] = NONE;
      previous[slot] = NONE;
      return slot;
    },
    release(slot) {
      slots.delete(keys[slot] ?? '');
      keys[slot] = '';
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
