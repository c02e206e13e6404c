/**
 * `warmfront explain` against an edge that has served: what it says of hits, misses, and what lies between them.
 */
import { expect } from 'bun:test';
import type { Explanation, TestEdgeOptions } from '../../src/testing/index.ts';
import { behavior, rangedFile } from '../../src/testing/index.ts';
import { MIB } from '../../src/model/units.ts';
import { cachePolicy, explained } from './explain-policies.ts';
import { scenario } from './scenario.ts';

const page = { 'cache-control': 'max-age=60', etag: '"1"' };
const differences = ({ nearest }: Explanation): unknown =>
  nearest?.nearest?.differences.map(({ part, name, requested, stored }) => ({ part, name, requested, stored }));
const hintKinds = ({ hints }: Explanation): string[] => hints.map(({ kind }) => kind);
const sentences = (explanation: Explanation): string => JSON.stringify(explanation);

scenario('nothing is asked of the origin and nothing changes', async ({ origin, viewer, explain, log }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'));
  expect((await explain('/a')).verdict).toMatchObject({ kind: 'miss', reason: 'uri-miss' });
  origin.expectRequests(0);
  (await viewer.get('/a')).expectMiss();
  const { verdict, stored, cacheBehavior, distribution } = await explain('/a');
  expect(verdict).toMatchObject({ kind: 'hit', sentence: 'answered from the cache: fresh for another 60 s' });
  expect(stored).toMatchObject({
    status: 200,
    where: 'memory',
    bodyLength: 1,
    validators: [['etag', '"1"']],
    formulaHolds: true,
  });
  expect(stored?.formula).toBe('min(max(max-age 60, MinTTL 1), MaxTTL 31536000) = 60');
  expect(cacheBehavior).toMatchObject({ pathPattern: '*', passedOver: [] });
  expect(distribution).toMatchObject({ kind: 'matched', by: 'domain-name' });
  origin.expectRequests(1);
  expect(log).toHaveLength(1);
});

const TRACKED = explained(cachePolicy({ query: 'all' }));
scenario(
  'a keyed tracking parameter splits the cache, and the nearest key names it',
  TRACKED,
  async ({ origin, viewer, explain }) => {
    origin.on('*', (tx) => tx.respond(200, page, 'x'));
    await viewer.get('/a?id=1&utm_source=news');
    const explanation = await explain('/a?id=1');
    expect(differences(explanation)).toEqual([{ part: 'query', name: 'utm_source', requested: undefined, stored: 'news' }]);
    expect(explanation.nearest?.nearest?.differences[0]?.sentence).toBe(
      'it is stored with utm_source=news, which this request does not have; ' +
        'the parameter utm_source is in the key because cache policy explained says queryStrings: all',
    );
    expect(hintKinds(await explain('/a?id=1&utm_source=mail'))).toContain('tracking-parameter-keyed');
  },
);

scenario('a tracking parameter that is not keyed splits nothing', async ({ origin, viewer, explain }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'));
  await viewer.get('/a');
  const explanation = await explain('/a?utm_source=mail');
  expect(explanation.verdict.kind).toBe('hit');
  expect(hintKinds(explanation)).toEqual(['tracking-parameter-dropped']);
  expect(explanation.cacheKey?.parts).toContainEqual({
    part: 'query',
    name: 'utm_source',
    value: 'mail',
    kept: false,
    by: 'Managed-CachingOptimized',
    sentence: 'cache policy Managed-CachingOptimized says queryStrings: none',
  });
  expect(explanation.origin?.dropped.map(({ name }) => name)).toEqual(['?utm_source']);
});

scenario('Set-Cookie: stripped where cookies are not forwarded', async ({ origin, viewer, explain }) => {
  origin.on('*', (tx) => tx.respond(200, { ...page, 'set-cookie': 'a=1' }, 'x'));
  await viewer.get('/a');
  const explanation = await explain('/a');
  expect(explanation.verdict.kind).toBe('hit');
  expect(hintKinds(explanation)).toEqual(['set-cookie-stripped']);
});

const COOKIES = explained(cachePolicy({ cookies: 'all' }));
scenario('Set-Cookie: stored, with a warning, where they are', COOKIES, async ({ origin, viewer, explain }) => {
  origin.on('*', (tx) => tx.respond(200, { ...page, 'set-cookie': 'a=1' }, 'x'));
  await viewer.get('/a');
  expect(hintKinds(await explain('/a'))).toEqual(['cookies-prevent-collapsing', 'set-cookie-cached']);
});

const MINIMUM = explained(cachePolicy({ minTtl: 30 }));
for (const said of ['no-cache', 'private', 'no-store']) {
  scenario(`MinTTL over ${said}`, MINIMUM, async ({ origin, viewer, explain }) => {
    origin.on('*', (tx) => tx.respond(200, { 'cache-control': said }, 'x'));
    await viewer.get('/a');
    const { stored, hints, verdict } = await explain('/a');
    expect(verdict.kind).toBe('hit');
    expect(stored).toMatchObject({ formula: `MinTTL 30, despite ${said}`, formulaHolds: true });
    expect(hints.map(({ sentence }) => sentence)).toEqual([
      `the origin says ${said}, and yet it is stored for 30 s: MinTTL 30 of cache policy explained outweighs it`,
    ]);
  });
}

const ZERO = explained(cachePolicy({}));
scenario('what the origin keeps out of the cache: the last miss says so', ZERO, async ({ origin, viewer, explain, clock }) => {
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'private' }, 'x'));
  await viewer.get('/a');
  clock.advance('5s');
  const { lastMiss, verdict } = await explain('/a');
  expect(verdict).toMatchObject({ kind: 'miss', reason: 'uri-miss' });
  expect(lastMiss).toMatchObject({ status: 200, reason: 'uri-miss', notStored: 'private' });
  expect(lastMiss?.sentence).toContain('5 s ago');
});

const NEAR = explained(cachePolicy({ query: 'all', cookies: 'all', headers: ['Accept-Language'], gzip: true }));
scenario('near misses, by each part of the key', NEAR, async ({ origin, viewer, explain }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'));
  const headers = { 'accept-language': 'de', cookie: 'a=1', 'accept-encoding': 'gzip' };
  await viewer.get('/Docs/a?x=1&y=2', { headers });
  const near = async (path: string, changes: Record<string, string>): Promise<unknown> => {
    const given = Object.entries({ ...headers, ...changes }).filter(([, value]) => value !== '');
    return differences(await explain(path, { headers: Object.fromEntries(given) }));
  };
  const path = '/Docs/a?x=1&y=2';
  expect(await near(path, { 'accept-language': 'fr' })).toEqual([
    { part: 'header', name: 'accept-language', requested: 'fr', stored: 'de' },
  ]);
  expect(await near(path, { cookie: 'a=2' })).toEqual([{ part: 'cookie', name: 'a', requested: '2', stored: '1' }]);
  expect(await near(path, { 'accept-encoding': '' })).toEqual([
    { part: 'header', name: 'accept-encoding', requested: undefined, stored: 'gzip' },
  ]);
  expect(await near('/docs/a?x=1&y=2', {})).toEqual([{ part: 'path', name: '', requested: '/docs/a', stored: '/Docs/a' }]);
  expect(await near('/Docs/a?y=2&x=1', {})).toEqual([{ part: 'query-order', name: '', requested: 'y=2&x=1', stored: 'x=1&y=2' }]);
  expect(await near('/elsewhere', {})).toBeUndefined();
});

scenario('an invalidated object, before and after its space is freed', async ({ origin, viewer, explain, invalidate, clock }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'));
  await viewer.get('/a/b');
  invalidate('/c', '/a/*');
  const told = { invalidationId: 'I1', item: '/a/*' };
  const forgotten = await explain('/a/b');
  expect(forgotten).toMatchObject({ verdict: { kind: 'miss', reason: 'invalidated' }, stored: { forgottenBy: told } });
  clock.advance('1s');
  await Promise.resolve();
  expect(await explain('/a/b')).toMatchObject({ verdict: { kind: 'miss' }, invalidation: told });
  (await viewer.get('/a/b')).expectMiss();
});

scenario('a soft purge makes stale', async ({ origin, viewer, explain, softPurge, clock }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'));
  await viewer.get('/a');
  clock.advance('10s');
  softPurge('/a');
  const { verdict, stored } = await explain('/a');
  expect(verdict).toMatchObject({ kind: 'revalidate', reason: 'stale' });
  expect(stored).toMatchObject({ softenedBy: { item: '/a' }, lifetime: 10_000, formulaHolds: false });
});

scenario('a stale object: the conditions that would be sent', async ({ origin, viewer, explain, clock }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'));
  await viewer.get('/a');
  clock.advance('90s');
  const { verdict, stored, origin: asked } = await explain('/a');
  expect(verdict).toMatchObject({ kind: 'revalidate', reason: 'stale' });
  expect(stored).toMatchObject({ age: 90_000, lifetime: 60_000, remaining: -30_000, reuse: { kind: 'revalidate' } });
  expect(asked).toMatchObject({ wouldBeAsked: true, originId: 'origin', target: '/a' });
  expect(asked?.fields).toContainEqual({
    name: 'if-none-match',
    value: '"1"',
    sentence: 'asks whether the stored response still holds',
  });
});

const SETTINGS: TestEdgeOptions = {
  distribution: {
    DefaultRootObject: 'index.html',
    CacheBehaviors: {
      Quantity: 2,
      Items: [behavior('/img/*'), behavior('/app/*', { ViewerProtocolPolicy: 'redirect-to-https' })],
    },
    Aliases: { Quantity: 1, Items: ['*.example.com'] },
  },
};
scenario('a redirect, a refused method, a root object, an alias', SETTINGS, async ({ explain }) => {
  const redirected = await explain('/app/x?y');
  expect(redirected.verdict).toMatchObject({ kind: 'redirect', status: 301 });
  expect(redirected.verdict.sentence).toContain('https://d0123456789abc.cloudfront.localhost/app/x?y');
  expect(redirected.cacheBehavior).toMatchObject({ pathPattern: '/app/*', passedOver: ['/img/*'] });
  expect(redirected.cacheKey).toBeUndefined();
  expect((await explain('/app/x', { scheme: 'https' })).verdict.kind).toBe('miss');
  expect((await explain('/', { method: 'POST' })).verdict).toMatchObject({ kind: 'refused', reason: 'method', status: 403 });
  const root = await explain('/', { host: 'a.b.example.com' });
  expect(root.distribution).toMatchObject({ by: 'wildcard-alias', name: '*.example.com' });
  expect(root.steps[0]).toMatchObject({ step: 'default-root-object' });
  expect(root.cacheKey?.uri).toBe('/index.html');
});

scenario('an unknown host, and which hosts there are', async ({ explain, domainName }) => {
  const { verdict, distribution } = await explain('/', { host: 'd0123456789abd.cloudfront.localhost:8080' });
  expect(verdict).toMatchObject({ kind: 'refused', reason: 'unknown-host', status: 403 });
  expect(distribution).toMatchObject({ kind: 'none', nearby: [domainName] });
});

scenario('Authorization, and a viewer’s Cache-Control', async ({ explain }) => {
  const headers = { authorization: 'Basic x', 'cache-control': 'no-cache', range: 'bytes=0-1' };
  const explanation = await explain('/a', { headers });
  expect(hintKinds(explanation)).toEqual(['authorization-dropped', 'viewer-cache-control-ignored']);
  expect(explanation.origin?.dropped.map(({ name }) => name)).toEqual(['authorization', 'cache-control', 'range']);
  expect(sentences(explanation)).not.toContain('undefined');
});

scenario('a range of an object that is kept in blocks', async ({ origin, viewer, explain, settled, log }) => {
  const film = rangedFile({ length: 5 * MIB, headers: { 'cache-control': 'max-age=60' } });
  origin.on('/film', film.handler);
  const range = (first: number, last: number) => ({ headers: { range: `bytes=${first}-${last}` } });
  await viewer.get('/film', range(0, 9));
  await settled();
  expect((await explain('/film', range(10, 19))).verdict).toMatchObject({ kind: 'hit', reason: 'hit' });
  const later = range(3 * MIB, 3 * MIB + 9);
  expect((await explain('/film', later)).verdict).toMatchObject({ kind: 'miss', reason: 'partial' });
  expect((await explain('/film')).verdict).toMatchObject({ kind: 'miss', reason: 'uri-miss' });
  await viewer.get('/film', later);
  expect(log.at(-1)?.outcome.cache).toMatchObject({ kind: 'miss', reason: 'partial' });
  await viewer.get('/film', range(10, 19));
  expect(log.at(-1)?.outcome.cache.kind).toBe('hit');
});

const LETTER: TestEdgeOptions = { tags: { 'warmfront:cache-semantics': 'rfc9111' } };
scenario('RFC 9111 mode: the header that chose another variant', LETTER, async ({ origin, viewer, explain }) => {
  origin.on('*', (tx) => tx.respond(200, { ...page, vary: 'X-Region' }, 'x'));
  await viewer.get('/a', { headers: { 'x-region': 'eu' } });
  expect((await explain('/a', { headers: { 'x-region': 'eu' } })).verdict.kind).toBe('hit');
  const explanation = await explain('/a', { headers: { 'x-region': 'us' } });
  expect(explanation.verdict).toMatchObject({ kind: 'miss', reason: 'vary-miss' });
  expect(differences(explanation)).toEqual([{ part: 'header', name: 'x-region', requested: 'us', stored: 'eu' }]);
});

const DISK: TestEdgeOptions = { memory: 4 * MIB, disk: 64 * MIB };
scenario('what lies on the disk alone is found there, and stays there', DISK, async ({ origin, viewer, explain, settled }) => {
  origin.on('*', (tx) => tx.respond(200, page, 'x'.repeat(300_000)));
  for (let index = 0; index < 40; index += 1) await viewer.get(`/${index}`);
  await settled();
  const where = await Promise.all(Array.from({ length: 40 }, async (_, index) => (await explain(`/${index}`)).stored?.where));
  const again = await Promise.all(Array.from({ length: 40 }, async (_, index) => (await explain(`/${index}`)).stored?.where));
  expect(again).toEqual(where);
  expect(new Set(where)).toEqual(new Set(['memory', 'disk']));
});
