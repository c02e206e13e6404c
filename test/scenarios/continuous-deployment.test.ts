/**
 * Continuous deployment: which viewers the staging distribution gets, and that it shares nothing with its primary. Facts 10.6.
 * How the API attaches, promotes and protects the two: src/control/aws/cloudfront/continuous-deployment.
 */
import { expect } from 'bun:test';
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront';
import type { TestEdgeOptions, TestOrigin } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const STAGED = { DefaultRootObject: 'next.html', DefaultCacheBehavior: { TargetOriginId: 'next' } };
const COOKIE = 'x-amz-continuous-deployment-state';

const EVERY_COOKIE = '33333333-3333-4333-8333-333333333333';
const everyCookie: CachePolicyConfig = {
  Name: 'every-cookie',
  MinTTL: 0,
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: false,
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'all' },
    QueryStringsConfig: { QueryStringBehavior: 'none' },
  },
};

function weighted(
  weight: number,
  draws: readonly number[],
  stickiness?: { IdleTTL: number; MaximumTTL: number },
): TestEdgeOptions {
  let drawn = 0;
  return {
    origins: ['next'],
    random: () => draws[drawn++ % draws.length] ?? 0,
    staging: {
      distribution: STAGED,
      traffic: {
        Type: 'SingleWeight',
        SingleWeightConfig: { Weight: weight, ...(stickiness && { SessionStickinessConfig: stickiness }) },
      },
    },
  };
}

const HEADER: TestEdgeOptions = {
  origins: ['next'],
  staging: {
    distribution: STAGED,
    traffic: { Type: 'SingleHeader', SingleHeaderConfig: { Header: 'aws-cf-cd-Stage', Value: 'Next' } },
  },
};

function answers(origin: TestOrigin, body: string): void {
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600' }, body));
}

scenario('a header with the exact value chooses the staging distribution, with its own cache and log', HEADER, async (scene) => {
  const { origin, otherOrigin, viewer, log, stagingDomainName } = scene;
  answers(origin, 'now');
  answers(otherOrigin('next'), 'next');
  const staged = { headers: { 'AWS-CF-CD-stage': 'Next' } };
  (await viewer.get('/a')).expectMiss().expect({ body: 'now' });
  (await viewer.get('/a', staged)).expectMiss().expect({ body: 'next', headers: { 'set-cookie': undefined } });
  expect(log.at(-1)?.outcome).toMatchObject({ distributionId: 'E2TESTSTAGING1', primaryDistributionId: 'E1TESTDISTRIB1' });
  (await viewer.get('/a', staged)).expectHit().expect({ body: 'next' });
  (await viewer.get('/a')).expectHit().expect({ body: 'now' });
  expect(log.at(-1)?.outcome).toMatchObject({ distributionId: 'E1TESTDISTRIB1', primaryDistributionId: undefined });
  for (const value of ['next', 'Next2', '']) {
    (await viewer.get('/a', { headers: { 'aws-cf-cd-stage': value } })).expect({ body: 'now' });
  }
  await viewer.get('/', staged);
  expect(otherOrigin('next').lastRequest().target).toBe('/next.html');
  (await viewer.get('/a', { host: stagingDomainName })).expectError(403);
});

scenario('a weight gives the staging distribution its share', weighted(0.15, [0.15, 0.149, 0.9, 0]), async (scene) => {
  answers(scene.origin, 'now');
  answers(scene.otherOrigin('next'), 'next');
  const seen: string[] = [];
  for (let asked = 0; asked < 8; asked += 1) {
    const response = await scene.viewer.get('/a');
    expect(response.headers['set-cookie']).toBeUndefined();
    seen.push(response.body);
  }
  expect(seen.join(' ')).toBe('now next now next now next now next');
});

const STICKY = weighted(0.1, [0, 0.9], { IdleTTL: 300, MaximumTTL: 1000 });

scenario(
  'with stickiness a session stays where it began, until it is idle or old',
  STICKY,
  async ({ origin, otherOrigin, viewer, clock }) => {
    answers(origin, 'now');
    answers(otherOrigin('next'), 'next');
    let cookie = '';
    const ask = async (): Promise<string> => {
      const { body, headers } = await viewer.get('/a', cookie === '' ? {} : { headers: { cookie: `${cookie}; other=1` } });
      const [pair = '', ...attributes] = (headers['set-cookie'] ?? '').split('; ');
      cookie = pair;
      return `${body} ${attributes.join(' ')}`;
    };
    expect(await ask()).toBe('next Path=/ Max-Age=300 HttpOnly');
    expect(cookie).toStartWith(`${COOKIE}=s.`);
    for (const left of [300, 300, 178]) {
      clock.advance('274s');
      expect(await ask()).toBe(`next Path=/ Max-Age=${left} HttpOnly`);
    }
    // 1000 s after its beginning the session is over; the next one is drawn, and lasts as long.
    clock.advance('178s');
    expect(await ask()).toBe('next Path=/ Max-Age=300 HttpOnly');
    const drawnAgain = cookie.slice(0, COOKIE.length + 3);
    clock.advance('299s');
    await ask();
    expect(cookie).toStartWith(drawnAgain);
  },
);

scenario(
  'an idle session is over, and a forged or older one counts for nothing',
  STICKY,
  async ({ viewer, clock, origin, otherOrigin }) => {
    answers(origin, 'now');
    answers(otherOrigin('next'), 'next');
    const start = await viewer.get('/a');
    const session = (start.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    const again = async (cookie: string): Promise<boolean> => {
      const value = (await viewer.get('/a', { headers: { cookie } })).headers['set-cookie'] ?? '';
      return value.split('.')[2] === session.split('.')[2];
    };
    clock.advance('299s');
    expect(await again(session)).toBe(true);
    clock.advance('1s');
    expect(await again(session)).toBe(false);
    for (const forged of ['s.V1.zzzzzzzzz.zzzzzzzzz', 's.V9.0.0', 'x', ''])
      expect(await again(`${COOKIE}=${forged}`)).toBe(false);
  },
);

scenario('a changed policy ends every session', STICKY, async ({ viewer, origin, otherOrigin, update }) => {
  answers(origin, 'now');
  answers(otherOrigin('next'), 'next');
  const [cookie = ''] = ((await viewer.get('/a')).headers['set-cookie'] ?? '').split(';');
  const other = weighted(0, [0], { IdleTTL: 300, MaximumTTL: 1000 });
  update({}, other.staging);
  const response = await viewer.get('/a', { headers: { cookie } });
  response.expect({ body: 'now' });
  expect(response.headers['set-cookie']).toStartWith(`${COOKIE}=p.V2.`);
});

scenario(
  'the session is no part of the key, and no origin sees it',
  {
    ...STICKY,
    cachePolicies: { [EVERY_COOKIE]: everyCookie },
    distribution: { DefaultCacheBehavior: { CachePolicyId: EVERY_COOKIE } },
    staging: {
      distribution: { DefaultCacheBehavior: { CachePolicyId: EVERY_COOKIE } },
      traffic: weighted(0, [0], { IdleTTL: 300, MaximumTTL: 300 }).staging!.traffic,
    },
  },
  async ({ viewer, origin, clock }) => {
    answers(origin, 'now');
    const first = await viewer.get('/a', { headers: { cookie: 'user=1' } });
    const [session = ''] = (first.headers['set-cookie'] ?? '').split(';');
    clock.advance('1s');
    (await viewer.get('/a', { headers: { cookie: `${session}; user=1` } })).expectHit();
    (await viewer.get('/b', { headers: { cookie: session } })).expectMiss();
    expect(origin.requests.map(({ headers }) => headers['cookie'])).toEqual(['user=1', undefined as never]);
  },
);

scenario(
  'while the staging distribution is disabled, the primary answers everything',
  { ...HEADER, staging: { ...HEADER.staging!, distribution: { ...STAGED, Enabled: false } } },
  async ({ origin, viewer }) => {
    answers(origin, 'now');
    (await viewer.get('/a', { headers: { 'aws-cf-cd-stage': 'Next' } })).expect({ body: 'now' });
  },
);
