/**
 * Custom error responses and what they touch: the page's own fetch and lifetime, which errors get one, and what is logged. Facts 4.4.
 */
import { expect } from 'bun:test';
import type { OriginRequestPolicyConfig } from '@aws-sdk/client-cloudfront';
import { behavior, type TestConfig } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ERROR_HEADERS = '22222222-2222-4222-8222-222222222222';

const errorHeaders: OriginRequestPolicyConfig = {
  Name: 'error-headers',
  HeadersConfig: {
    HeaderBehavior: 'whitelist',
    Headers: { Quantity: 2, Items: ['CloudFront-Error-Uri', 'CloudFront-Error-Args'] },
  },
  CookiesConfig: { CookieBehavior: 'none' },
  QueryStringsConfig: { QueryStringBehavior: 'none' },
};

function pages(codes: readonly number[], settings: TestConfig = {}, ttl = 5): TestConfig {
  const Items = codes.map((ErrorCode) => ({
    ErrorCode,
    ResponsePagePath: '/errors/sorry.html',
    ResponseCode: '200',
    ErrorCachingMinTTL: ttl,
  }));
  return { CustomErrorResponses: { Quantity: Items.length, Items }, ...settings };
}

const asked = (origin: { requests: readonly { target: string }[] }, path: string): number =>
  origin.requests.filter(({ target }) => target === path).length;

scenario(
  'the page may lie on another origin, and learns what the viewer asked for when its policy lists the headers',
  {
    origins: ['pages'],
    originRequestPolicies: { [ERROR_HEADERS]: errorHeaders },
    distribution: pages([404], {
      CacheBehaviors: {
        Quantity: 1,
        Items: [behavior('/errors/*', { TargetOriginId: 'pages', OriginRequestPolicyId: ERROR_HEADERS })],
      },
    }),
  },
  async ({ viewer, otherOrigin, log }) => {
    const page = otherOrigin('pages');
    page.on('/errors/sorry.html', (tx) => tx.respond(200, { 'content-type': 'text/html' }, 'sorry'));
    (await viewer.get('/no%20thing?a=1&b')).expectError(200).expect({ body: 'sorry', headers: { 'content-type': 'text/html' } });
    expect(page.lastRequest().headers).toMatchObject({ 'cloudfront-error-uri': '/no%20thing', 'cloudfront-error-args': 'a=1&b' });
    expect(log.at(-1)?.outcome).toMatchObject({
      status: 200,
      answeredBy: 'error-page',
      originId: 'origin',
      errorDetail: 'Error',
    });
    expect(log.at(-1)?.request).toMatchObject({ path: '/no%20thing', query: 'a=1&b' });
    await viewer.get('/errors/sorry.html', { headers: { 'cloudfront-error-uri': '/forged' } });
    expect(page.requests.length).toBe(1);
  },
);

scenario(
  'a request for no error page carries no error headers',
  {
    originRequestPolicies: { [ERROR_HEADERS]: errorHeaders },
    distribution: { DefaultCacheBehavior: { OriginRequestPolicyId: ERROR_HEADERS } },
  },
  async ({ origin, viewer }) => {
    origin.on('*', (tx) => tx.respond(200, {}, 'x'));
    await viewer.get('/a?b', { headers: { 'cloudfront-error-uri': '/forged', 'cloudfront-error-args': 'forged' } });
    expect(Object.keys(origin.lastRequest().headers).filter((name) => name.startsWith('cloudfront-error'))).toEqual([]);
  },
);

scenario('a page of the default behavior lives as long as its error', { distribution: pages([404]) }, async (scene) => {
  const { origin, viewer, clock } = scene;
  origin.on('/errors/sorry.html', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600' }, 'sorry'));
  await viewer.get('/a');
  clock.advance(4_999);
  await viewer.get('/b');
  expect(asked(origin, '/errors/sorry.html')).toBe(1);
  clock.advance(1);
  (await viewer.get('/a')).expect({ body: 'sorry' });
  expect(asked(origin, '/errors/sorry.html')).toBe(2);
});

scenario(
  'a behavior made for the page decides its lifetime',
  { distribution: pages([404], { CacheBehaviors: { Quantity: 1, Items: [behavior('/errors/*')] } }) },
  async ({ origin, viewer, clock }) => {
    origin.on('/errors/sorry.html', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600' }, 'sorry'));
    await viewer.get('/a');
    clock.advance(3_599_000);
    await viewer.get('/a');
    expect(asked(origin, '/errors/sorry.html')).toBe(1);
    expect(asked(origin, '/a')).toBe(2);
  },
);

scenario(
  'an entry without a page only sets the TTL',
  { distribution: { CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 500, ErrorCachingMinTTL: 60 }] } } },
  async ({ origin, viewer, clock }) => {
    origin.on('/a', (tx) => tx.respond(500, {}, 'broken'));
    (await viewer.get('/a')).expectError(500).expect({ body: 'broken' });
    clock.advance('59s');
    (await viewer.get('/a')).expectError(500);
    origin.expectRequests(1);
    clock.advance('1s');
    await viewer.get('/a');
    origin.expectRequests(2);
  },
);

scenario(
  '400, 403 and 405 are cached only by max-age, 416 never; all of them get the page',
  { distribution: pages([400, 403, 405, 416], {}, 30) },
  async ({ origin, viewer, clock }) => {
    origin.on('/errors/sorry.html', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600' }, 'sorry'));
    for (const status of [400, 403, 405, 416]) {
      origin.on(`/${status}`, (tx) => tx.respond(status, {}, 'no'));
      origin.on(`/${status}/kept`, (tx) => tx.respond(status, { 'cache-control': 'max-age=1' }, 'no'));
      for (const path of [`/${status}`, `/${status}/kept`]) {
        (await viewer.get(path)).expectError(200).expect({ body: 'sorry' });
        (await viewer.get(path)).expectError(200);
      }
      expect([status, asked(origin, `/${status}`), asked(origin, `/${status}/kept`)]).toEqual([
        status,
        2,
        status === 416 ? 2 : 1,
      ]);
    }
    clock.advance('29s');
    await viewer.get('/403/kept');
    expect(asked(origin, '/403/kept')).toBe(1);
    clock.advance('1s');
    await viewer.get('/403/kept');
    expect(asked(origin, '/403/kept')).toBe(2);
  },
);

scenario(
  'the edge’s own refusals: 416 and 403 get the page, 405 does not',
  { distribution: pages([403, 405, 416]) },
  async (scene) => {
    const { origin, viewer, log } = scene;
    origin.on('/errors/sorry.html', (tx) => tx.respond(200, {}, `sorry ${tx.headers['range'] ?? ''}`));
    origin.on('/a', (tx) => tx.respond(200, {}, '12345'));
    await viewer.get('/a');
    (await viewer.get('/a', { headers: { range: 'bytes=9-' } })).expectError(200).expect({ body: 'sorry ' });
    (await viewer.send('DELETE', '/a')).expectError(200).expect({ body: 'sorry ' });
    expect(log.at(-1)?.outcome).toMatchObject({ answeredBy: 'error-page', errorDetail: 'InvalidRequestMethod', status: 200 });
    (await viewer.send('TRACE', '/a')).expectError(405);
  },
);

scenario('HEAD gets the page’s head alone', { distribution: pages([404]) }, async ({ origin, viewer }) => {
  origin.on('/errors/sorry.html', (tx) => tx.respond(200, { 'content-length': '5' }, tx.method === 'HEAD' ? undefined : 'sorry'));
  (await viewer.head('/a')).expectError(200).expect({ body: '', headers: { 'content-length': '5' } });
  expect(origin.lastRequest()).toMatchObject({ method: 'HEAD', target: '/errors/sorry.html' });
});

scenario(
  'a page behind a behavior that does not cache is fetched each time, without the viewer’s conditions',
  {
    distribution: pages([404], {
      CacheBehaviors: { Quantity: 1, Items: [behavior('/errors/*', { CachePolicyId: CACHING_DISABLED })] },
    }),
  },
  async ({ origin, viewer }) => {
    origin.on('/errors/sorry.html', (tx) => tx.respond(200, { etag: '"1"' }, 'sorry'));
    for (let time = 1; time <= 2; time += 1) {
      (await viewer.get('/a', { headers: { 'if-none-match': '"1"', range: 'bytes=0-1' } }))
        .expectError(200)
        .expect({ body: 'sorry' });
      expect(asked(origin, '/errors/sorry.html')).toBe(time);
      expect(origin.lastRequest().headers).not.toContainAnyKeys(['if-none-match', 'range']);
    }
  },
);
