/** A flood of requests, and the viewers who were there before it. How who makes it is told: src/core/viewer-request/flood. */
import { expect, test } from 'bun:test';
import { startTestEdge } from '../../src/testing/index.ts';
import type { Scene } from './scenario.ts';
import { scenario } from './scenario.ts';

const ATTACKER = '203.0.113.9';
const NEIGHBOUR = '198.51.100.7';

/** Twenty seconds of every day, then more from one address than all others together. */
async function attacked({ origin, viewer, clock }: Pick<Scene, 'origin' | 'viewer' | 'clock'>): Promise<readonly number[]> {
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=600' }, 'page'));
  for (let turn = 0; turn < 20; turn += 1, clock.advance('1s')) await viewer.get('/page', { from: NEIGHBOUR });
  const statuses: number[] = [];
  for (let count = 0; count < 150; count += 1) statuses.push((await viewer.get(`/${count}`, { from: ATTACKER })).status);
  return statuses;
}

scenario('who floods is held to what is usual; others are answered', { tags: { 'warmfront:floods': 'limit' } }, async (scene) => {
  const statuses = await attacked(scene);
  expect(statuses.indexOf(429)).toBe(100);
  expect(new Set(statuses.slice(100))).toEqual(new Set([429]));
  const { viewer, clock, log } = scene;
  const refused = await viewer.get('/page', { from: ATTACKER });
  refused.expect({ status: 429, headers: { 'x-cache': 'LimitExceeded from cloudfront', 'retry-after': '5' } });
  expect(log.at(-1)?.outcome.cache).toEqual({ kind: 'none', refused: 'flood/source' });
  (await viewer.get('/page', { from: NEIGHBOUR })).expect({ status: 200 });
  expect(scene.floodEvents.map(({ kind }) => kind)).toEqual(['flood', 'held']);

  // A window later there are as many again as are usual; a minute after it has calmed down it is as any other.
  clock.advance('5s');
  (await viewer.get('/page', { from: ATTACKER })).expect({ status: 200 });
  clock.advance('70s');
  (await viewer.get('/page', { from: NEIGHBOUR })).expect({ status: 200 });
  expect(scene.floodEvents.map(({ kind }) => kind)).toEqual(['flood', 'held', 'let-go', 'over']);
});

scenario('a flood that is only watched is told', { tags: { 'warmfront:floods': 'watch' } }, async (scene) => {
  expect(new Set(await attacked(scene))).toEqual(new Set([200]));
  expect(scene.floodEvents.map(({ kind }) => kind)).toEqual(['flood', 'held']);
});

scenario('by default nothing is counted', async (scene) => {
  expect(new Set(await attacked(scene))).toEqual(new Set([200]));
  expect(scene.floodEvents).toEqual([]);
});

// One cache: another one that answers for the key has not seen the viewers.
test('an explanation says who is held, and to what', async () => {
  const edge = await startTestEdge({ tags: { 'warmfront:floods': 'limit' } });
  await attacked(edge);
  const { steps } = await edge.explain('/page', { from: ATTACKER });
  expect(steps[0]).toMatchObject({ step: 'flood', decision: 'held' });
  expect(steps[0]?.sentence).toEndWith('the source 203.0.113.9 is answered 20 times in 5 s');
  expect((await edge.explain('/page', { from: NEIGHBOUR })).steps[0]?.step).not.toBe('flood');
  await edge.stop();
});
