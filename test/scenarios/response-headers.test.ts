/**
 * Response headers policies, on every kind of answer. Facts 11, 3.9.
 */
import { expect } from 'bun:test';
import type { ResponseHeadersPolicyConfig } from '@aws-sdk/client-cloudfront';
import { behavior, type TestConfig, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const POLICY = '22222222-2222-4222-8222-222222222222';
const SECURITY_HEADERS = '67f7725c-6f97-4210-82d7-5512b31e9d03';
const ALL_METHODS = {
  Quantity: 7,
  Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
} as NonNullable<ReturnType<typeof behavior>['AllowedMethods']>;

function under(config: Omit<ResponseHeadersPolicyConfig, 'Name'>, distribution: TestConfig = {}): TestEdgeOptions {
  return {
    responseHeadersPolicies: { [POLICY]: { Name: 'policy', ...config } },
    distribution: {
      ...distribution,
      DefaultCacheBehavior: {
        ResponseHeadersPolicyId: POLICY,
        AllowedMethods: ALL_METHODS,
        ...distribution.DefaultCacheBehavior,
      },
    },
  };
}

const MARKED = { CustomHeadersConfig: { Quantity: 1, Items: [{ Header: 'X-Mark', Value: 'policy', Override: true }] } };
const CORS: Omit<ResponseHeadersPolicyConfig, 'Name'> = {
  CorsConfig: {
    AccessControlAllowOrigins: { Quantity: 2, Items: ['https://app.example', '*.trusted.example'] },
    AccessControlAllowHeaders: { Quantity: 2, Items: ['Content-Type', 'x-amz-*'] },
    AccessControlAllowMethods: { Quantity: 1, Items: ['ALL'] },
    AccessControlAllowCredentials: true,
    AccessControlExposeHeaders: { Quantity: 1, Items: ['ETag'] },
    AccessControlMaxAgeSec: 600,
    OriginOverride: true,
  },
};
const TIMED = (rate: number): Omit<ResponseHeadersPolicyConfig, 'Name'> => ({
  ServerTimingHeadersConfig: { Enabled: true, SamplingRate: rate },
});

scenario(
  'a policy applies to misses, hits, errors, redirects and 304s, and is never stored',
  under({
    ...MARKED,
    RemoveHeadersConfig: { Quantity: 3, Items: [{ Header: 'X-Powered-By' }, { Header: 'Server' }, { Header: 'Date' }] },
  }),
  async ({ origin, viewer, update }) => {
    const headers = {
      'x-powered-by': 'PHP',
      'x-mark': 'origin',
      server: 'nginx',
      date: 'Thu, 01 Jan 1970 00:00:00 GMT',
      etag: '"1"',
    };
    origin.on('GET /page', (tx) => tx.respond(200, headers, 'page'));
    origin.on('GET /moved', (tx) => tx.respond(301, { ...headers, location: '/page' }));
    origin.on('GET /broken', (tx) => tx.reset());
    const want = { 'x-mark': 'policy', 'x-powered-by': undefined, server: 'CloudFront' };
    const first = (await viewer.get('/page')).expectMiss().expect({ headers: want });
    expect(first.headers['date']).not.toBe('Thu, 01 Jan 1970 00:00:00 GMT');
    (await viewer.get('/page')).expectHit().expect({ headers: want });
    (await viewer.get('/page', { headers: { 'if-none-match': '"1"' } })).expect({ status: 304, headers: want });
    (await viewer.get('/page', { headers: { range: 'bytes=0-1' } })).expect({ status: 206, headers: want });
    (await viewer.get('/moved')).expect({ status: 301, headers: want });
    (await viewer.get('/lost')).expectError(404).expect({ headers: want });
    (await viewer.get('/broken')).expectError(502).expect({ headers: want });
    update({});
    (await viewer.get('/page')).expectHit().expect({ headers: { 'x-mark': 'origin', 'x-powered-by': 'PHP', server: 'nginx' } });
  },
);

scenario(
  'a custom error page and the redirect to HTTPS carry the policy of the behavior asked for',
  under(MARKED, {
    DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' },
    CacheBehaviors: { Quantity: 1, Items: [behavior('/errors/*')] },
    CustomErrorResponses: {
      Quantity: 1,
      Items: [{ ErrorCode: 404, ResponsePagePath: '/errors/404.html', ResponseCode: '200' }],
    },
  }),
  async ({ origin, viewer }) => {
    origin.on('GET /errors/404.html', (tx) => tx.respond(200, {}, 'lost?'));
    const page = { status: 200, body: 'lost?', headers: { 'x-mark': 'policy' } };
    (await viewer.get('/nothing', { scheme: 'https' })).expectError().expect(page);
    (await viewer.get('/nothing')).expect({ status: 301, headers: { 'x-mark': 'policy' } });
    (await viewer.get('/errors/404.html')).expect({ body: 'lost?', headers: { 'x-mark': undefined } });
  },
);

scenario('each site sees its own CORS answer from one stored response', under(CORS), async ({ origin, viewer }) => {
  origin.on('GET /data', (tx) => tx.respond(200, { 'access-control-allow-origin': '*', etag: '"1"' }, 'data'));
  const from = (site: string) => viewer.get('/data', { headers: { origin: site } });
  const allowed = (site: string) => ({
    'access-control-allow-origin': site,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'ETag',
    'access-control-allow-methods': undefined,
    vary: 'Origin',
  });
  (await from('https://app.example')).expectMiss().expect({ headers: allowed('https://app.example') });
  (await from('http://a.trusted.example:81')).expectHit().expect({ headers: allowed('http://a.trusted.example:81') });
  // Without an answer of its own, the policy leaves the origin's where it is.
  (await from('https://evil.example')).expectHit().expect({ headers: { 'access-control-allow-origin': '*', vary: 'Origin' } });
  (await viewer.get('/data')).expectHit().expect({ headers: { 'access-control-allow-credentials': undefined, vary: 'Origin' } });
  origin.expectRequests(1);
});

scenario('a preflight goes to the origin, and the policy completes its answer', under(CORS), async ({ origin, viewer }) => {
  origin.on('OPTIONS /data', (tx) => tx.respond(403, {}, 'who?'));
  const headers = {
    origin: 'https://app.example',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-amz-date, x-other',
  };
  const preflight = await viewer.send('OPTIONS', '/data', { headers });
  preflight.expect({
    status: 403,
    headers: {
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
      'access-control-allow-headers': 'Content-Type, x-amz-date',
      'access-control-max-age': '600',
      'access-control-expose-headers': undefined,
    },
  });
});

scenario(
  'the managed security headers give way to the origin’s, but for nosniff',
  { distribution: { DefaultCacheBehavior: { ResponseHeadersPolicyId: SECURITY_HEADERS } } },
  async ({ origin, viewer }) => {
    origin.on('GET /page', (tx) => tx.respond(200, { 'x-frame-options': 'DENY', 'x-content-type-options': 'sniff' }, 'page'));
    const want = {
      'referrer-policy': 'strict-origin-when-cross-origin',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-xss-protection': '1; mode=block',
    };
    (await viewer.get('/page')).expectMiss().expect({ headers: want });
    (await viewer.get('/page')).expectHit().expect({ headers: want });
  },
);

scenario('Server-Timing: every response, in CloudFront’s order', under(TIMED(100)), async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, { 'server-timing': 'db;dur=5' }, 'page'));
  const miss = (await viewer.get('/page')).expectMiss().headers['server-timing'] ?? '';
  const [rid, own] = ['cdn-rid;desc="[^"]+=="', 'cdn-pop;desc="TST50-P1"'];
  const upstream = 'cdn-upstream-layer;desc="EDGE",cdn-upstream-dns;dur=0,cdn-upstream-connect;dur=0,cdn-upstream-fbl;dur=0';
  expect(miss).toMatch(new RegExp(`^${upstream},cdn-cache-miss,${own},${rid},cdn-downstream-fbl;dur=0,db;dur=5$`));
  const hit = (await viewer.get('/page')).expectHit().headers['server-timing'] ?? '';
  expect(hit).toMatch(new RegExp(`^cdn-cache-hit,${own},${rid},cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=0$`));
});

scenario('Server-Timing: a sample of responses, and whoever asks', { ...under(TIMED(40)), random: () => 0.4 }, async (scene) => {
  const { origin, viewer } = scene;
  origin.on('GET /page', (tx) => tx.respond(200, {}, 'page'));
  (await viewer.get('/page')).expect({ headers: { 'server-timing': undefined } });
  const asked = await viewer.get('/page', { headers: { pragma: 'server-timing' } });
  expect(asked.expectHit().headers['server-timing']).toContain('cdn-cache-hit');
});
