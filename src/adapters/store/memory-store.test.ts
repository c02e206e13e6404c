import { describe, expect, test } from 'bun:test';
import { inMemory, storeContract, storedObject, storedResponse } from '../../../test/contracts/store.ts';
import { createMemoryStore, sizeOf, type MemoryStoreOptions } from './memory-store.ts';

type Eviction = ReturnType<MemoryStoreOptions['eviction']>;

/** First in, first out. */
function createFifo(capacity: number): Eviction {
  const sizes = new Map<string, number>();
  let bytes = 0;
  const remove = (key: string): void => {
    bytes -= sizes.get(key) ?? 0;
    sizes.delete(key);
  };
  return {
    insert(key, size) {
      const evicted: string[] = [];
      for (const oldest of sizes.keys()) {
        if (bytes + size <= capacity) break;
        remove(oldest);
        evicted.push(oldest);
      }
      sizes.set(key, size);
      bytes += size;
      return evicted;
    },
    touch: () => undefined,
    remove,
  };
}

/** Refuses every second newcomer, as a size-aware admission may. */
function createPicky(capacity: number): Eviction {
  const fifo = createFifo(capacity);
  let count = 0;
  return { ...fifo, insert: (key, size) => (count++ % 2 === 1 ? [key] : fifo.insert(key, size)) };
}

storeContract(
  'the memory store, first in first out',
  inMemory((bounds) => createMemoryStore({ ...bounds, eviction: createFifo })),
);

describe('memory store', () => {
  test('a newcomer that the eviction refuses is not stored and not counted', () => {
    const store = createMemoryStore({ capacity: 100_000, eviction: createPicky });
    expect([store.put(storedObject('a', '1')), store.put(storedObject('b', '2'))]).toEqual([true, false]);
    expect(store.get('b')).toBeUndefined();
    expect(store.stats).toMatchObject({ objects: 1, bytes: sizeOf(storedResponse('a'), new Uint8Array(1)) });
  });

  test('the eviction hears of every get, put and delete', () => {
    const heard: string[] = [];
    const eviction = (): Eviction => ({
      insert: (key) => (heard.push(`insert ${key}`), []),
      touch: (key) => void heard.push(`touch ${key}`),
      remove: (key) => void heard.push(`remove ${key}`),
    });
    const store = createMemoryStore({ capacity: 100_000, eviction });
    store.put(storedObject('a', '1'));
    store.get('a');
    store.get('absent');
    store.put(storedObject('a', '2'));
    store.delete('a');
    store.delete('a');
    expect(heard).toEqual(['insert a', 'touch a', 'remove a', 'insert a', 'remove a']);
  });

  test('unless told otherwise, no object takes more than an eighth of the store', () => {
    expect(createMemoryStore({ capacity: 80_000, eviction: createFifo }).stats.largestObject).toBe(10_000);
  });
});
