/**
 * Invalidations: what they forget, and that nothing older ever comes back. Facts 14.1, docs/architecture.md.
 */
import { expect } from 'bun:test';
import { scenario } from './scenario.ts';

scenario('a path, a wildcard, everything', async ({ origin, viewer, invalidate }) => {
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600' }, tx.target));
  const paths = ['/a/1', '/a/2', '/b'];
  const caches = async (): Promise<string> => {
    const seen: string[] = [];
    for (const path of paths) seen.push((await viewer.get(path)).cache);
    return seen.join(' ');
  };
  expect(await caches()).toBe('Miss Miss Miss');
  invalidate('/b');
  expect(await caches()).toBe('Hit Hit Miss');
  invalidate('/a/*');
  expect(await caches()).toBe('Miss Miss Hit');
  invalidate('/*');
  expect(await caches()).toBe('Miss Miss Miss');
  expect(await caches()).toBe('Hit Hit Hit');
});

scenario('a purge racing a fill never resurrects the old object', async ({ origin, viewer, barrier, invalidate, settled }) => {
  const held = barrier();
  let version = 1;
  origin.on('GET /page', async (tx) => {
    const body = `version ${version}`;
    if (version === 1) await held;
    tx.respond(200, { 'cache-control': 'max-age=3600' }, body);
  });
  const before = viewer.get('/page');
  await origin.requested(1);
  version = 2;
  invalidate('/page');
  // Asked after the invalidation: must not share the fetch that began before it.
  (await viewer.get('/page')).expectMiss().expect({ body: 'version 2' });
  held.open();
  (await before).expect({ body: 'version 1' });
  await settled();
  (await viewer.get('/page')).expectHit().expect({ body: 'version 2' });
});

scenario('a revalidation under way when the ban arrives does not confirm the old object', async (scene) => {
  const { origin, viewer, barrier, clock, invalidate, settled } = scene;
  const held = barrier();
  origin.on('GET /page', async (tx) => {
    if (tx.headers['if-none-match'] === undefined) return tx.respond(200, { etag: '"1"', 'cache-control': 'max-age=10' }, 'old');
    await held;
    tx.respond(304, { etag: '"1"', 'cache-control': 'max-age=10' });
  });
  await viewer.get('/page');
  clock.advance('10s');
  const refreshing = viewer.get('/page');
  await origin.requested(2);
  invalidate('/page');
  held.open();
  await refreshing;
  await settled();
  (await viewer.get('/page')).expectMiss();
  expect(origin.lastRequest().headers['if-none-match']).toBeUndefined();
});
