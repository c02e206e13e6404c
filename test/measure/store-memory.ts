/**
 * How many octets one stored object really takes beside what the memory store counts for it. Run by hand:
 * `bun test/measure/store-memory.ts`. The ratio counted/real must stay at or above 1 for the store's bound to be a bound.
 */
import { createMemoryStore, type Eviction } from '../../src/adapters/store/memory-store.ts';
import { storedObject } from '../contracts/store.ts';

const EVICTION = process.argv[2] === 'none' ? undefined : (process.argv[2] ?? '../../src/core/cache/eviction.ts');

const memory = (): number => {
  Bun.gc(true);
  Bun.gc(true);
  return process.memoryUsage().rss;
};

async function createEviction(capacity: number): Promise<Eviction> {
  if (EVICTION === undefined) return { insert: () => [], touch: () => undefined, remove: () => undefined };
  const module = (await import(EVICTION)) as { createS3Fifo(capacity: number): Eviction };
  return module.createS3Fifo(capacity);
}

for (const [count, size] of [
  [200_000, 0],
  [200_000, 200],
  [100_000, 1024],
  [20_000, 10_240],
  [200, 1_048_576],
] as const) {
  const capacity = 4 * 2 ** 30;
  const eviction = await createEviction(capacity);
  const store = createMemoryStore({ capacity, eviction: () => eviction });
  const before = memory();
  for (let index = 0; index < count; index++) {
    // Strings of their own, as a parser makes them.
    const fields = Array.from({ length: 12 }, (_, field) => [`x-field-${field}`, `a value of usual length ${index} ${field}`] as const);
    store.put(storedObject(`d111111abcdef8.cloudfront.localhost GET /path/to/object-${index}.html`, new Uint8Array(size).fill(index), { fields }));
  }
  const real = memory() - before;
  const counted = store.stats.bytes;
  const each = (bytes: number): string => (bytes / count).toFixed(0).padStart(9);
  console.log(`${count} x ${size}: real ${each(real)}  counted ${each(counted)}  counted/real ${(counted / real).toFixed(2)}`);
}
