/**
 * What parts of large objects may cost: memory, requests to the origin, the disk. Facts 5; the bounds are those of block-reader.ts and of
 * the settings for memory and disk.
 */
import { expect } from 'bun:test';
import { rangedFile } from '../../src/testing/index.ts';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { expectBytes, LENGTH, MIB, range } from './range-requests.ts';
import { scenario } from './scenario.ts';

scenario('a viewer who leaves has a few blocks fetched in vain, not the rest', async ({ origin, viewer, settled }) => {
  const film = rangedFile({ length: 40 * MIB });
  origin.on('GET /film', film.handler);
  const leaving = await viewer.open('/film', range(0, ''));
  for await (const _ of leaving.body) break;
  leaving.leave();
  await settled();
  expect(film.ranges.length).toBeLessThan(12);
});

scenario('several parts are read over the blocks that hold them, and no others', async ({ origin, viewer }) => {
  const film = rangedFile({ length: 40 * MIB });
  origin.on('GET /film', film.handler);
  const several = { headers: { range: `bytes=5-9,${20 * MIB}-${20 * MIB + 4},-3` } };
  const answer = (await viewer.get('/film', several)).expect({ status: 206 });
  for (const part of [film.bytes(5, 9), film.bytes(20 * MIB, 20 * MIB + 4), film.bytes(40 * MIB - 3, 40 * MIB - 1)]) {
    expect(Buffer.from(answer.bytes).indexOf(part)).toBeGreaterThan(0);
  }
  origin.expectRequests(3);
  (await viewer.get('/film', several)).expectHit();
});

scenario('blocks that cannot be held are passed, octets right', { memory: 16 * MIB }, async ({ origin, viewer, barrier }) => {
  const film = rangedFile({ length: 40 * MIB });
  const held = barrier();
  origin.on('GET /film', film.handler);
  await viewer.get('/film', range(0, 9));
  origin.on('GET /film', async (tx) => {
    await held;
    await film.handler(tx);
  });
  const starts = Array.from({ length: 8 }, (_, index) => (4 * index + 1) * MIB + 17);
  const answers = starts.map((first) => viewer.get('/film', range(first, first + 3 * MIB)));
  // Sixteen blocks fit; the viewers whose first block does not have their own range sent on.
  await origin.requested(1 + 16 + 2);
  held.open();
  for (const [index, response] of (await Promise.all(answers)).entries()) {
    const first = starts[index] ?? 0;
    expectBytes(response.expect({ status: 206 }), film.bytes(first, first + 3 * MIB));
  }
  expect(
    film.ranges.filter((asked) => asked?.startsWith('bytes=') && Number(asked.slice(6).split('-')[0]) % MIB !== 0).length,
  ).toBe(2);
});

scenario('parts from the disk, when memory has let go of them', { memory: 16 * MIB, disk: 256 * MIB }, async (scene) => {
  const { origin, viewer, settled } = scene;
  const film = rangedFile({ length: 24 * MIB });
  origin.on('GET /film', film.handler);
  for (let first = 0; first < 24 * MIB; first += 8 * MIB) await viewer.get('/film', range(first, first + 8 * MIB - 1));
  await settled();
  for (let first = 0; first < 24 * MIB; first += 8 * MIB) {
    expectBytes(
      (await viewer.get('/film', range(first, first + 8 * MIB - 1))).expectHit(),
      film.bytes(first, first + 8 * MIB - 1),
    );
  }
  origin.expectRequests(24);
});

scenario('an origin that fails: what is stored answers, what is not is an error', ORIGIN_DECIDES_OPTIONS, async (scene) => {
  const { origin, viewer, clock } = scene;
  const film = rangedFile({ length: LENGTH, headers: { 'cache-control': 'max-age=60' } });
  origin.on('GET /film', film.handler);
  await viewer.get('/film', range(0, MIB - 1));
  origin.on('GET /film', (tx) => tx.respond(503, {}, 'down'));
  (await viewer.get('/film', range(3 * MIB, 3 * MIB + 9))).expectError(503);
  (await viewer.get('/film', range(0, 9))).expectHit();
  clock.advance('61s');
  expectBytes((await viewer.get('/film', range(0, 9))).expectHit().expect({ status: 206 }), film.bytes(0, 9));
  (await viewer.get('/film')).expectError(503);
});
