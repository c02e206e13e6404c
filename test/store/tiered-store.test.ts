import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedObject } from '../contracts/store.ts';
import { openDisk } from './open-disk.ts';
import { createSizeAwareFifo } from '../../src/core/cache/size-aware-eviction.ts';
import { MIB } from '../../src/model/units.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createTieredStore } from '../../src/adapters/store/tiered-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'warmfront-tiers-'));
const disk = await openDisk({ directory, capacity: 256 * MIB });
afterAll(async () => {
  await disk.close();
  rmSync(directory, { recursive: true });
});

/** What the disk has, below a memory that is empty. */
async function above(sizes: readonly number[]) {
  for (const size of sizes) disk.put(storedObject(`${size}`, new Uint8Array(size).fill(1)));
  await disk.settled();
  const memory = createMemoryStore({ capacity: 64 * MIB, eviction: createSizeAwareFifo });
  return { memory, store: createTieredStore(memory, disk) };
}

test('up to 1 MiB returns to memory at once, up to half of what memory takes when asked for often, the rest never', async () => {
  const { memory, store } = await above([10, 100_000, MIB, 2 * MIB, 5 * MIB]);
  const asked = async (): Promise<boolean[]> => {
    const held: boolean[] = [];
    for (const size of [10, 100_000, MIB, 2 * MIB, 5 * MIB]) {
      const object = store.get(`${size}`) ?? (await store.load(`${size}`));
      expect(object?.body.length).toBe(size);
      held.push(memory.get(`${size}`) !== undefined);
    }
    return held;
  };
  expect(await asked()).toEqual([true, true, true, false, false]);
  expect(await asked()).toEqual([true, true, true, false, false]);
  expect(await asked()).toEqual([true, true, true, true, false]);
});

test('who asks at the same time shares one return', async () => {
  const { store } = await above([50_000]);
  const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => store.load('50000')));
  for (const other of others) expect(other).toBe(first);
});

test('what is deleted while it returns does not return', async () => {
  const { memory, store } = await above([60_000]);
  const loading = store.load('60000');
  store.delete('60000');
  expect(await loading).toBeUndefined();
  expect(memory.get('60000')).toBeUndefined();
});

test('what is put while the older returns is what is found', async () => {
  const { store } = await above([70_000]);
  const loading = store.load('70000');
  store.put(storedObject('70000', 'newer'));
  expect((await loading)?.body).toEqual(new TextEncoder().encode('newer'));
});
