/** Bodies larger than memory, and objects that memory has let go of: the disk below it. */
import { heapStats } from 'bun:jsc';
import { expect } from 'bun:test';
import { GIB, KIB, MIB, type Bytes } from '../../src/model/units.ts';
import { rangedFile } from '../../src/testing/index.ts';
import type { TestViewer } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

/** Reads to the end without keeping anything. `look` is called once, when `lookAt` octets have come. */
async function digest(
  body: Awaited<ReturnType<TestViewer['open']>>['body'],
  lookAt: Bytes = Infinity,
  look?: () => void,
): Promise<{ readonly length: Bytes; readonly sum: string }> {
  const hasher = new Bun.CryptoHasher('sha1');
  let length = 0;
  for await (const chunk of body) {
    hasher.update(chunk);
    if (length < lookAt && length + chunk.byteLength >= lookAt) look?.();
    length += chunk.byteLength;
  }
  return { length, sum: hasher.digest('hex') };
}

/** What is in use, of this process's heap and of the buffers that it holds: what nobody refers to any more is collected first. */
function octetsInUse(): Bytes {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
}

const SMALL_MEMORY = { memory: 16 * MIB, disk: GIB };

scenario(
  '200 MB through 16 MB of memory: filled once, served whole and in parts',
  SMALL_MEMORY,
  async ({ origin, viewer, settled }) => {
    const length = 200 * MIB;
    const file = rangedFile({ length, headers: { 'cache-control': 'max-age=60' } });
    origin.on('/large', file.handler);
    const before = octetsInUse();
    const held: Bytes[] = [];
    const look = (): void => void held.push(octetsInUse() - before);
    const first = await digest((await viewer.open('/large')).body, 0.75 * length, look);
    await settled();
    const second = await viewer.open('/large');
    expect(second.headers['x-cache']).toBe('Hit from cloudfront');
    expect(await digest(second.body, 0.75 * length, look)).toEqual(first);
    expect(first.length).toBe(length);
    // This process is origin and viewer, too: of what has passed, not even a quarter is held.
    expect(held.map((octets) => octets < length / 4)).toEqual([true, true]);

    const at = 123_456_789;
    const part = await viewer.get('/large', { headers: { range: `bytes=${at}-${at + 99_999}` } });
    part.expect({ status: 206, headers: { 'content-range': `bytes ${at}-${at + 99_999}/${length}` } }).expectHit();
    expect(Buffer.compare(part.bytes, file.bytes(at, at + 99_999))).toBe(0);
    (await viewer.head('/large')).expect({ status: 200, headers: { 'content-length': String(length) } }).expectHit();
    origin.expectRequests(1);
  },
);

scenario(
  'several parts of a body on the disk are sent, and it stays there',
  SMALL_MEMORY,
  async ({ origin, viewer, settled }) => {
    const file = rangedFile({ length: 8 * MIB, headers: { 'cache-control': 'max-age=60' } });
    origin.on('/large', file.handler);
    await digest((await viewer.open('/large')).body);
    await settled();
    const range = 'bytes=0-99,5000000-5000099,7000000-';
    for (let time = 0; time < 3; time++) {
      const parts = await viewer.get('/large', { headers: { range } });
      parts.expect({ status: 206 }).expectHit();
      for (const [first, last] of [
        [0, 99],
        [5_000_000, 5_000_099],
        [7_000_000, 8 * MIB - 1],
      ] as const)
        expect(Buffer.from(parts.bytes).includes(file.bytes(first, last))).toBe(true);
    }
    origin.expectRequests(1);
  },
);

scenario(
  'who joins a fill on its way to the disk gets all of it, at their own pace',
  SMALL_MEMORY,
  async ({ origin, viewer, barrier, settled }) => {
    const piece = new Uint8Array(MIB).fill(7);
    const held = barrier();
    origin.on('/grow', async (tx) => {
      const body = tx.start(200, { 'cache-control': 'max-age=60', 'content-length': String(8 * MIB) });
      for (let count = 0; count < 4; count++) body.write(piece);
      await held;
      for (let count = 0; count < 4; count++) body.write(piece);
      body.end();
    });
    const starter = await viewer.open('/grow');
    const joiner = await viewer.open('/grow');
    const joined = digest(joiner.body);
    held.open();
    await settled();
    // The starter has read nothing until now.
    expect((await digest(starter.body)).length).toBe(8 * MIB);
    expect((await joined).length).toBe(8 * MIB);
    origin.expectRequests(1);
  },
);

scenario(
  'a large body that breaks off is broken for its viewer and stored by nobody',
  SMALL_MEMORY,
  async ({ origin, viewer, settled }) => {
    origin.on('/broken', (tx) => {
      const body = tx.start(200, { 'cache-control': 'max-age=60', 'content-length': String(8 * MIB) });
      body.write(new Uint8Array(3 * MIB));
      body.reset();
    });
    await expect(viewer.get('/broken')).rejects.toThrow();
    await settled();
    await expect(viewer.get('/broken')).rejects.toThrow();
    origin.expectRequests(2);
  },
);

scenario(
  'a large body of unknown length goes to the disk once it has outgrown memory',
  SMALL_MEMORY,
  async ({ origin, viewer, settled }) => {
    origin.on('/chunked', (tx) => {
      const body = tx.start(200, { 'cache-control': 'max-age=60' });
      for (let count = 0; count < 20; count++) body.write(new Uint8Array(MIB).fill(count));
      body.end();
    });
    const first = await digest((await viewer.open('/chunked')).body);
    await settled();
    expect(await digest((await viewer.open('/chunked')).body)).toEqual(first);
    origin.expectRequests(1);
  },
);

const TINY_MEMORY = { memory: 256 * KIB, disk: 64 * MIB };

scenario('what memory has let go of comes from the disk', TINY_MEMORY, async ({ origin, viewer, settled, clock, invalidate }) => {
  origin.on('*', (tx) => {
    const isKnown = tx.headers['if-none-match'] === '"1"';
    if (isKnown) tx.respond(304, { etag: '"1"', 'cache-control': 'max-age=60' });
    else tx.respond(200, { etag: '"1"', 'cache-control': 'max-age=60' }, tx.target.repeat(3000));
  });
  for (let index = 0; index < 60; index++) await viewer.get(`/object-${index}`);
  await settled();
  for (let index = 0; index < 60; index++) {
    (await viewer.get(`/object-${index}`)).expect({ status: 200, body: `/object-${index}`.repeat(3000) }).expectHit();
  }
  origin.expectRequests(60);

  clock.advance('2m');
  (await viewer.get('/object-1')).expect({ body: '/object-1'.repeat(3000) }).expectRefreshHit();
  (await viewer.get('/object-1')).expectHit();
  origin.expectRequests(61);

  invalidate('/object-2*');
  for (const index of [2, 20]) (await viewer.get(`/object-${index}`)).expectMiss();
  origin.expectRequests(63);
});
