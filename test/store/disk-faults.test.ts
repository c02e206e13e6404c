/** What a disk does to what was written on it: octets change, files end early, the journal is damaged, the bound shrinks, no room is left. */
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import type { DiskStore, DiskStoreOptions } from '../../src/adapters/store/disk-store.ts';
import { createCache } from '../../src/edge/cache.ts';
import { KIB, MIB } from '../../src/model/units.ts';
import { bytesOf, find, storedObject, storedResponse } from '../contracts/store.ts';
import { diskUsage } from './kill-and-check.ts';
import { openDisk } from './open-disk.ts';

interface Bench {
  readonly directory: string;
  readonly reported: string[];
  open(options?: Partial<DiskStoreOptions>): Promise<DiskStore>;
}

function check(title: string, run: (bench: Bench) => Promise<void>): void {
  test(title, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'warmfront-faults-'));
    const reported: string[] = [];
    let store: DiskStore | undefined;
    try {
      await run({
        directory,
        reported,
        async open(options) {
          await store?.close();
          store = await openDisk({ directory, capacity: 16 * MIB, report: (message) => reported.push(message), ...options });
          return store;
        },
      });
    } finally {
      await store?.close();
      rmSync(directory, { recursive: true });
    }
  });
}

/** Changes one octet of a file. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

const onlyFile = (folder: string): string => join(folder, readdirSync(folder)[0] ?? '');
const SMALL = 'small '.repeat(200);
const LARGE = Buffer.alloc(500_000, 'large ');

describe('damage', () => {
  check('one octet of a small object: it is not there, and the others are', async ({ directory, open, reported }) => {
    const store = await open();
    for (const key of ['a', 'b', 'c']) store.put(storedObject(key, SMALL));
    await store.settled();
    const segment = onlyFile(join(directory, 'segments'));
    flip(segment, Math.floor(statSync(segment).size / 2));
    expect(
      [await find(store, 'a'), await find(store, 'b'), await find(store, 'c')].map((object) => object !== undefined),
    ).toEqual([true, false, true]);
    expect(store.stats.objects).toBe(2);
    expect(reported).toHaveLength(1);
  });

  check(
    'one octet of a large object: the answer breaks off there, and the object is gone',
    async ({ directory, open, reported }) => {
      const store = await open();
      store.put(storedObject('a', LARGE));
      await store.settled();
      flip(onlyFile(join(directory, 'bodies')), 300_000);
      const object = await find(store, 'a');
      // A part elsewhere is as it was.
      expect(Buffer.compare(await bytesOf(object!, 0, 99), LARGE.subarray(0, 100))).toBe(0);
      await expect(bytesOf(object!)).rejects.toThrow('damaged at octet 262144');
      expect(await find(store, 'a')).toBeUndefined();
      expect(reported).toHaveLength(1);
    },
  );

  check('a large object whose file ends early, or is gone', async ({ directory, open }) => {
    const store = await open();
    for (const spoil of [(path: string) => truncateSync(path, 400_000), (path: string) => rmSync(path)]) {
      store.put(storedObject('a', LARGE));
      await store.settled();
      spoil(onlyFile(join(directory, 'bodies')));
      await expect(bytesOf((await find(store, 'a'))!)).rejects.toThrow();
      expect(await find(store, 'a')).toBeUndefined();
      await store.settled();
    }
  });

  check('a reader that leaves while a piece is being read has found no damage', async ({ open, reported }) => {
    const store = await open();
    store.put(storedObject('a', LARGE));
    await store.settled();
    for (let turns = 0; turns < 40; turns += 1) {
      const { body } = (await find(store, 'a'))!;
      if (body instanceof Uint8Array) throw new Error('the object is held in memory');
      const reader = body.read(0, LARGE.byteLength - 1);
      const reading = reader.chunks[Symbol.asyncIterator]().next();
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      reader.cancel();
      await reading;
    }
    expect(reported).toEqual([]);
    expect(await find(store, 'a')).toBeDefined();
  });

  check('what is written again during a sweep is looked at where it lies now', async ({ open, reported }) => {
    // Segments of 1 MiB, looked through in four windows each.
    const store = await open({ capacity: 128 * MIB });
    for (let index = 0; index < 500; index += 1) store.put(storedObject(`k${index}`, SMALL));
    await store.settled();
    let windows = 0;
    const seen = new Set<string>();
    const again = new Set<string>();
    await store.sweep(
      ({ response }) => {
        seen.add(response.key);
        return false;
      },
      async () => {
        windows += 1;
        // The next in order go behind all others, into the same segment.
        const next = seen.size;
        for (let index = next; index < next + 3 && index < 500; index += 1) {
          again.add(`k${index}`);
          store.put(storedObject(`k${index}`, SMALL));
        }
        await store.settled();
      },
    );
    expect(windows).toBeGreaterThan(2);
    // What is newer than the sweep is none of its business.
    expect([new Set([...seen, ...again]).size, reported]).toEqual([500, []]);
  });

  check(
    'the journal: damaged entries are dropped one by one, with one line; a torn end is cut off',
    async ({ directory, open, reported }) => {
      let store = await open();
      for (let index = 0; index < 50; index++) store.put(storedObject(`k${index}`, SMALL));
      store.checkedThrough(7);
      await store.settled();
      expect((await open()).checkedSequence).toBe(7);
      // Each opening writes it anew: the entry of the bans, then an entry for each object.
      flip(join(directory, 'journal'), 40 * 10 + 8);
      flip(join(directory, 'journal'), 40 * 20 + 30);
      writeFileSync(join(directory, 'journal'), Buffer.concat([readFileSync(join(directory, 'journal')), Buffer.alloc(13, 1)]));
      store = await open();
      expect(store.stats.objects).toBe(48);
      // What was lost may have been that something was forgotten.
      expect(store.checkedSequence).toBe(0);
      expect(reported).toHaveLength(1);
    },
  );

  check('files that no journal knows are removed', async ({ directory, open }) => {
    const store = await open();
    store.put(storedObject('a', LARGE));
    await store.settled();
    writeFileSync(join(directory, 'bodies', '77'), 'left behind');
    writeFileSync(join(directory, 'segments', '78'), 'left behind');
    expect(await bytesOf((await find(await open(), 'a'))!)).toHaveLength(LARGE.byteLength);
    expect([existsSync(join(directory, 'bodies', '77')), existsSync(join(directory, 'segments', '78'))]).toEqual([false, false]);
  });
});

describe('bounds', () => {
  check('bodies of all sizes, put and streamed: files never take more than the capacity', async ({ directory, open }) => {
    const capacity = 4 * MIB;
    const store = await open({ capacity });
    for (let index = 0; index < 400; index++) {
      const body = Buffer.alloc((index * 7919) % 300_000, `${index} `);
      if (index % 3 === 0) {
        const fill = store.fill(body.byteLength);
        await fill?.write(body);
        await fill?.commit(storedResponse(`k${index}`, { bodyLength: body.byteLength }));
        fill?.close();
      } else store.put(storedObject(`k${index}`, body));
      if (index % 10 === 0) {
        await store.settled();
        expect(diskUsage(directory)).toBeLessThanOrEqual(capacity);
      }
    }
    await store.settled();
    expect(diskUsage(directory)).toBeLessThanOrEqual(capacity);
    expect(store.stats.bytes).toBeGreaterThan(capacity / 2);
  });

  check('a smaller bound than last time holds at once', async ({ directory, open }) => {
    let store = await open({ capacity: 16 * MIB });
    for (let index = 0; index < 300; index++)
      store.put(storedObject(`k${index}`, Buffer.alloc(index % 2 === 0 ? 30_000 : 90_000, 'x')));
    await store.settled();
    store = await open({ capacity: 2 * MIB });
    expect(diskUsage(directory)).toBeLessThanOrEqual(2 * MIB);
    store.put(storedObject('new', SMALL));
    await store.settled();
    expect(await find(store, 'new')).toBeDefined();
  });

  check('the index keeps within its memory: small objects count for their share of it', async ({ open }) => {
    const store = await open({ indexMemory: 20_000 });
    for (let index = 0; index < 500; index++) store.put(storedObject(`k${index}`, 'x'));
    await store.settled();
    expect(store.stats.objects).toBeLessThanOrEqual(100);
  });
});

describe('a disk that cannot be written', () => {
  check('takes nothing for a minute, says so once, and serves what it has', async ({ directory, open, reported }) => {
    const clock = createVirtualClock();
    const store = await open({ clock });
    store.put(storedObject('a', SMALL));
    await store.settled();
    rmSync(join(directory, 'bodies'), { recursive: true });
    for (const key of ['b', 'c', 'd']) store.put(storedObject(key, LARGE));
    await store.settled();
    expect([store.put(storedObject('e', SMALL)), store.fill(MIB)]).toEqual([false, undefined]);
    expect((await find(store, 'a'))?.response.key).toBe('a');
    expect(reported).toHaveLength(1);
    clock.advance(60_000);
    expect(store.put(storedObject('e', SMALL))).toBe(true);
    await store.settled();
    expect((await find(store, 'e'))?.response.key).toBe('e');
  });

  test('one that cannot be opened says why', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'warmfront-faults-'));
    writeFileSync(join(directory, 'cache'), 'a file');
    await expect(openDisk({ directory: join(directory, 'cache'), capacity: MIB })).rejects.toThrow();
    await expect(openDisk({ directory, capacity: KIB })).rejects.toThrow('at least 256 KB');
    chmodSync(directory, 0o700);
    rmSync(directory, { recursive: true });
  });
});

describe('bans across restarts', () => {
  const ban = (sequence: number, item: string) => ({
    sequence,
    distributionId: 'E1',
    invalidationId: 'I',
    issuedAt: 0,
    items: [item],
  });

  check('what was stored before a ban that the edge missed is not served after it', async ({ open }) => {
    let store = await open();
    for (const key of ['a', 'b']) store.put(storedObject(key, SMALL, { banSequence: 4 }));
    store.checkedThrough(5);
    await store.settled();
    store = await open();
    expect(store.checkedSequence).toBe(5);
    const cache = createCache({ store, clock: createVirtualClock(), report: () => undefined });
    cache.bans.apply(ban(6, '/a'));
    expect(await (cache.find('a') ?? cache.load('a'))).toBe('invalidated');
    expect(await (cache.find('b') ?? cache.load('b'))).toMatchObject({ response: { key: 'b' }, bansChecked: 6 });
    await store.settled();
    expect(await find(await open(), 'a')).toBeUndefined();
  });

  check('a sweep frees what is forgotten, and only then need the ban not be heard again', async ({ open }) => {
    const store = await open();
    for (const key of ['a', 'b']) store.put(storedObject(key, SMALL));
    await store.settled();
    const clock = createVirtualClock();
    const cache = createCache({ store, clock, report: () => undefined });
    cache.bans.apply(ban(1, '/a'));
    cache.sweep(() => undefined);
    while (cache.bans.count > 0) {
      clock.advance(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([cache.bans.count, store.stats.objects]).toEqual([0, 1]);
    await store.settled();
    expect((await open()).checkedSequence).toBe(1);
  });

  check("another control plane's cache is emptied", async ({ open, reported }) => {
    const store = await open();
    store.put(storedObject('a', SMALL));
    await store.settled();
    expect((await open({ owner: 'another' })).stats.objects).toBe(0);
    expect(reported).toHaveLength(1);
  });
});
