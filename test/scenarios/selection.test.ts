/**
 * Conditions and ranges of viewers, judged on what is stored. Facts 4.5, 5; RFC 9110 13, 14.
 */
import { expect } from 'bun:test';
import { scenario } from './scenario.ts';

scenario('a fresh copy answers conditions by itself', async ({ origin, viewer }) => {
  origin.on('GET /page', (tx) => tx.respond(200, { etag: '"v1"', 'cache-control': 'max-age=60' }, 'page'));
  (await viewer.get('/page', { headers: { 'if-none-match': '"v1"' } })).expectMiss().expect({ status: 304, body: '' });
  expect(origin.lastRequest().headers['if-none-match']).toBeUndefined();
  (await viewer.get('/page', { headers: { 'if-none-match': '"v1"' } })).expectHit().expect({ status: 304 });
  (await viewer.get('/page', { headers: { 'if-none-match': '"v2"' } })).expectHit().expect({ status: 200, body: 'page' });
  origin.expectRequests(1);
});

scenario('ranges of a stored object', async ({ origin, viewer }) => {
  origin.on('GET /file', (tx) => tx.respond(200, { etag: '"v1"', 'cache-control': 'max-age=60' }, '0123456789'));
  (await viewer.get('/file')).expectMiss();
  const part = await viewer.get('/file', { headers: { range: 'bytes=2-4' } });
  part.expect({ status: 206, body: '234', headers: { 'content-range': 'bytes 2-4/10', 'content-length': '3' } });
  (await viewer.get('/file', { headers: { range: 'bytes=-2' } })).expectHit().expect({ status: 206, body: '89' });
  (await viewer.get('/file', { headers: { range: 'bytes=8-99' } })).expect({ status: 206, body: '89' });
  const beyond = await viewer.get('/file', { headers: { range: 'bytes=99-' } });
  beyond.expect({ status: 416, headers: { 'content-range': 'bytes */10' } });
  (await viewer.get('/file', { headers: { range: 'lines=1-2' } })).expect({ status: 200, body: '0123456789' });
  const changed = { range: 'bytes=0-1', 'if-range': '"v0"' };
  (await viewer.get('/file', { headers: changed })).expect({ status: 200, body: '0123456789' });
  origin.expectRequests(1);
});
