/**
 * Which cache behavior answers, what it lets through, and what the origin gets to see. Facts 1.2, 2, 3, 7.
 */
import { expect } from 'bun:test';
import { behavior, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const ALL_METHODS = {
  Quantity: 7,
  Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
} as NonNullable<ReturnType<typeof behavior>['AllowedMethods']>;
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const SITE: TestEdgeOptions = {
  distribution: {
    DefaultRootObject: 'index.html',
    DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' },
    CacheBehaviors: {
      Quantity: 2,
      Items: [
        behavior('/api/*', {
          AllowedMethods: ALL_METHODS,
          CachePolicyId: CACHING_DISABLED,
          OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
        }),
        behavior('/*.html', { ViewerProtocolPolicy: 'allow-all' }),
      ],
    },
  },
};

scenario('the first matching behavior rules, the root object stands for /', SITE, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, {}, tx.target));
  (await viewer.get('/')).expectMiss().expect({ body: '/index.html' });
  (await viewer.get('/index.html')).expectHit();
  const redirected = await viewer.get('/picture.png?size=1');
  expect(redirected.cache).toBe('Redirect');
  expect(redirected.status).toBe(301);
  expect(redirected.headers['location']).toMatch(/^https:\/\/d0123456789abc\.cloudfront\.localhost\/picture\.png\?size=1$/);
  (await viewer.get('/picture.png', { scheme: 'https' })).expectMiss().expect({ status: 200 });
  (await viewer.send('POST', '/picture.png', { scheme: 'https' })).expectError(403);
});

scenario('a POST passes with its body and comes back unstored', SITE, async ({ origin, viewer }) => {
  origin.on('POST /api/orders', (tx) => tx.respond(201, { 'x-kept': 'yes' }, `got ${tx.body.toString()}`));
  const headers = {
    'content-type': 'text/plain',
    connection: 'keep-alive, x-hop',
    'x-hop': 'dropped',
    authorization: 'Bearer t',
  };
  const response = await viewer.send('POST', '/api/orders?x=1', { body: 'three apples', headers });
  response.expectMiss().expect({ status: 201, body: 'got three apples', headers: { 'x-kept': 'yes' } });
  const seen = origin.lastRequest();
  expect(seen.target).toBe('/api/orders?x=1');
  expect(seen.headers['authorization']).toBe('Bearer t');
  expect(seen.headers['x-hop']).toBeUndefined();
  expect(seen.headers['host']).toBe('localhost');
  expect(seen.headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(seen.headers['via']).toMatch(/^1\.1 [0-9a-f]{32}\.cloudfront\.net \(CloudFront\)$/);
});

scenario('what is not keyed neither splits the cache nor reaches the origin', async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, { 'set-cookie': 'id=1', vary: 'User-Agent, Accept-Encoding' }, 'page'));
  const headers = { cookie: 'id=7', 'user-agent': 'Test/1', 'accept-language': 'de' };
  const first = (await viewer.get('/page?utm_source=a', { headers })).expectMiss();
  (await viewer.get('/page?utm_source=b')).expectHit();
  const seen = origin.lastRequest();
  expect(seen.target).toBe('/page');
  expect([seen.headers['cookie'], seen.headers['accept-language'], seen.headers['user-agent']]).toEqual([
    undefined,
    undefined,
    'Amazon CloudFront',
  ]);
  first.expect({ headers: { 'set-cookie': undefined, vary: 'Accept-Encoding' } });
});

scenario('unknown hosts get nobody’s content', async ({ origin, viewer }) => {
  (await viewer.get('/', { host: 'other.example' })).expectError(403);
  origin.expectRequests(0);
});
