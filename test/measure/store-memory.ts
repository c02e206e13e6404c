/**
 * How many octets one stored object really takes beside what the memory store counts for it. Run by hand:
 * `bun test/measure/store-memory.ts`. Counted/real must stay at or above 1 for the store's bound to be a bound.
 */
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createS3Fifo } from '../../src/core/cache/eviction.ts';
import { createSizeAwareFifo } from '../../src/core/cache/size-aware-eviction.ts';
import { storedObject } from '../contracts/store.ts';

const EVICTIONS = { 'size-aware': createSizeAwareFifo, 'S3-FIFO': createS3Fifo };
const SHAPES = [
  [200_000, 0],
  [200_000, 200],
  [100_000, 1024],
  [20_000, 10_240],
  [200, 1_048_576],
] as const;

const residentBytes = (): number => {
  Bun.gc(true);
  return process.memoryUsage().rss;
};

function measure(name: keyof typeof EVICTIONS, count: number, size: number): void {
  const store = createMemoryStore({ capacity: 16 * 2 ** 30, eviction: EVICTIONS[name] });
  const before = residentBytes();
  for (let index = 0; index < count; index++) {
    // Strings of their own, as a parser makes them.
    const fields = Array.from(
      { length: 12 },
      (_, field) => [`x-field-${field}`, `a value of usual length ${index} ${field}`] as const,
    );
    const key = `d111111abcdef8.cloudfront.localhost GET /path/to/object-${index}.html`;
    store.put(storedObject(key, new Uint8Array(size).fill(index), { fields }));
  }
  const { objects, bytes } = store.stats;
  const real = (residentBytes() - before) / objects;
  const counted = bytes / objects;
  console.log(
    `${name} ${objects} x ${size}: real ${real.toFixed(0)} counted ${counted.toFixed(0)} ratio ${(counted / real).toFixed(2)}`,
  );
}

const [name, count, size] = process.argv.slice(2);
if (name !== undefined) measure(name as keyof typeof EVICTIONS, Number(count), Number(size));
else {
  // A process for each, since freed memory is not given back.
  for (const eviction of Object.keys(EVICTIONS)) {
    for (const shape of SHAPES) {
      Bun.spawnSync([process.execPath, import.meta.path, eviction, ...shape.map(String)], {
        stdout: 'inherit',
        stderr: 'inherit',
      });
    }
  }
}
