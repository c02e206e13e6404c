/**
 * How long a response answers, and what is asked when it no longer may. Facts 4.1, 4.2, 4.5.
 */
import { expect } from 'bun:test';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { scenario } from './scenario.ts';

scenario('a response answers until max-age, then a 304 renews it', async ({ origin, viewer, clock }) => {
  origin.on('GET /page', (tx) => {
    if (tx.headers['if-none-match'] === '"v1"') tx.respond(304, { etag: '"v1"', 'cache-control': 'max-age=60' });
    else tx.respond(200, { etag: '"v1"', 'cache-control': 'max-age=60' }, 'page');
  });
  (await viewer.get('/page')).expectMiss().expect({ body: 'page', headers: { age: undefined } });
  clock.advance('59s');
  (await viewer.get('/page')).expectHit().expect({ body: 'page', headers: { age: '59' } });
  clock.advance('1s');
  (await viewer.get('/page')).expectRefreshHit().expect({ body: 'page' });
  (await viewer.get('/page')).expectHit();
  origin.expectRequests(2);
});

scenario('a changed page replaces the stale one', async ({ origin, viewer, clock }) => {
  let version = 1;
  origin.on('GET /page', (tx) => tx.respond(200, { etag: `"v${version}"`, 'cache-control': 'max-age=10' }, `version ${version}`));
  (await viewer.get('/page')).expectMiss();
  version = 2;
  clock.advance('10s');
  (await viewer.get('/page')).expectMiss().expect({ body: 'version 2' });
  expect(origin.lastRequest().headers['if-none-match']).toBe('"v1"');
  (await viewer.get('/page')).expectHit().expect({ body: 'version 2' });
});

scenario('stale-while-revalidate answers at once and renews on the side', ORIGIN_DECIDES_OPTIONS, async (scene) => {
  const { origin, viewer, clock, settled } = scene;
  let version = 1;
  const cacheControl = 'max-age=10, stale-while-revalidate=60';
  origin.on('GET /news', (tx) => tx.respond(200, { 'cache-control': cacheControl }, `edition ${version}`));
  await viewer.get('/news');
  version = 2;
  clock.advance('30s');
  (await viewer.get('/news')).expectHit().expect({ body: 'edition 1' });
  await settled();
  (await viewer.get('/news')).expectHit().expect({ body: 'edition 2' });
});

scenario(
  'an origin that fails is covered by the stale page, and left in peace for ten seconds',
  async ({ origin, viewer, clock }) => {
    let isUp = true;
    origin.on('GET /page', (tx) =>
      isUp ? tx.respond(200, { 'cache-control': 'max-age=60' }, 'page') : tx.respond(503, {}, 'down'),
    );
    await viewer.get('/page');
    isUp = false;
    clock.advance('5m');
    (await viewer.get('/page')).expect({ status: 200, body: 'page' });
    (await viewer.get('/page')).expect({ status: 200, body: 'page' });
    origin.expectRequests(2);
    clock.advance('11s');
    (await viewer.get('/page')).expect({ status: 200, body: 'page' });
    origin.expectRequests(3);
  },
);

scenario('private and no-store are never kept', ORIGIN_DECIDES_OPTIONS, async ({ origin, viewer }) => {
  origin.on('GET /mine', (tx) => tx.respond(200, { 'cache-control': 'private' }, 'mine'));
  (await viewer.get('/mine')).expectMiss();
  (await viewer.get('/mine')).expectMiss();
  origin.expectRequests(2);
});

scenario('a HEAD is answered from what a GET stored', async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'twelve bytes'));
  await viewer.get('/page');
  (await viewer.head('/page')).expectHit().expect({ status: 200, body: '', headers: { 'content-length': '12' } });
  origin.expectRequests(1);
});
