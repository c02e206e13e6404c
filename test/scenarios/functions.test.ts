/**
 * CloudFront Functions in the life of a request, written as customers write them. Facts: aws-api B8, data plane 1.1.
 */
import { expect } from 'bun:test';
import { functionAssociations, type TestConfig } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const withFunctions = (
  names: Parameters<typeof functionAssociations>[0],
  more: TestConfig['DefaultCacheBehavior'] = {},
): TestConfig => ({
  DefaultCacheBehavior: { FunctionAssociations: functionAssociations(names), ...more },
});

const SPA = `async function handler(event) {
  var request = event.request;
  if (request.uri.endsWith('/')) request.uri += 'index.html';
  else if (!request.uri.includes('.')) request.uri += '/index.html';
  return request;
}`;

scenario(
  'a rewritten URI is what is cached and fetched; the log keeps the viewer’s',
  { functions: { spa: SPA }, distribution: withFunctions({ viewerRequest: 'spa' }) },
  async ({ origin, viewer, log }) => {
    origin.on('GET /blog/index.html', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'blog'));
    (await viewer.get('/blog/')).expect({ status: 200, body: 'blog', headers: { 'x-cache': 'Miss from cloudfront' } });
    (await viewer.get('/blog')).expect({ status: 200, body: 'blog', headers: { 'x-cache': 'Hit from cloudfront' } });
    origin.expectRequests(1);
    expect(log.map(({ request }) => request.path)).toEqual(['/blog/', '/blog']);
  },
);

scenario(
  'a generated response asks nobody, and no viewer-response function changes it',
  {
    functions: {
      redirect: `function handler(event) {
        return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: 'https://' + event.request.headers.host.value + '/de' } },
          cookies: { seen: { value: '1', attributes: 'Path=/; Secure' } }, body: { encoding: 'base64', data: 'aGk=' } };
      }`,
      mark: `function handler(event) { event.response.headers['x-mark'] = { value: 'yes' }; return event.response; }`,
    },
    distribution: withFunctions({ viewerRequest: 'redirect', viewerResponse: 'mark' }),
  },
  async ({ origin, viewer, domainName }) => {
    const response = await viewer.get('/');
    response.expect({
      status: 302,
      body: 'hi',
      headers: {
        'x-cache': 'FunctionGeneratedResponse from cloudfront',
        location: `https://${domainName}/de`,
        'set-cookie': 'seen=1; Path=/; Secure',
      },
    });
    expect(response.headers['x-mark']).toBeUndefined();
    origin.expectRequests(0);
  },
);

scenario(
  'a viewer-response function changes what viewers get, not what is stored, and nothing of errors',
  {
    functions: {
      headers: `function handler(event) {
        var response = event.response;
        response.headers['strict-transport-security'] = { value: 'max-age=63072000' };
        response.headers['x-status'] = { value: String(response.statusCode) + ' ' + event.request.uri };
        delete response.headers['x-secret'];
        return response;
      }`,
    },
    distribution: withFunctions({ viewerResponse: 'headers' }),
  },
  async ({ origin, viewer }) => {
    origin.on('GET /a', (tx) => tx.respond(200, { 'cache-control': 'max-age=60', 'x-secret': '1' }, 'a'));
    origin.on('GET /gone', (tx) => tx.respond(404, {}, 'gone'));
    for (const cache of ['Miss', 'Hit']) {
      const response = await viewer.get('/a');
      response.expect({ status: 200, body: 'a', headers: { 'x-cache': `${cache} from cloudfront`, 'x-status': '200 /a' } });
      expect(response.headers['x-secret']).toBeUndefined();
    }
    expect((await viewer.get('/gone')).headers['x-status']).toBeUndefined();
  },
);
