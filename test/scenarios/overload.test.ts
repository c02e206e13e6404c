/**
 * More than one process takes on: whoever finds no room is told at once with a 503 that names a time, and those who are in are served.
 * Facts 1.3 (CapacityExceeded), and no custom error page; the bounds themselves are ours (src/tables/capacity.ts).
 */
import { expect } from 'bun:test';
import type { Barrier, TestEdge, ViewerResponse } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const PASSING = { DefaultCacheBehavior: { CachePolicyId: CACHING_DISABLED } };
const NO_ROOM = { status: 503, headers: { 'retry-after': '1', 'x-cache': 'Error from cloudfront' } };

/** The origin answers each path when the barrier opens. */
function hold({ origin }: TestEdge, held: Barrier): void {
  origin.on('*', async (tx) => {
    await held;
    tx.respond(200, { 'cache-control': 'max-age=60' }, 'x');
  });
}

function statuses(responses: readonly ViewerResponse[]): readonly number[] {
  return responses.map(({ status }) => status).toSorted((one, other) => one - other);
}

const QUEUE = { requestsPerOrigin: 2, waitingPerOrigin: 1 };
scenario('one origin: two are asked, one waits, one is told', { distribution: PASSING, capacity: QUEUE }, async (scene) => {
  const held = scene.barrier();
  hold(scene, held);
  const two = [scene.viewer.get('/1'), scene.viewer.get('/2')];
  await scene.origin.requested(2);
  const late = [scene.viewer.get('/3'), scene.viewer.get('/4')];
  (await Promise.race(late)).expect(NO_ROOM);
  expect(scene.log.map(({ outcome }) => outcome.errorDetail)).toEqual(['CapacityExceeded']);
  held.open();
  expect(statuses(await Promise.all([...two, ...late]))).toEqual([200, 200, 200, 503]);
  scene.origin.expectRequests(3);
  (await scene.viewer.get('/5')).expect({ status: 200 });
});

scenario('who waits too long for a place is told', { distribution: PASSING, capacity: QUEUE }, async (scene) => {
  const held = scene.barrier();
  hold(scene, held);
  const two = [scene.viewer.get('/1'), scene.viewer.get('/2')];
  await scene.origin.requested(2);
  const late = [scene.viewer.get('/3'), scene.viewer.get('/4')];
  (await Promise.race(late)).expect(NO_ROOM);
  scene.clock.advance('10s');
  for (const response of await Promise.all(late)) response.expect(NO_ROOM);
  held.open();
  expect(statuses(await Promise.all(two))).toEqual([200, 200]);
});

const full = { capacity: { originRequests: 2 }, origins: ['other'] };
scenario(
  'the process is full; a failure of ours is not cached, has no custom page, and a stored copy answers',
  full,
  async (scene) => {
    const page = { ErrorCode: 503, ResponsePagePath: '/sorry', ResponseCode: '200', ErrorCachingMinTTL: 60 };
    scene.update({ CustomErrorResponses: { Quantity: 1, Items: [page] } });
    scene.origin.on('/old', (tx) => tx.respond(200, { 'cache-control': 'max-age=10' }, 'old'));
    (await scene.viewer.get('/old')).expectMiss();
    scene.clock.advance('11s');
    const held = scene.barrier();
    hold(scene, held);
    const two = [scene.viewer.get('/1'), scene.viewer.get('/2')];
    await scene.origin.requested(3);
    (await scene.viewer.get('/new')).expect(NO_ROOM);
    (await scene.viewer.get('/old')).expect({ status: 200, body: 'old' });
    held.open();
    expect(statuses(await Promise.all(two))).toEqual([200, 200]);
    (await scene.viewer.get('/new')).expect({ status: 200 }).expectMiss();
  },
);

scenario('too many wait for one fetch', { capacity: { waitingViewers: 2 } }, async (scene) => {
  const held = scene.barrier();
  hold(scene, held);
  const first = scene.viewer.get('/hot');
  await scene.origin.requested(1);
  const others = [scene.viewer.get('/hot'), scene.viewer.get('/hot'), scene.viewer.get('/hot')];
  (await Promise.race(others)).expect(NO_ROOM);
  held.open();
  expect(statuses(await Promise.all([first, ...others]))).toEqual([200, 200, 200, 503]);
  scene.origin.expectRequests(1);
});
