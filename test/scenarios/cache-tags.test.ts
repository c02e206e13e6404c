/**
 * Cache tags: from the origin's field to an invalidation by `#tag`. Facts 14.1. What an item may be is judged by the API
 * (src/control/aws/cloudfront/invalidations.ts).
 */
import { expect } from 'bun:test';
import { behavior, type TestConfig, type TestViewer } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const TAGGED: TestConfig = { CacheTagConfig: { HeaderName: 'X-Cache-Tags' } };

async function caches(viewer: TestViewer, ...paths: string[]): Promise<string> {
  const seen: string[] = [];
  for (const path of paths) seen.push((await viewer.get(path)).cache);
  return seen.join(' ');
}

scenario(
  'tags forget what carries them, in any case, and nothing else; paths go with them',
  { distribution: TAGGED },
  async (scene) => {
    const { origin, viewer, invalidate } = scene;
    const tags: Record<string, string | string[]> = {
      '/shoe': 'Product:1, sale',
      '/hat': ['product:2', 'SALE'],
      '/about': 'product:11',
    };
    origin.on('*', (tx) =>
      tx.respond(200, { 'cache-control': 'max-age=3600', 'x-cache-tags': tags[tx.target] ?? '' }, tx.target),
    );
    const all = ['/shoe', '/hat', '/about', '/plain'];
    expect(await caches(viewer, ...all)).toBe('Miss Miss Miss Miss');
    invalidate('#PRODUCT:1');
    expect(await caches(viewer, ...all)).toBe('Miss Hit Hit Hit');
    invalidate('#Sale', '/plain');
    expect(await caches(viewer, ...all)).toBe('Miss Miss Hit Miss');
    invalidate('#product', '#product:*', '#', '#shoe');
    expect(await caches(viewer, ...all)).toBe('Hit Hit Hit Hit');
  },
);

scenario(
  'every variant of a tagged object goes',
  {
    distribution: {
      ...TAGGED,
      CacheBehaviors: { Quantity: 1, Items: [behavior('/q*', { CachePolicyId: '4cc15a8a-d715-48a4-82b8-cc0b614638fe' })] },
    },
  },
  async ({ origin, viewer, invalidate }) => {
    origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600', 'x-cache-tags': 'all' }, tx.target));
    expect(await caches(viewer, '/q?1', '/q?2')).toBe('Miss Miss');
    invalidate('#all');
    expect(await caches(viewer, '/q?1', '/q?2')).toBe('Miss Miss');
  },
);

scenario(
  '50 tags count, of 256 characters each; the others are ignored',
  { distribution: TAGGED },
  async ({ origin, viewer, invalidate }) => {
    const long = 't'.repeat(256);
    const many = Array.from({ length: 51 }, (_, index) => `tag-${index}`).join(',');
    const tags: Record<string, string> = { '/many': many, '/long': `${long}, ${long}x`, '/odd': 'a b, ok,, ,ok' };
    origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600', 'x-cache-tags': tags[tx.target] ?? '' }, 'x'));
    await caches(viewer, '/many', '/long', '/odd');
    invalidate('#tag-50', `#${long}x`, '#a', '#a b');
    expect(await caches(viewer, '/many', '/long', '/odd')).toBe('Hit Hit Hit');
    invalidate('#tag-49', `#${long}`, '#ok');
    expect(await caches(viewer, '/many', '/long', '/odd')).toBe('Miss Miss Miss');
  },
);

scenario('objects are tagged by the setting in force when they are stored', async ({ origin, viewer, invalidate, update }) => {
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600', 'x-cache-tags': 'old', 'x-other': 'new' }, 'x'));
  await viewer.get('/before');
  update(TAGGED);
  await viewer.get('/between');
  update({ CacheTagConfig: { HeaderName: 'x-other' } });
  await viewer.get('/after');
  invalidate('#old');
  expect(await caches(viewer, '/before', '/between', '/after')).toBe('Hit Miss Hit');
  invalidate('#new');
  expect(await caches(viewer, '/before', '/between', '/after')).toBe('Hit Miss Miss');
});

scenario(
  'a validation brings the tags that count from then on',
  { distribution: TAGGED },
  async ({ origin, viewer, clock, invalidate }) => {
    let tag = 'one';
    origin.on('*', (tx) => {
      const headers = { 'cache-control': 'max-age=10', etag: '"1"', 'x-cache-tags': tag };
      tx.respond(
        tx.headers['if-none-match'] === undefined ? 200 : 304,
        headers,
        tx.headers['if-none-match'] === undefined ? 'x' : undefined,
      );
    });
    await viewer.get('/a');
    tag = 'two';
    clock.advance('10s');
    (await viewer.get('/a')).expectRefreshHit();
    invalidate('#one');
    (await viewer.get('/a')).expectHit();
    invalidate('#two');
    (await viewer.get('/a')).expectMiss();
  },
);
