/**
 * Origin groups: when the second origin answers, what it is asked, and what becomes of its answer. Facts 8.2. Which codes and failures
 * count is a table beside decide-failover.ts.
 */
import { expect } from 'bun:test';
import { behavior, originItem, type TestConfig, type TestEdgeOptions, type TestOrigin } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const EVERY_METHOD = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] as const;

/** `origin`, then `backup`, on these codes; everything goes to the group. */
function group(codes: readonly number[], settings: TestConfig = {}): TestEdgeOptions {
  return {
    origins: ['backup'],
    distribution: {
      OriginGroups: {
        Quantity: 1,
        Items: [
          {
            Id: 'group',
            FailoverCriteria: { StatusCodes: { Quantity: codes.length, Items: [...codes] } },
            Members: { Quantity: 2, Items: [{ OriginId: 'origin' }, { OriginId: 'backup' }] },
          },
        ],
      },
      ...settings,
      DefaultCacheBehavior: { TargetOriginId: 'group', ...settings.DefaultCacheBehavior },
    },
  };
}

function answers(origin: TestOrigin, status: number, body: string): void {
  origin.on('*', (tx) => tx.respond(status, { 'cache-control': 'max-age=60' }, tx.method === 'HEAD' ? undefined : body));
}

scenario('a listed status fails over, and each miss asks the primary first', group([500, 404]), async (scene) => {
  const { origin, viewer, otherOrigin, log } = scene;
  answers(origin, 500, 'primary');
  answers(otherOrigin('backup'), 200, 'secondary');
  (await viewer.get('/a')).expectMiss().expect({ status: 200, body: 'secondary' });
  expect(log.at(-1)?.outcome).toMatchObject({
    originId: 'backup',
    failover: { from: 'origin', reason: 'status', code: 500 },
    errorDetail: undefined,
  });
  (await viewer.get('/a')).expectHit().expect({ body: 'secondary' });
  expect(log.at(-1)?.outcome.failover).toBeUndefined();
  answers(origin, 200, 'primary');
  (await viewer.get('/b')).expectMiss().expect({ body: 'primary' });
  origin.expectRequests(2);
  otherOrigin('backup').expectRequests(1);
});

scenario('a status that is not listed is the answer', group([500]), async ({ origin, viewer, otherOrigin, log }) => {
  answers(origin, 404, 'primary');
  (await viewer.get('/a')).expectError(404).expect({ body: 'primary' });
  expect(log.at(-1)?.outcome.originId).toBe('origin');
  otherOrigin('backup').expectRequests(0);
});

scenario('an origin that refuses connections fails over on 503', group([503]), async ({ origin, viewer, otherOrigin, log }) => {
  await origin.stop();
  answers(otherOrigin('backup'), 200, 'secondary');
  (await viewer.get('/a')).expectMiss().expect({ body: 'secondary' });
  expect(log.at(-1)?.outcome.failover).toEqual({ from: 'origin', reason: 'connect', code: 503 });
});

scenario('without 503 a refused connection is a 502', group([500, 502, 504]), async ({ origin, viewer, otherOrigin, log }) => {
  await origin.stop();
  (await viewer.get('/a')).expectError(502);
  expect(log.at(-1)?.outcome).toMatchObject({ originId: 'origin', errorDetail: 'OriginConnectError' });
  otherOrigin('backup').expectRequests(0);
});

scenario('a silent origin fails over on 504, after all its attempts', group([504]), async (scene) => {
  const { origin, viewer, otherOrigin, clock, log } = scene;
  origin.on('*', () => {});
  answers(otherOrigin('backup'), 200, 'secondary');
  const answer = viewer.get('/a');
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await origin.requested(attempt);
    otherOrigin('backup').expectRequests(0);
    clock.advance('30s');
  }
  (await answer).expectMiss().expect({ body: 'secondary' });
  expect(log.at(-1)?.outcome.failover).toEqual({ from: 'origin', reason: 'timeout', code: 504 });
});

scenario(
  'GET and HEAD fail over, other methods stay with the primary, cached or not',
  group([500], {
    DefaultCacheBehavior: {
      TargetOriginId: 'group',
      CachePolicyId: CACHING_DISABLED,
      AllowedMethods: { Quantity: 7, Items: [...EVERY_METHOD], CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] } },
    },
    CacheBehaviors: {
      Quantity: 1,
      Items: [
        behavior('/options/*', {
          TargetOriginId: 'group',
          AllowedMethods: {
            Quantity: 3,
            Items: ['GET', 'HEAD', 'OPTIONS'],
            CachedMethods: { Quantity: 3, Items: ['GET', 'HEAD', 'OPTIONS'] },
          },
        }),
      ],
    },
  }),
  async ({ origin, viewer, otherOrigin }) => {
    answers(origin, 500, 'primary');
    answers(otherOrigin('backup'), 200, 'secondary');
    const rows: [method: string, path: string, status: number][] = [
      ['GET', '/a', 200],
      ['HEAD', '/a', 200],
      ['OPTIONS', '/a', 500],
      ['OPTIONS', '/options/a', 200],
      ['POST', '/a', 500],
      ['PUT', '/a', 500],
      ['PATCH', '/a', 500],
      ['DELETE', '/a', 500],
    ];
    for (const [method, path, status] of rows)
      expect([method, path, (await viewer.send(method, path)).status]).toEqual([method, path, status]);
    origin.expectRequests(rows.length);
    otherOrigin('backup').expectRequests(3);
  },
);

scenario(
  'the second origin is asked in its own words: path and custom headers',
  { origins: ['backup'] },
  async ({ origin, viewer, otherOrigin, update }) => {
    const backup = otherOrigin('backup');
    const header = (value: string): object => ({ Quantity: 1, Items: [{ HeaderName: 'X-Origin', HeaderValue: value }] });
    update({
      Origins: {
        Quantity: 2,
        Items: [
          { ...originItem('origin', origin), OriginPath: '/one', CustomHeaders: header('first') as never },
          {
            ...originItem('backup', backup),
            OriginPath: '/two',
            CustomHeaders: header('second') as never,
          },
        ],
      },
      ...(group([500]).distribution as TestConfig),
    });
    answers(origin, 500, 'primary');
    answers(backup, 200, 'secondary');
    (await viewer.get('/a')).expect({ body: 'secondary' });
    expect(origin.lastRequest()).toMatchObject({ target: '/one/a', headers: { 'x-origin': 'first' } });
    expect(backup.lastRequest()).toMatchObject({ target: '/two/a', headers: { 'x-origin': 'second' } });
    expect(backup.lastRequest().headers['x-amz-cf-id']).toBe(origin.lastRequest().headers['x-amz-cf-id']);
  },
);

scenario(
  'custom errors and error caching judge the second answer',
  group([404, 500], {
    CustomErrorResponses: {
      Quantity: 1,
      Items: [{ ErrorCode: 404, ResponsePagePath: '/lost.html', ResponseCode: '200', ErrorCachingMinTTL: 5 }],
    },
  }),
  async ({ origin, viewer, otherOrigin, clock, log }) => {
    const backup = otherOrigin('backup');
    answers(origin, 500, 'primary');
    backup.on('*', (tx) => tx.respond(404, {}, 'nothing'));
    backup.on('/lost.html', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'lost?'));
    (await viewer.get('/a')).expectError(200).expect({ body: 'lost?' });
    expect(log.at(-1)?.outcome).toMatchObject({ originId: 'backup', failover: { from: 'origin', code: 500 }, status: 200 });
    const asked = origin.requests.length;
    clock.advance(4_999);
    await viewer.get('/a');
    origin.expectRequests(asked);
    clock.advance(1);
    await viewer.get('/a');
    expect(origin.requests.filter(({ target }) => target === '/a').length).toBe(2);
  },
);

scenario('when both fail, the log tells of the second', group([500, 503]), async ({ origin, viewer, otherOrigin, log }) => {
  answers(origin, 500, 'primary');
  await otherOrigin('backup').stop();
  (await viewer.get('/a')).expectError(502);
  expect(log.at(-1)?.outcome).toMatchObject({
    originId: 'backup',
    errorDetail: 'OriginConnectError',
    failover: { from: 'origin', reason: 'status', code: 500 },
  });
});

scenario('a stale object is validated with the second origin, and covers for both', group([500]), async (scene) => {
  const { origin, viewer, otherOrigin, clock } = scene;
  const backup = otherOrigin('backup');
  origin.on('*', (tx) => tx.respond(200, { etag: '"1"', 'cache-control': 'max-age=10' }, 'kept'));
  backup.on('*', (tx) => tx.respond(tx.headers['if-none-match'] === '"1"' ? 304 : 500, { etag: '"1"' }));
  (await viewer.get('/a')).expectMiss();
  answers(origin, 500, 'primary');
  clock.advance('10s');
  (await viewer.get('/a')).expectRefreshHit().expect({ body: 'kept' });
  backup.on('*', (tx) => tx.respond(500, {}, 'down'));
  clock.advance('2d');
  (await viewer.get('/a')).expectHit().expect({ status: 200, body: 'kept' });
});
