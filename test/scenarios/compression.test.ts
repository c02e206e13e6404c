/**
 * Compression at the edge, read by real decoders. Facts 6, 3.3, 5.
 */
import { expect } from 'bun:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const COMPRESSED: TestEdgeOptions = { distribution: { DefaultCacheBehavior: { Compress: true } } };
/* oxlint-disable typescript/no-deprecated -- the older settings are what the scenario is about. */
const LEGACY: TestEdgeOptions = {
  distribution: {
    DefaultCacheBehavior: { Compress: true, MinTTL: 0, ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } } },
  },
};
/* oxlint-enable typescript/no-deprecated */
const PAGE = 'All work and no play makes Jack a dull boy.\n'.repeat(500);
const HTML = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'max-age=60', etag: '"v1"' };
const BROWSER = { headers: { 'accept-encoding': 'gzip, deflate, br' } };
const GZIP = { headers: { 'accept-encoding': 'gzip' } };

scenario('one version for each set of codings; hits carry their length', COMPRESSED, async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, HTML, PAGE));
  const want = { 'content-encoding': 'br', etag: 'W/"v1"', vary: 'Accept-Encoding' };
  const first = (await viewer.get('/page', BROWSER)).expectMiss().expect({ status: 200, headers: want });
  expect(origin.lastRequest().headers['accept-encoding']).toBe('br,gzip');
  expect(brotliDecompressSync(first.bytes).toString()).toBe(PAGE);
  const again = (await viewer.get('/page', BROWSER)).expectHit();
  again.expect({ headers: { ...want, 'content-length': String(first.bytes.byteLength) } });
  expect(again.bytes).toEqual(first.bytes);

  const gzipped = (await viewer.get('/page', GZIP)).expectMiss().expect({ headers: { 'content-encoding': 'gzip' } });
  expect(gunzipSync(gzipped.bytes).toString()).toBe(PAGE);
  const plain = { body: PAGE, headers: { 'content-encoding': undefined, etag: '"v1"', vary: undefined } };
  (await viewer.get('/page')).expectMiss().expect(plain);
  (await viewer.get('/page', { headers: { 'accept-encoding': 'identity' } })).expectHit().expect(plain);
  origin.expectRequests(3);
});

scenario('ranges and HEAD speak of the compressed octets', COMPRESSED, async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, HTML, PAGE));
  const { bytes } = await viewer.get('/page', GZIP);
  const head = (await viewer.head('/page', GZIP)).expectHit();
  head.expect({ body: '', headers: { 'content-encoding': 'gzip', 'content-length': String(bytes.byteLength) } });
  const part = await viewer.get('/page', { headers: { ...GZIP.headers, range: 'bytes=10-' } });
  const contentRange = `bytes 10-${bytes.byteLength - 1}/${bytes.byteLength}`;
  part.expect({ status: 206, headers: { 'content-encoding': 'gzip', 'content-range': contentRange } });
  expect(gunzipSync(Buffer.concat([bytes.subarray(0, 10), part.bytes])).toString()).toBe(PAGE);
  // A weak tag matches no If-Range: RFC 9110 13.1.5.
  (await viewer.get('/page', { headers: { ...GZIP.headers, range: 'bytes=0-9', 'if-range': 'W/"v1"' } })).expect({ status: 200 });
  (await viewer.get('/page', { headers: { ...GZIP.headers, 'if-none-match': 'W/"v1"' } })).expect({ status: 304, body: '' });
  origin.expectRequests(1);
});

scenario(
  'a 304 from the origin renews the compressed version and leaves it so',
  COMPRESSED,
  async ({ origin, viewer, clock }) => {
    const headers = { 'cache-control': 'max-age=60', etag: '"v1"', vary: 'Cookie', 'repr-digest': 'sha-256=:x:' };
    origin.on('GET /page', (tx) => {
      if (tx.headers['if-none-match'] === 'W/"v1"') tx.respond(304, headers);
      else tx.respond(200, { ...HTML, ...headers }, PAGE);
    });
    const { bytes } = await viewer.get('/page', GZIP);
    clock.advance('61s');
    const want = {
      'content-encoding': 'gzip',
      etag: 'W/"v1"',
      vary: 'Cookie, Accept-Encoding',
      'repr-digest': undefined,
      'content-length': String(bytes.byteLength),
    };
    (await viewer.get('/page', GZIP)).expectRefreshHit().expect({ status: 200, headers: want });
    (await viewer.get('/page', GZIP)).expectHit().expect({ status: 200, headers: want });
    origin.expectRequests(2);
  },
);

scenario('small, chunked, encoded and unlisted bodies pass as they are', COMPRESSED, async ({ origin, viewer }) => {
  origin.on('GET /small', (tx) => tx.respond(200, HTML, 'x'.repeat(999)));
  origin.on('GET /picture', (tx) => tx.respond(200, { 'content-type': 'image/png' }, PAGE));
  origin.on('GET /chunked', (tx) => {
    const body = tx.start(200, { 'content-type': 'text/html' });
    body.write(PAGE);
    body.end();
  });
  for (const path of ['/small', '/picture', '/chunked']) {
    const response = (await viewer.get(path, BROWSER)).expect({ headers: { 'content-encoding': undefined, vary: undefined } });
    expect([999, PAGE.length]).toContain(response.body.length);
  }
  origin.on('GET /encoded', (tx) => tx.respond(200, { ...HTML, 'content-encoding': 'x-own' }, PAGE));
  (await viewer.get('/encoded', BROWSER)).expect({ body: PAGE, headers: { 'content-encoding': 'x-own', etag: '"v1"' } });
});

scenario('an error page of the origin is compressed, and stays an error', COMPRESSED, async ({ origin, viewer }) => {
  origin.on('GET /lost', (tx) => tx.respond(404, { 'content-type': 'text/html' }, PAGE));
  for (let time = 0; time < 2; time += 1) {
    const lost = (await viewer.get('/lost', BROWSER)).expectError(404).expect({ headers: { 'content-encoding': 'br' } });
    expect(brotliDecompressSync(lost.bytes).toString()).toBe(PAGE);
  }
  origin.expectRequests(1);
});

scenario('legacy settings know gzip only', LEGACY, async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, HTML, PAGE));
  const response = (await viewer.get('/page', BROWSER)).expect({ headers: { 'content-encoding': 'gzip' } });
  expect(gunzipSync(response.bytes).toString()).toBe(PAGE);
  (await viewer.get('/page', { headers: { 'accept-encoding': 'br' } })).expect({ headers: { 'content-encoding': undefined } });
});

scenario('who waits for the same key shares the compressed body', COMPRESSED, async ({ origin, viewer, barrier, settled }) => {
  const held = barrier();
  origin.on('GET /page', async (tx) => {
    const body = tx.start(200, { ...HTML, 'content-length': String(PAGE.length) });
    body.write(PAGE.slice(0, 5000));
    await held;
    body.write(PAGE.slice(5000));
    body.end();
  });
  const waiting = Array.from({ length: 5 }, () => viewer.get('/page', BROWSER));
  await origin.requested(1);
  held.open();
  for (const response of await Promise.all(waiting)) expect(brotliDecompressSync(response.bytes).toString()).toBe(PAGE);
  await settled();
  origin.expectRequests(1);
});

scenario('a compressed body that breaks off is broken, and never stored', COMPRESSED, async ({ origin, viewer, settled }) => {
  origin.on('GET /page', (tx) => {
    const body = tx.start(200, { ...HTML, 'content-length': String(PAGE.length) });
    body.write(PAGE.slice(0, 5000));
    body.reset();
  });
  await expect(viewer.get('/page', BROWSER)).rejects.toThrow();
  await settled();
  origin.on('GET /page', (tx) => tx.respond(200, HTML, PAGE));
  const whole = (await viewer.get('/page', BROWSER)).expectMiss();
  expect(brotliDecompressSync(whole.bytes).toString()).toBe(PAGE);
});
