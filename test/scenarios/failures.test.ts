/**
 * Origins that fail, lie or break off, and what viewers see. Facts 4.4, 8.1.
 */
import { expect } from 'bun:test';
import { scenario } from './scenario.ts';

const NOT_FOUND_PAGE = {
  distribution: {
    CustomErrorResponses: {
      Quantity: 1,
      Items: [{ ErrorCode: 404, ResponsePagePath: '/errors/404.html', ResponseCode: '404', ErrorCachingMinTTL: 5 }],
    },
  },
};

scenario('a body that breaks off is broken for the viewer and never stored', async ({ origin, viewer, settled }) => {
  let attempt = 0;
  origin.on('GET /file', (tx) => {
    attempt += 1;
    const body = tx.start(200, { 'content-length': '10', 'cache-control': 'max-age=60' });
    body.write('12345');
    if (attempt === 1) body.reset();
    else {
      body.write('67890');
      body.end();
    }
  });
  await expect(viewer.get('/file')).rejects.toThrow();
  await settled();
  (await viewer.get('/file')).expectMiss().expect({ status: 200, body: '1234567890' });
});

scenario(
  'an origin that closes without an answer is a 502 with our page, remembered for ten seconds',
  async ({ origin, viewer, clock }) => {
    let isUp = false;
    origin.on('GET /page', (tx) => (isUp ? tx.respond(200, {}, 'back') : tx.reset()));
    const failed = (await viewer.get('/page')).expectError(502);
    expect(failed.headers['server']).toBe('CloudFront');
    expect(failed.body).toContain(failed.headers['x-amz-cf-id'] ?? '?');
    const asked = origin.requests.length;
    isUp = true;
    (await viewer.get('/page')).expectError(502);
    origin.expectRequests(asked);
    clock.advance('10s');
    (await viewer.get('/page')).expectMiss().expect({ status: 200, body: 'back' });
  },
);

scenario('a 404 is cached for ten seconds', async ({ origin, viewer, clock }) => {
  (await viewer.get('/nothing')).expectError(404);
  (await viewer.get('/nothing')).expectError(404);
  origin.expectRequests(1);
  clock.advance('10s');
  (await viewer.get('/nothing')).expectError(404);
  origin.expectRequests(2);
});

scenario('a custom error page replaces the body and keeps the error', NOT_FOUND_PAGE, async ({ origin, viewer }) => {
  origin.on('GET /errors/404.html', (tx) => tx.respond(200, { 'content-type': 'text/html' }, 'lost?'));
  const response = (await viewer.get('/nothing')).expectError(404);
  response.expect({ body: 'lost?', headers: { 'content-type': 'text/html' } });
  (await viewer.get('/nothing-else')).expectError(404).expect({ body: 'lost?' });
  expect(origin.requests.filter((request) => request.target === '/errors/404.html').length).toBe(1);
});

scenario('when the error page fails, its status is what the viewer gets', NOT_FOUND_PAGE, async ({ origin, viewer }) => {
  origin.on('GET /errors/404.html', (tx) => tx.respond(500, {}, 'broken'));
  (await viewer.get('/nothing')).expectError(500);
});
