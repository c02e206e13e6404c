import { afterAll, expect, test } from 'bun:test';
import { demoDistributionConfig } from './demo-distribution.ts';
import { startDemoOrigin } from './demo-origin.ts';

const origin = startDemoOrigin();
afterAll(() => origin.stop());
const get = (path: string, init?: RequestInit) =>
  fetch(`http://127.0.0.1:${origin.port}${path}`, { redirect: 'manual', ...init });

const rows: [path: string, init: RequestInit, status: number, cacheControl: string | null, body: RegExp][] = [
  ['/', {}, 200, 'max-age=60', /Warmfront demo/],
  ['/hello.html', {}, 200, 'max-age=60', /Hello/],
  ['/style.css', { method: 'HEAD' }, 200, 'max-age=60', /^$/],
  ['/time', {}, 200, 'max-age=5', /^\d{4}-.*Z\n$/],
  ['/slow?ms=1', {}, 200, 'max-age=10', /took 1 ms/],
  ['/api/echo?a=1', { method: 'POST', body: 'hi' }, 200, 'no-store', /"body": "hi"/],
  ['/status/404', {}, 404, null, /answered 404/],
  ['/status/302', {}, 302, null, /answered 302/],
  ['/status/204', {}, 204, null, /^$/],
  ['/status/999', {}, 404, null, /has no/],
  ['/nowhere', {}, 404, null, /has no \/nowhere/],
  ['/hello.html', { method: 'DELETE' }, 405, null, /Only \/api\//],
];
test.each(rows)('%s %o', async (path, init, status, cacheControl, body) => {
  const response = await get(path, init);
  expect({ status: response.status, cacheControl: response.headers.get('cache-control') }).toEqual({ status, cacheControl });
  expect(await response.text()).toMatch(body);
});

test('an unchanged page is a 304', async () => {
  const etag = (await get('/hello.html')).headers.get('etag') ?? '';
  expect((await get('/hello.html', { headers: { 'if-none-match': etag } })).status).toBe(304);
});

test('every response counts the requests that reached the origin', async () => {
  const before = Number((await get('/')).headers.get('x-origin-requests'));
  expect(Number((await get('/time')).headers.get('x-origin-requests'))).toBe(before + 1);
});

test('the demo distribution sends its requests to the given port', () => {
  expect(demoDistributionConfig(4321).Origins?.Items?.[0]?.CustomOriginConfig?.HTTPPort).toBe(4321);
});
