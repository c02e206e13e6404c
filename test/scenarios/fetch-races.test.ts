/**
 * Fetches of one object that cross: what the later one brought is never mixed with what the earlier one says. RFC 9111 4.3.4.
 */
import { expect } from 'bun:test';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { scenario, type Scene } from './scenario.ts';

/** What a late answer to the fetch of the old edition may be. */
type Late = 'not-modified' | 'unavailable';

/** The old edition is stored and stale; while its validation waits at the origin, the new edition is stored; then comes the answer. */
async function crossed(scene: Scene, late: Late, body: (edition: string) => string): Promise<void> {
  const { origin, viewer, clock, barrier, invalidate, settled } = scene;
  const held = barrier();
  let asked = 0;
  origin.on('/page', async (tx) => {
    asked += 1;
    const edition = asked <= 2 ? 'old' : 'new';
    const fields = { 'cache-control': 'max-age=60', etag: `"${edition}"` };
    if (asked !== 2) return tx.respond(200, fields, body(edition));
    await held;
    tx.respond(late === 'unavailable' ? 503 : 304, late === 'unavailable' ? {} : fields);
  });
  await viewer.get('/page');
  await settled();
  clock.advance('2m');
  const early = viewer.get('/page');
  await origin.requested(2);
  // Whatever a ban names, a fetch that began before it is not joined.
  invalidate('/another');
  (await viewer.get('/page')).expect({ status: 200, body: body('new'), headers: { etag: '"new"' } });
  held.open();
  const { status, body: got, headers } = await early;
  expect([status, headers['etag']]).toEqual([200, got === body('old') ? '"old"' : '"new"']);
  expect([body('old'), body('new')]).toContain(got);
  await settled();
  (await viewer.get('/page')).expectHit().expect({ body: body('new'), headers: { etag: '"new"' } });
}

scenario('a late 304 says nothing about the edition that has come meanwhile', ORIGIN_DECIDES_OPTIONS, (scene) =>
  crossed(scene, 'not-modified', (edition) => `the ${edition} edition`),
);

scenario('a late failure excuses nothing that has come meanwhile', ORIGIN_DECIDES_OPTIONS, (scene) =>
  crossed(scene, 'unavailable', (edition) => `the ${edition} edition`),
);

scenario(
  'a late 304 says nothing about a new edition on the disk, either',
  { ...ORIGIN_DECIDES_OPTIONS, memory: 4 * 1024 * 1024, disk: 64 * 1024 * 1024 },
  (scene) => crossed(scene, 'not-modified', (edition) => `the ${edition} edition`.repeat(200_000)),
);

scenario(
  'a 304 that makes a response private answers who asked, and nobody who waited',
  ORIGIN_DECIDES_OPTIONS,
  async ({ origin, viewer, clock, barrier, settled }) => {
    const held = barrier();
    let asked = 0;
    origin.on('/page', async (tx) => {
      asked += 1;
      if (asked === 1) return tx.respond(200, { 'cache-control': 'max-age=60', etag: '"1"' }, 'for all');
      await held;
      if (tx.headers['if-none-match'] === '"1"') return tx.respond(304, { 'cache-control': 'private', etag: '"1"' });
      tx.respond(200, { 'cache-control': 'private' }, 'for one');
    });
    await viewer.get('/page');
    await settled();
    clock.advance('2m');
    const first = viewer.get('/page');
    await origin.requested(2);
    const second = viewer.get('/page');
    await viewer.get('/nothing');
    held.open();
    (await first).expect({ body: 'for all' });
    await second;
    origin.expectRequests(4);
  },
);
