/**
 * Many small objects through a small cache: what an object takes in memory, how fast they go in and out, and how often they are found
 * beside S3-FIFO without a disk. Run by hand: `bun test/store/many-objects.ts [objects] [body octets] [capacity in MiB]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createS3Fifo } from '../../src/core/cache/eviction.ts';
import { MIB } from '../../src/model/units.ts';
import { storedObject } from '../contracts/store.ts';
import { openDisk } from './open-disk.ts';

const [objects = 1_000_000, size = 300, mib = 2048] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(process.cwd(), '.many-objects-'));
const resident = (): number => {
  Bun.gc(true);
  return process.memoryUsage().rss;
};
const keyOf = (index: number): string => `d111111abcdef8.cloudfront.localhost GET /path/to/object-${index}.html`;
const fields = Array.from({ length: 8 }, (_, field) => [`x-field-${field}`, `a value of usual length ${field}`] as const);
const body = new Uint8Array(size).fill(65);
const show = (name: string, value: number, unit: string): void =>
  console.log(`${name.padEnd(44)} ${value.toFixed(value < 10 ? 3 : 0)} ${unit}`);

try {
  const directory = join(folder, 'roomy');
  const before = resident();
  let store = await openDisk({ directory, capacity: mib * MIB });
  let started = performance.now();
  for (let index = 0; index < objects; index++) {
    store.put(storedObject(keyOf(index), body, { fields }));
    if (index % 500 === 0) await store.settled();
  }
  await store.settled();
  show('put', (objects / (performance.now() - started)) * 1000, 'objects/s');
  const kept = store.stats.objects;
  show('kept', kept, 'objects');
  show('resident memory for each', (resident() - before) / kept, 'octets');
  show('resident in all', resident() / MIB, 'MiB');

  started = performance.now();
  let found = 0;
  for (let turn = 0; turn < 20_000; turn += 20) {
    const keys = Array.from({ length: 20 }, () => keyOf(Math.floor(Math.random() * objects)));
    for (const object of await Promise.all(keys.map((key) => store.load(key)))) if (object !== undefined) found += 1;
  }
  show('read, 20 at a time', (20_000 / (performance.now() - started)) * 1000, 'objects/s');
  show('of them found', found / 20_000, '');

  started = performance.now();
  let longest = 0;
  let last = performance.now();
  await store.sweep(
    () => false,
    async () => {
      longest = Math.max(longest, performance.now() - last);
      await new Promise((resolve) => setTimeout(resolve, 1));
      last = performance.now();
    },
  );
  show('sweep of all', (performance.now() - started) / 1000, 's');
  show('longest slice of it', longest, 'ms');
  await store.close();

  started = performance.now();
  store = await openDisk({ directory, capacity: mib * MIB });
  show('opened again in', performance.now() - started, 'ms');
  show('with', store.stats.objects, 'objects');
  await store.close();

  // Zipf over three times as many objects as fit.
  const capacity = 64 * MIB;
  const tight = await openDisk({ directory: join(folder, 'tight'), capacity });
  const record = 900;
  const model = createS3Fifo(capacity);
  const held = new Set<string>();
  const population = Math.floor((3 * capacity) / record);
  let [asked, hits, modelHits] = [0, 0, 0];
  for (; asked < 600_000; asked++) {
    const key = keyOf(Math.floor(population ** Math.random()));
    if (tight.has(key) || tight.get(key) !== undefined) {
      hits += 1;
      // Counts the use; what is read is not the point here.
      if (tight.get(key) === undefined) await tight.load(key);
    } else tight.put(storedObject(key, new Uint8Array(size), { fields }));
    if (held.has(key)) {
      modelHits += 1;
      model.touch(key);
    } else {
      held.add(key);
      for (const evicted of model.insert(key, record)) held.delete(evicted);
    }
    if (asked % 200 === 0) await tight.settled();
  }
  show('hit ratio on disk', hits / asked, '');
  show('S3-FIFO alone, the same bound', modelHits / asked, '');
  await tight.close();
} finally {
  rmSync(folder, { recursive: true });
}
