/**
 * Eviction for memory: who leaves when room is needed, if what counts is how many requests are answered, not how many octets.
 * Greedy-Dual-Size-Frequency (Cherkasova 1998) over FIFO queues: an object's worth is requests / size, plus the worth of whatever left
 * last, so that old merit fades. One queue for each class of requests / size, so that the oldest of a queue is worth least in it; the
 * oldest are compared only when room is needed. A hit only counts; nothing moves. Storage that pays by the octet uses eviction.ts.
 */
import type { Bytes } from '../../model/units.ts';
import type { Eviction } from './eviction.ts';
import { createQueue, createSlotTable, NONE, type Queue } from './eviction-queue.ts';

/** Queues for each doubling of requests / size. */
const CLASSES_PER_DOUBLING = 2;
/** Larger objects share a class; below one request for each of 2^40 octets nothing differs. */
const LARGEST_EXPONENT = 40;
/** Beyond this, one more request says nothing new. */
const MOST_REQUESTS = 1024;

export function createSizeAwareFifo(capacity: Bytes): Eviction {
  const slots = createSlotTable(new Map<string, number>());
  const classes: Queue[] = [];
  const requests: number[] = [];
  /** What each slot was worth when it (re-)entered its queue, and which queue that is. */
  const worths: number[] = [];
  const classOf: number[] = [];
  /** Requests counted since then are not in that worth. */
  const isTouched: boolean[] = [];
  let bytes: Bytes = 0;
  /** The worth of what left last: what is new must not be worth less. */
  let floor = 0;
  /** Who was removed last, and how often it had been asked for: stored anew at once, as after a refetch, it keeps its count. */
  let removed = { key: '', requests: 0 };

  function enter(slot: number): void {
    const merit = (requests[slot] ?? 1) / Math.max(slots.sizeOf(slot), 1);
    const index = Math.max(0, Math.floor((Math.log2(merit) + LARGEST_EXPONENT) * CLASSES_PER_DOUBLING));
    while (classes.length <= index) classes.push(createQueue());
    worths[slot] = floor + merit;
    classOf[slot] = index;
    isTouched[slot] = false;
    slots.enqueue(queueOf(slot), slot);
  }

  function queueOf(slot: number): Queue {
    const queue = classes[classOf[slot] ?? NONE];
    if (queue === undefined) throw new Error('a slot without a queue');
    return queue;
  }

  /** The slot worth least among the oldest of each class. */
  function least(): number {
    let worst = NONE;
    let worth = Infinity;
    for (const { oldest } of classes) {
      if (oldest === NONE) continue;
      const candidate = worths[oldest] ?? 0;
      if (candidate < worth) {
        worth = candidate;
        worst = oldest;
      }
    }
    return worst;
  }

  /** Ends: each slot re-enters at most once, and then is untouched. */
  function evictOne(): string {
    for (;;) {
      const slot = least();
      slots.dequeue(queueOf(slot), slot);
      if (isTouched[slot] === true) {
        enter(slot);
        continue;
      }
      floor = worths[slot] ?? floor;
      return leave(slot);
    }
  }

  function leave(slot: number): string {
    const key = slots.keyOf(slot);
    bytes -= slots.sizeOf(slot);
    slots.release(slot);
    return key;
  }

  function remove(key: string): void {
    const slot = slots.slotOf(key);
    if (slot === NONE) return;
    slots.dequeue(queueOf(slot), slot);
    removed = { key, requests: requests[slot] ?? 0 };
    leave(slot);
  }

  return {
    insert(key, size) {
      if (size > capacity) return [key];
      remove(key);
      const evicted: string[] = [];
      while (bytes + size > capacity) evicted.push(evictOne());
      const slot = slots.take(key, size);
      requests[slot] = removed.key === key ? Math.max(removed.requests, 1) : 1;
      bytes += size;
      enter(slot);
      return evicted;
    },
    touch(key) {
      const slot = slots.slotOf(key);
      if (slot === NONE) return;
      isTouched[slot] = true;
      requests[slot] = Math.min((requests[slot] ?? 0) + 1, MOST_REQUESTS);
    },
    remove,
    get bytes() {
      return bytes;
    },
    get count() {
      return slots.count;
    },
  };
}
