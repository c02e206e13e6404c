/**
 * Parts of objects that are not stored whole: fetched, stored and joined in blocks. Facts 5; RFC 9110 14, RFC 9111 3.3 and 3.4.
 */
import { expect } from 'bun:test';
import { rangedFile } from '../../src/testing/index.ts';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { expectBytes, LENGTH, MIB, range } from './range-requests.ts';
import { scenario } from './scenario.ts';

scenario('a part is fetched as a block, and served from it', async ({ origin, viewer }) => {
  const film = rangedFile({ length: LENGTH, headers: { 'content-type': 'video/mp4' } });
  origin.on('GET /film', film.handler);
  const first = (await viewer.get('/film', range(MIB + 10, MIB + 19))).expectMiss();
  first.expect({
    status: 206,
    headers: { 'content-range': `bytes ${MIB + 10}-${MIB + 19}/${LENGTH}`, 'content-length': '10', 'content-type': 'video/mp4' },
  });
  expectBytes(first, film.bytes(MIB + 10, MIB + 19));
  const second = (await viewer.get('/film', range(MIB + 500, MIB + 599))).expectHit().expect({ status: 206 });
  expectBytes(second, film.bytes(MIB + 500, MIB + 599));
  expect(film.ranges).toEqual([`bytes=${MIB}-${2 * MIB - 1}`]);
});

scenario('many viewers, random ranges: every octet right, every block fetched once', async ({ origin, viewer, settled }) => {
  const film = rangedFile({ length: LENGTH });
  origin.on('GET /film', film.handler);
  let state = 42;
  const random = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  const asked = Array.from({ length: 40 }, () => {
    const first = random(LENGTH);
    return [first, Math.min(LENGTH - 1, first + random(2_500_000))] as const;
  });
  const answers = await Promise.all(asked.map(([first, last]) => viewer.get('/film', range(first, last))));
  for (const [index, response] of answers.entries()) {
    const [first, last] = asked[index] ?? [0, 0];
    response.expect({ status: 206, headers: { 'content-range': `bytes ${first}-${last}/${LENGTH}` } });
    expectBytes(response, film.bytes(first, last));
  }
  await settled();
  expect(new Set(film.ranges).size).toBe(film.ranges.length);
  expect(film.ranges.length).toBe(7);
  (await viewer.get('/film', range(0, ''))).expectHit();
});

scenario('a suffix, an open range and a range past the end', async ({ origin, viewer }) => {
  const film = rangedFile({ length: LENGTH });
  origin.on('GET /film', film.handler);
  const tail = (await viewer.get('/film', range('', 100))).expect({ status: 206 });
  expectBytes(tail, film.bytes(LENGTH - 100, LENGTH - 1));
  expect(film.ranges).toEqual([`bytes=0-${MIB - 1}`, `bytes=${6 * MIB}-${LENGTH - 1}`]);
  const open = (await viewer.get('/film', range(5 * MIB, ''))).expect({ status: 206 });
  expectBytes(open, film.bytes(5 * MIB, LENGTH - 1));
  const beyond = (await viewer.get('/film', range(LENGTH, ''))).expect({ status: 416 });
  beyond.expect({ headers: { 'content-range': `bytes */${LENGTH}` } });
});

scenario('HEAD is answered from what the parts have told; a whole GET is fetched whole', async ({ origin, viewer }) => {
  const film = rangedFile({ length: 3 * MIB });
  origin.on('GET /film', film.handler);
  await viewer.get('/film', range(0, 9));
  const head = (await viewer.head('/film')).expectHit();
  head.expect({ status: 200, headers: { 'content-length': String(3 * MIB), etag: '"v1"', 'content-range': undefined } });
  const whole = (await viewer.get('/film')).expectMiss().expect({ status: 200 });
  expectBytes(whole, film.bytes(0, 3 * MIB - 1));
  (await viewer.get('/film', range(2 * MIB, 2 * MIB + 9))).expectHit().expect({ status: 206 });
  expect(film.ranges).toEqual([`bytes=0-${MIB - 1}`, undefined]);
});

scenario('a part that is all there is, is the whole object', async ({ origin, viewer }) => {
  const page = rangedFile({ length: 500, etag: null });
  origin.on('GET /page', page.handler);
  (await viewer.get('/page', range(10, 19)))
    .expectMiss()
    .expect({ status: 206, headers: { 'content-range': 'bytes 10-19/500' } });
  expectBytes((await viewer.get('/page')).expectHit().expect({ status: 200 }), page.bytes(0, 499));
  (await viewer.get('/page', range('', 1))).expectHit().expect({ status: 206 });
  origin.expectRequests(1);
});

scenario('an origin that ignores ranges: all of it to this viewer, parts to the next', async ({ origin, viewer }) => {
  origin.on('GET /file', (tx) => tx.respond(200, { etag: '"v1"' }, '0123456789'));
  (await viewer.get('/file', range(2, 4))).expectMiss().expect({ status: 200, body: '0123456789' });
  (await viewer.get('/file', range(2, 4))).expectHit().expect({ status: 206, body: '234' });
  origin.expectRequests(1);
});

scenario('a 416 of the origin is relayed and never cached', async ({ origin, viewer }) => {
  const film = rangedFile({ length: 2 * MIB });
  origin.on('GET /film', film.handler);
  const refused = await viewer.get('/film', range(9 * MIB, 9 * MIB + 5));
  refused.expectError(416).expect({ headers: { 'content-range': `bytes */${2 * MIB}` } });
  (await viewer.get('/film', range(9 * MIB, 9 * MIB + 5))).expectError(416);
  origin.expectRequests(2);
  (await viewer.get('/film', range(0, 5))).expect({ status: 206 });
});

scenario('If-Range of this edition gets the part, of another one the whole', async ({ origin, viewer }) => {
  const film = rangedFile({ length: 3 * MIB });
  origin.on('GET /film', film.handler);
  const same = await viewer.get('/film', { headers: { range: 'bytes=0-9', 'if-range': '"v1"' } });
  expectBytes(same.expect({ status: 206 }), film.bytes(0, 9));
  const other = await viewer.get('/film', { headers: { range: 'bytes=0-9', 'if-range': '"v0"' } });
  expectBytes(other.expect({ status: 200 }), film.bytes(0, 3 * MIB - 1));
});

scenario('an object that changes between parts starts afresh, and is never mixed', async ({ origin, viewer }) => {
  const film = rangedFile({ length: LENGTH });
  origin.on('GET /film', film.handler);
  await viewer.get('/film', range(0, 9));
  film.change({ seed: 2 });
  const later = (await viewer.get('/film', range(3 * MIB, 3 * MIB + 99))).expect({ status: 206, headers: { etag: '"v2"' } });
  expectBytes(later, film.bytes(3 * MIB, 3 * MIB + 99));
  const early = (await viewer.get('/film', range(0, 9))).expectMiss();
  expectBytes(early.expect({ headers: { etag: '"v2"' } }), film.bytes(0, 9));
});

scenario('a response under way breaks off when the object changes', async ({ origin, viewer, settled }) => {
  const film = rangedFile({ length: LENGTH });
  // It changes once its second block has been asked for.
  origin.on('GET /film', async (tx) => {
    if (film.ranges.length === 2) film.change({ seed: 2 });
    await film.handler(tx);
  });
  await expect(viewer.get('/film', range(0, LENGTH - 1))).rejects.toThrow();
  await settled();
  expectBytes(await viewer.get('/film', range(0, LENGTH - 1)), film.bytes(0, LENGTH - 1));
});

const LIES: readonly (readonly [name: string, contentRange: string, octets: number])[] = [
  ['another first octet', `bytes 5-${MIB + 4}/${LENGTH}`, MIB],
  ['fewer octets than asked for', `bytes 0-99/${LENGTH}`, 100],
  ['a length that Content-Length denies', `bytes 0-${MIB - 1}/${LENGTH}`, 100],
  ['no length at all of what it is a part of', 'bytes 0-9', 10],
];
for (const [name, contentRange, count] of LIES) {
  scenario(`a Content-Range that lies is a 502: ${name}`, async ({ origin, viewer, log }) => {
    origin.on('GET /film', (tx) => tx.respond(206, { etag: '"v1"', 'content-range': contentRange }, 'x'.repeat(count)));
    (await viewer.get('/film', range(0, 9))).expectError(502);
    expect(log.at(-1)?.outcome.errorDetail).toBe('OriginContentRangeLengthError');
  });
}

scenario('a block that breaks off breaks its viewer off, and is fetched again', async ({ origin, viewer, settled }) => {
  const film = rangedFile({ length: LENGTH });
  let isBroken = true;
  origin.on('GET /film', async (tx) => {
    if (!isBroken || tx.headers['range'] !== `bytes=${MIB}-${2 * MIB - 1}`) return film.handler(tx);
    const headers = { etag: '"v1"', 'content-range': `bytes ${MIB}-${2 * MIB - 1}/${LENGTH}`, 'content-length': String(MIB) };
    const body = tx.start(206, headers);
    body.write('not all of it');
    body.reset();
  });
  await expect(viewer.get('/film', range(0, 3 * MIB))).rejects.toThrow();
  await settled();
  isBroken = false;
  expectBytes(await viewer.get('/film', range(0, 3 * MIB)), film.bytes(0, 3 * MIB));
});

scenario('an invalidation forgets every block', async ({ origin, viewer, invalidate }) => {
  const film = rangedFile({ length: LENGTH, etag: '"same"' });
  origin.on('GET /film', film.handler);
  await viewer.get('/film', range(0, LENGTH - 1));
  film.change({ seed: 2 });
  invalidate('/film');
  const after = (await viewer.get('/film', range(0, LENGTH - 1))).expectMiss();
  expectBytes(after, film.bytes(0, LENGTH - 1));
  expect(film.ranges.length).toBe(14);
});

scenario('when the head is stale one question renews all blocks', ORIGIN_DECIDES_OPTIONS, async ({ origin, viewer, clock }) => {
  const film = rangedFile({ length: LENGTH, headers: { 'cache-control': 'max-age=60' } });
  origin.on('GET /film', film.handler);
  await viewer.get('/film', range(0, LENGTH - 1));
  clock.advance('61s');
  (await viewer.get('/film', range(3 * MIB, 5 * MIB))).expectRefreshHit().expect({ status: 206 });
  (await viewer.get('/film', range(0, 2 * MIB))).expectHit().expect({ status: 206 });
  origin.expectRequests(8);
});

scenario('what may not be stored goes to the origin as asked', ORIGIN_DECIDES_OPTIONS, async ({ origin, viewer }) => {
  const film = rangedFile({ length: LENGTH, headers: { 'cache-control': 'private' } });
  origin.on('GET /film', film.handler);
  expectBytes((await viewer.get('/film', range(5, 14))).expectMiss().expect({ status: 206 }), film.bytes(5, 14));
  expectBytes((await viewer.get('/film', range(5, 14))).expectMiss(), film.bytes(5, 14));
  expect(film.ranges.at(-1)).toBe('bytes=5-14');
});

scenario('parts without a strong validator are not joined: the whole is fetched', async ({ origin, viewer }) => {
  const film = rangedFile({ length: 3 * MIB, etag: null });
  origin.on('GET /film', film.handler);
  const part = (await viewer.get('/film', range(2 * MIB, 2 * MIB + 9))).expectMiss().expect({ status: 206 });
  expectBytes(part, film.bytes(2 * MIB, 2 * MIB + 9));
  expectBytes((await viewer.get('/film', range(0, 9))).expectHit(), film.bytes(0, 9));
  expect(film.ranges.at(-1)).toBeUndefined();
});

scenario('errors and redirects answer a range as they answer anybody', async ({ origin, viewer }) => {
  origin.on('GET /gone', (tx) => tx.respond(404, {}, 'gone'));
  (await viewer.get('/gone', range(0, 9))).expectError(404).expect({ body: 'gone' });
  (await viewer.get('/gone')).expectError(404);
  origin.expectRequests(1);
});
