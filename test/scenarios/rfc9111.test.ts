/**
 * A distribution in RFC 9111 mode, from the tag to the answers: variants, request directives, invalidation by unsafe methods, shared
 * fetches. The single rules have their tables in src/core/cache/rfc9111; the whole of it is tried by test/conformance.
 */
import { expect } from 'bun:test';
import type { TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const ALL = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
const RFC9111: TestEdgeOptions = {
  tags: { 'warmfront:cache-semantics': 'rfc9111' },
  distribution: { DefaultCacheBehavior: { AllowedMethods: { Quantity: ALL.length, Items: [...ALL] } } },
};
const FRESH = { 'cache-control': 'max-age=1000000000' };

scenario('variants are told apart by the fields that Vary names, and by no others', RFC9111, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, { ...FRESH, vary: 'Accept-Language' }, tx.headers['accept-language'] ?? 'none'));
  const ask = (language: string, other: string) => viewer.get('/a', { headers: { 'accept-language': language, other } });
  (await ask('de', '1')).expectMiss().expect({ body: 'de' });
  (await ask('en', '1')).expectMiss().expect({ body: 'en' });
  (await ask('de', '2')).expectHit().expect({ body: 'de' });
  (await ask('EN', '2')).expectHit().expect({ body: 'en' });
  (await viewer.get('/a')).expectMiss().expect({ body: 'none' });
  expect((await ask('fr', '1')).headers['cache-status']).toContain('fwd=vary-miss');
  origin.expectRequests(4);
});

scenario('an invalidation forgets every variant; those fetched since stay', RFC9111, async ({ origin, viewer, invalidate }) => {
  origin.on('*', (tx) => tx.respond(200, { ...FRESH, vary: 'X' }, tx.headers['x']));
  const ask = (x: string) => viewer.get('/a', { headers: { x } });
  for (const x of ['1', '2']) (await ask(x)).expectMiss();
  invalidate('/a');
  for (const x of ['1', '2']) (await ask(x)).expectMiss();
  for (const x of ['1', '2']) (await ask(x)).expectHit().expect({ body: x });
});

scenario('a successful unsafe request forgets what it changes, and what it names', RFC9111, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, { ...FRESH, vary: 'X' }));
  origin.on('POST /fails', (tx) => tx.respond(500));
  origin.on('POST /a', (tx) => tx.respond(201, { location: '/named?q', 'content-location': 'http://elsewhere.example/kept' }));
  const paths = ['/a', '/a?q', '/named?q', '/kept', '/fails'];
  const caches = async () => (await Promise.all(paths.map((path) => viewer.get(path)))).map(({ cache }) => cache).join(' ');
  expect(await caches()).toBe('Miss Miss Miss Miss Miss');
  expect(await caches()).toBe('Hit Hit Hit Hit Hit');
  await viewer.send('POST', '/a', { body: 'x' });
  await viewer.send('POST', '/fails', { body: 'x' });
  expect(await caches()).toBe('Miss Hit Miss Hit Hit');
});

scenario('a fetch that an unsafe request overtakes is not stored', RFC9111, async ({ origin, viewer, barrier, settled }) => {
  const held = barrier();
  origin.on('GET /a', async (tx) => {
    await held;
    tx.respond(200, FRESH, 'old');
  });
  origin.on('PUT /a', (tx) => tx.respond(204));
  const early = viewer.get('/a');
  await origin.requested(1);
  await viewer.send('PUT', '/a', { body: 'new' });
  held.open();
  (await early).expect({ body: 'old' });
  await settled();
  origin.on('GET /a', (tx) => tx.respond(200, FRESH, 'new'));
  (await viewer.get('/a')).expectMiss().expect({ body: 'new' });
});

scenario('viewers of two variants ask at once; the origin is asked twice', RFC9111, async ({ origin, viewer, barrier }) => {
  const held = barrier();
  origin.on('*', async (tx) => {
    await held;
    tx.respond(200, { ...FRESH, vary: 'X' }, tx.headers['x']);
  });
  const viewers = Array.from({ length: 10 }, async (_, n) => {
    const x = String(n % 2);
    (await viewer.get('/a', { headers: { x } })).expect({ status: 200, body: x });
  });
  await origin.requested(1);
  held.open();
  await Promise.all(viewers);
  origin.expectRequests(2);
});

scenario('the viewer decides: no-cache, max-age, only-if-cached, no-store', RFC9111, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, { ...FRESH, etag: '"1"' }, 'whole'));
  origin.on('/validated', (tx) =>
    tx.headers['if-none-match'] === '"1"' ? tx.respond(304) : tx.respond(200, { ...FRESH, etag: '"1"' }, 'whole'),
  );
  const ask = (path: string, control: string) => viewer.get(path, { headers: { 'cache-control': control } });
  expect((await ask('/validated', 'only-if-cached')).status).toBe(504);
  origin.expectRequests(0);
  (await viewer.get('/validated')).expectMiss();
  (await ask('/validated', 'only-if-cached')).expectHit();
  (await ask('/validated', 'no-cache')).expectRefreshHit().expect({ body: 'whole' });
  (await ask('/kept-out', 'no-store')).expectMiss();
  (await viewer.get('/kept-out')).expectMiss();
});

scenario(
  'a HEAD renews the stored GET it agrees with, and makes stale the one it contradicts',
  RFC9111,
  async ({ origin, viewer }) => {
    const answers = { etag: '"1"' };
    origin.on('*', (tx) => {
      if (tx.headers['if-none-match'] === answers.etag) return tx.respond(304, { 'x-seen': 'head' });
      return tx.respond(200, { ...FRESH, ...answers, 'x-seen': tx.method.toLowerCase() }, 'body');
    });
    const again = { headers: { 'cache-control': 'no-cache' } };
    (await viewer.get('/a')).expectMiss().expect({ headers: { 'x-seen': 'get' } });
    await viewer.head('/a', again);
    (await viewer.get('/a')).expectHit().expect({ body: 'body', headers: { 'x-seen': 'head' } });
    answers.etag = '"2"';
    await viewer.head('/a', again);
    (await viewer.get('/a')).expect({ headers: { etag: '"2"' } });
  },
);

scenario("the origin gets the viewer's fields as a gateway sends them", RFC9111, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, { via: '1.0 inner', 'set-cookie': 'a=b' }));
  const headers = {
    cookie: 'c=d; e',
    authorization: 'x',
    'user-agent': 'me',
    'accept-encoding': 'zstd',
    via: '1.0 outer',
    te: 'trailers',
  };
  const response = await viewer.get('/a?b', { headers });
  const seen = origin.lastRequest();
  const { cookie, authorization, 'user-agent': agent, 'accept-encoding': codings, te } = seen.headers;
  expect({ cookie, authorization, agent, codings, te }).toEqual({
    cookie: 'c=d; e',
    authorization: 'x',
    agent: 'me',
    codings: 'zstd',
    te: undefined,
  });
  expect([seen.target, seen.headers['via']?.startsWith('1.0 outer, 1.1 ')]).toEqual(['/a?b', true]);
  expect([response.headers['via']?.startsWith('1.0 inner, 1.1 '), response.headers['set-cookie']]).toEqual([true, 'a=b']);
});

scenario('an unknown method reaches the origin where all methods are allowed', RFC9111, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, FRESH, tx.method));
  (await viewer.get('/a')).expectMiss();
  (await viewer.send('M-SEARCH', '/a')).expect({ status: 200, body: 'M-SEARCH' });
  (await viewer.get('/a')).expectMiss();
});
