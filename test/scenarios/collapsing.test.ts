/**
 * Many askers, one fetch: CloudFront's request collapsing as viewers and origins see it. Facts 5.
 */
import { expect } from 'bun:test';
import { connect } from 'node:net';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { scenario } from './scenario.ts';

scenario('ten viewers ask at once; the origin is asked once', async ({ origin, viewer, barrier }) => {
  const held = barrier();
  origin.on('GET /hot', async (tx) => {
    await held;
    tx.respond(200, { 'cache-control': 'max-age=60' }, 'x');
  });
  const viewers = Array.from({ length: 10 }, () => viewer.get('/hot'));
  await origin.requested(1);
  held.open();
  const responses = await Promise.all(viewers);
  for (const response of responses) response.expect({ status: 200, body: 'x' });
  expect(responses.map((response) => response.cache).toSorted()).toEqual([...Array.from({ length: 9 }, () => 'Hit'), 'Miss']);
  origin.expectRequests(1);
});

scenario('waiters stream as the bytes arrive', async ({ origin, viewer, barrier }) => {
  const held = barrier();
  const half = 'a'.repeat(1_500_000);
  origin.on('GET /film', async (tx) => {
    const body = tx.start(200, { 'cache-control': 'max-age=60', 'content-length': '3000000' });
    body.write(half);
    await held;
    body.write(half);
    body.end();
  });
  const first = await viewer.open('/film');
  const second = await viewer.open('/film');
  const seen: Uint8Array[] = [];
  for await (const chunk of second.body) {
    if (seen.length === 0) held.open();
    seen.push(chunk);
  }
  expect(Buffer.concat(seen).byteLength).toBe(3_000_000);
  let length = 0;
  for await (const chunk of first.body) length += chunk.byteLength;
  expect(length).toBe(3_000_000);
  origin.expectRequests(1);
});

scenario('a viewer who leaves cancels nothing that others wait for', async ({ origin, viewer, barrier, settled }) => {
  const held = barrier();
  origin.on('GET /page', async (tx) => {
    await held;
    tx.respond(200, { 'cache-control': 'max-age=60' }, 'whole');
  });
  const leaving = new AbortController();
  const left = viewer.get('/page', { signal: leaving.signal }).catch((error: unknown) => error);
  await origin.requested(1);
  const staying = viewer.get('/page');
  leaving.abort();
  await left;
  held.open();
  (await staying).expect({ status: 200, body: 'whole' });
  await settled();
  (await viewer.get('/page')).expectHit();
  origin.expectRequests(1);
});

scenario('a small answer whose viewer has gone is kept, and logged as not delivered', async (edge) => {
  const { origin, viewer, barrier, log, logged, httpPort, domainName } = edge;
  const held = barrier();
  origin.on('GET /page', async (tx) => {
    await held;
    tx.respond(200, { 'cache-control': 'max-age=60' }, 'whole');
  });
  origin.on('GET /other', (tx) => tx.respond(200, {}, 'other'));
  const leaving = connect({ host: '127.0.0.1', port: httpPort });
  leaving.write(`GET /page HTTP/1.1\r\nHost: ${domainName}\r\n\r\n`);
  await origin.requested(1);
  leaving.resetAndDestroy();
  // Whoever answers this one has heard of the reset.
  (await viewer.get('/other')).expect({ status: 200 });
  held.open();
  await logged(2);
  expect(log[1]?.delivery).toMatchObject({ complete: false, bodyBytes: 0 });
  (await viewer.get('/page')).expectHit().expect({ body: 'whole' });
});

scenario(
  'a response that may not be shared sends those who waited to the origin',
  ORIGIN_DECIDES_OPTIONS,
  async ({ origin, viewer, barrier }) => {
    const held = barrier();
    let count = 0;
    origin.on('GET /mine', async (tx) => {
      await held;
      count += 1;
      tx.respond(200, { 'cache-control': 'private' }, `for viewer ${count}`);
    });
    const viewers = Array.from({ length: 3 }, () => viewer.get('/mine'));
    await origin.requested(1);
    held.open();
    const bodies = (await Promise.all(viewers)).map((response) => response.expectMiss().body);
    expect(new Set(bodies).size).toBe(3);
  },
);
