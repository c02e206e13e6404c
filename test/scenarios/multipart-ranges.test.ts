/**
 * Several ranges in one request. Facts 5, RFC 9110 14.6.
 */
import { expect } from 'bun:test';
import { scenario } from './scenario.ts';
import type { ViewerResponse } from '../../src/testing/index.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';
const TYPED = { 'content-type': 'text/plain', 'cache-control': 'max-age=60', etag: '"1"' };

/** `first-last/length=octets` for each part, as a reader of RFC 2046 finds them. */
function partsOf(response: ViewerResponse): readonly string[] {
  const boundary = /^multipart\/byteranges; boundary=([A-Za-z0-9_-]{1,70})$/.exec(response.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Error(`no multipart/byteranges: ${response.headers['content-type']}`);
  const [before, ...parts] = `\r\n${response.body}`.split(`\r\n--${boundary}`);
  expect([before, parts.pop()]).toEqual(['', '--\r\n']);
  return parts.map((part) => {
    const [head = '', octets = ''] = part.split('\r\n\r\n');
    expect(head).toContain('\r\nContent-Type: text/plain');
    return `${/Content-Range: bytes (\S+)/.exec(head)?.[1]}=${octets}`;
  });
}

scenario('ascending ranges come as parts of a stored object, with their length', async ({ origin, viewer }) => {
  origin.on('GET /file', (tx) => tx.respond(200, TYPED, ALPHABET));
  await viewer.get('/file');
  const hit = (await viewer.get('/file', { headers: { range: 'bytes=0-2, 10-12, -1' } })).expectHit();
  hit.expect({
    status: 206,
    headers: { 'content-range': undefined, etag: '"1"', 'content-length': String(hit.bytes.byteLength) },
  });
  expect(partsOf(hit)).toEqual(['0-2/26=abc', '10-12/26=klm', '25-25/26=z']);
  origin.expectRequests(1);
});

scenario('a body on its way gives parts as it arrives', async ({ origin, viewer, barrier }) => {
  const held = barrier();
  origin.on('GET /file', async (tx) => {
    const body = tx.start(200, { ...TYPED, 'content-length': '26' });
    body.write(ALPHABET.slice(0, 5));
    await held;
    body.write(ALPHABET.slice(5));
    body.end();
  });
  const whole = viewer.get('/file');
  await origin.requested(1);
  const parts = viewer.get('/file', { headers: { range: 'bytes=3-6,20-' } });
  held.open();
  expect(partsOf((await parts).expect({ status: 206 }))).toEqual(['3-6/26=defg', '20-25/26=uvwxyz']);
  (await whole).expect({ body: ALPHABET });
  origin.expectRequests(1);
});

scenario('unordered, overlapping and invalid ranges get the whole object', async ({ origin, viewer }) => {
  origin.on('GET /file', (tx) => tx.respond(200, TYPED, ALPHABET));
  await viewer.get('/file');
  for (const range of ['bytes=10-12,0-2', 'bytes=0-5,3-9', 'bytes=0-2,9-8']) {
    (await viewer.get('/file', { headers: { range } })).expect({ status: 200, body: ALPHABET });
  }
  (await viewer.get('/file', { headers: { range: 'bytes=0-2,90-' } })).expect({ status: 206, body: 'abc' });
  (await viewer.get('/file', { headers: { range: 'bytes=80-,90-' } })).expect({ status: 416 });
  const changed = { range: 'bytes=0-2,5-6', 'if-range': '"2"' };
  (await viewer.get('/file', { headers: changed })).expect({ status: 200, body: ALPHABET });
});

scenario('parts larger than what is gathered are streamed whole', async ({ origin, viewer }) => {
  const large = Buffer.alloc(3_000_000, ALPHABET);
  origin.on('GET /large', (tx) => tx.respond(200, TYPED, large));
  await viewer.get('/large');
  const hit = (await viewer.get('/large', { headers: { range: 'bytes=1-1500000,2000000-' } }))
    .expectHit()
    .expect({ status: 206 });
  const [one, two] = [large.toString('latin1', 1, 1_500_001), large.toString('latin1', 2_000_000)];
  expect(partsOf(hit)).toEqual([`1-1500000/3000000=${one}`, `2000000-2999999/3000000=${two}`]);
});
