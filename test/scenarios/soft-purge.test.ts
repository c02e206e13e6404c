/**
 * Soft purges: what they name is stale from then on, and not forgotten. An extension; CloudFront has only invalidations.
 */
import { expect } from 'bun:test';
import type { TestOrigin } from '../../src/testing/index.ts';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { scenario } from './scenario.ts';

/** Answers version `now()` with its validator, and 304 to whoever has it. */
function versions(origin: TestOrigin, cacheControl: string, now: () => number): void {
  origin.on('*', (tx) => {
    const etag = `"${now()}"`;
    const headers = { etag, 'cache-control': cacheControl, 'x-cache-tags': 'all' };
    if (tx.headers['if-none-match'] === etag) return tx.respond(304, headers);
    tx.respond(200, headers, `version ${now()}`);
  });
}

scenario('what it names is validated before it is used again', async ({ origin, viewer, softPurge }) => {
  versions(origin, 'max-age=3600', () => 1);
  for (const path of ['/a', '/b']) await viewer.get(path);
  softPurge('/a');
  (await viewer.get('/a')).expectRefreshHit().expect({ body: 'version 1' });
  (await viewer.get('/a')).expectHit();
  (await viewer.get('/b')).expectHit();
  origin.expectRequests(3);
});

scenario('a new version replaces it', async ({ origin, viewer, softPurge }) => {
  let version = 1;
  versions(origin, 'max-age=3600', () => version);
  await viewer.get('/a');
  version = 2;
  softPurge('/*');
  (await viewer.get('/a')).expectMiss().expect({ body: 'version 2' });
  (await viewer.get('/a')).expectHit().expect({ body: 'version 2' });
});

scenario('while the origin fails, it answers; it is never fresh again without the origin', async (scene) => {
  const { origin, viewer, softPurge, clock } = scene;
  versions(origin, 'max-age=86400', () => 1);
  await viewer.get('/a');
  softPurge('/a');
  origin.on('*', (tx) => tx.respond(503, {}, 'down'));
  for (let time = 2; time <= 4; time += 1) {
    (await viewer.get('/a')).expectHit().expect({ status: 200, body: 'version 1' });
    origin.expectRequests(time);
    // CloudFront: a failing origin is asked once per ErrorCachingMinTTL.
    (await viewer.get('/a')).expectHit().expect({ status: 200, body: 'version 1' });
    origin.expectRequests(time);
    clock.advance('10s');
  }
  versions(origin, 'max-age=86400', () => 1);
  (await viewer.get('/a')).expectRefreshHit();
});

scenario('an origin that is being left in peace is asked again', async ({ origin, viewer, softPurge, clock }) => {
  versions(origin, 'max-age=10', () => 1);
  await viewer.get('/a');
  clock.advance('10s');
  origin.on('*', (tx) => tx.respond(503));
  (await viewer.get('/a')).expectHit();
  versions(origin, 'max-age=10', () => 2);
  softPurge('/a');
  (await viewer.get('/a')).expectMiss().expect({ body: 'version 2' });
});

scenario('with stale-while-revalidate it answers at once, counted from the purge', ORIGIN_DECIDES_OPTIONS, async (scene) => {
  const { origin, viewer, softPurge, clock, settled } = scene;
  let version = 1;
  versions(origin, 'max-age=3600, stale-while-revalidate=60', () => version);
  for (const path of ['/a', '/b']) await viewer.get(path);
  clock.advance('10m');
  softPurge('/*');
  version = 2;
  clock.advance('60s');
  (await viewer.get('/a')).expectHit().expect({ body: 'version 1' });
  await settled();
  (await viewer.get('/a')).expectHit().expect({ body: 'version 2' });
  clock.advance('1s');
  (await viewer.get('/b')).expectMiss().expect({ body: 'version 2' });
});

scenario(
  'tags, errors, and an invalidation after it',
  { distribution: { CacheTagConfig: { HeaderName: 'x-cache-tags' } } },
  async ({ origin, viewer, softPurge, invalidate }) => {
    versions(origin, 'max-age=3600', () => 1);
    origin.on('/gone', (tx) => tx.respond(404, { 'cache-control': 'max-age=3600' }, 'gone'));
    for (const path of ['/a', '/gone']) await viewer.get(path);
    softPurge('#ALL', '/gone');
    (await viewer.get('/a')).expectRefreshHit();
    origin.on('/gone', (tx) => tx.respond(200, {}, 'back'));
    (await viewer.get('/gone')).expectMiss().expect({ body: 'back' });
    softPurge('/a');
    invalidate('/a');
    (await viewer.get('/a')).expectMiss();
    expect(origin.lastRequest().headers['if-none-match']).toBeUndefined();
  },
);

scenario('what was on its way when the purge came is validated, too', async ({ origin, viewer, barrier, softPurge, settled }) => {
  const held = barrier();
  let version = 1;
  origin.on('/a', async (tx) => {
    const body = `version ${version}`;
    const etag = `"${version}"`;
    if (origin.requests.length === 1) await held;
    tx.respond(200, { 'cache-control': 'max-age=3600', etag }, body);
  });
  const before = viewer.get('/a');
  await origin.requested(1);
  version = 2;
  softPurge('/a');
  held.open();
  (await before).expect({ body: 'version 1' });
  await settled();
  (await viewer.get('/a')).expectMiss().expect({ body: 'version 2' });
});

scenario(
  'a validation under way when the purge comes does not count',
  async ({ origin, viewer, barrier, softPurge, clock, settled }) => {
    const held = barrier();
    origin.on('/a', async (tx) => {
      const headers = { 'cache-control': 'max-age=10', etag: '"1"' };
      if (tx.headers['if-none-match'] === undefined) return tx.respond(200, headers, 'x');
      if (origin.requests.length === 2) await held;
      tx.respond(304, headers);
    });
    await viewer.get('/a');
    clock.advance('10s');
    const under = viewer.get('/a');
    await origin.requested(2);
    softPurge('/a');
    // A viewer who asks after the purge is answered by a validation of his own.
    (await viewer.get('/a')).expectRefreshHit();
    origin.expectRequests(3);
    held.open();
    (await under).expectRefreshHit();
    await settled();
    // The older answer came last: it says nothing about what the purge announced.
    (await viewer.get('/a')).expectRefreshHit();
    origin.expectRequests(4);
  },
);

scenario(
  'the ban stays until what it names is gone, however long that takes',
  async ({ origin, viewer, softPurge, invalidate, clock }) => {
    versions(origin, 'max-age=86400', () => 1);
    for (const path of ['/a', '/b']) await viewer.get(path);
    softPurge('/a');
    clock.advance('1s');
    await Promise.resolve();
    for (const path of ['/x', '/y']) {
      invalidate(path);
      clock.advance('1s');
      await Promise.resolve();
    }
    (await viewer.get('/a')).expectRefreshHit();
    (await viewer.get('/b')).expectHit();
  },
);
