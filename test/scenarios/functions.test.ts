/**
 * CloudFront Functions in the life of a request, written as customers write them. Facts: aws-api B8, data plane 1.1.
 */
import { expect } from 'bun:test';
import { functionAssociations, type TestConfig } from '../../src/testing/index.ts';
import { ORIGIN_DECIDES, originDecides } from './policies.ts';
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

scenario(
  'the origin that a function selects is asked for this request alone, in its own group if it makes one',
  {
    origins: ['german', 'backup'],
    functions: {
      select: `import cf from 'cloudfront';
        function handler(event) {
          var country = event.request.headers['cloudfront-viewer-country'];
          if (country && country.value === 'DE') cf.selectRequestOriginById('german');
          if (event.request.uri === '/group') {
            cf.createRequestOriginGroup({ originIds: ['german', 'backup'], failoverCriteria: { statusCodes: [500] } });
          }
          if (event.request.uri === '/path') cf.updateRequestOrigin({ originPath: '/v2', customHeaders: { 'x-by': 'function' } });
          return event.request;
        }`,
    },
    originRequestPolicies: {
      country: {
        Name: 'country',
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: { Quantity: 1, Items: ['CloudFront-Viewer-Country'] } },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    },
    places: { '127.0.0.1': { country: 'DE' } },
    distribution: withFunctions(
      { viewerRequest: 'select' },
      { CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', OriginRequestPolicyId: 'country' },
    ),
  },
  async ({ origin, otherOrigin, viewer }) => {
    otherOrigin('german').on('GET /', (tx) => tx.respond(200, {}, 'deutsch'));
    otherOrigin('german').on('GET /group', (tx) => tx.respond(500, {}, ''));
    otherOrigin('backup').on('GET /group', (tx) => tx.respond(200, {}, 'backup'));
    origin.on('GET /v2/path', (tx) => tx.respond(200, {}, String(tx.headers['x-by'])));
    (await viewer.get('/')).expect({ status: 200, body: 'deutsch' });
    (await viewer.get('/group')).expect({ status: 200, body: 'backup' });
    (await viewer.get('/path')).expect({ status: 200, body: 'function' });
  },
);

scenario(
  'a cookie decides what is fetched and cached; parameters are sorted for the key',
  {
    functions: {
      variant: `function handler(event) {
        var request = event.request, qs = [];
        request.uri = (request.cookies.variant && request.cookies.variant.value === 'b' ? '/b' : '/a') + request.uri;
        for (var key in request.querystring) qs.push(key + '=' + request.querystring[key].value);
        request.querystring = qs.sort().join('&');
        delete request.cookies.variant;
        return request;
      }`,
    },
    cachePolicies: originDecides,
    distribution: withFunctions({ viewerRequest: 'variant' }, { CachePolicyId: ORIGIN_DECIDES }),
  },
  async ({ origin, viewer }) => {
    for (const side of ['a', 'b']) origin.on(`GET /${side}/p`, (tx) => tx.respond(200, {}, `${side} ${tx.target}`));
    (await viewer.get('/p?y=2&x=1')).expectMiss().expect({ body: 'a /a/p?x=1&y=2' });
    (await viewer.get('/p?x=1&y=2')).expectHit().expect({ body: 'a /a/p?x=1&y=2' });
    (await viewer.get('/p?x=1&y=2', { headers: { cookie: 'variant=b' } })).expectMiss().expect({ body: 'b /b/p?x=1&y=2' });
  },
);

scenario(
  'Basic auth and a token: refused with the function’s own page, no custom error page',
  {
    functions: {
      auth: `import crypto from 'crypto';
        const expected = 'Basic ' + Buffer.from('user:pass').toString('base64');
        function handler(event) {
          const request = event.request;
          const jwt = request.querystring.jwt && request.querystring.jwt.value;
          if (jwt) {
            const parts = jwt.split('.');
            const signature = crypto.createHmac('sha256', 'secret').update(parts[0] + '.' + parts[1]).digest('base64url');
            const payload = JSON.parse(Buffer.from(parts[1], 'base64url'));
            if (signature === parts[2] && payload.exp * 1000 > Date.now()) { delete request.querystring.jwt; return request; }
          } else if (request.headers.authorization && request.headers.authorization.value === expected) return request;
          return { statusCode: 401, statusDescription: 'Unauthorized', headers: { 'www-authenticate': { value: 'Basic' } }, body: 'who are you?' };
        }`,
    },
    distribution: {
      ...withFunctions({ viewerRequest: 'auth' }),
      CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 404, ResponsePagePath: '/404.html', ResponseCode: '404' }] },
    },
  },
  async ({ origin, viewer, clock }) => {
    origin.on('GET /', (tx) => tx.respond(200, {}, 'welcome'));
    const refused = { status: 401, body: 'who are you?', headers: { 'www-authenticate': 'Basic' } };
    (await viewer.get('/')).expect(refused);
    const authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    (await viewer.get('/', { headers: { authorization } })).expect({ status: 200, body: 'welcome' });
    const exp = Math.floor(clock.now() / 1000) + 60;
    const signed = [{ alg: 'HS256', typ: 'JWT' }, { exp }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const token = `${signed}.${new Bun.CryptoHasher('sha256', 'secret').update(signed).digest('base64url')}`;
    (await viewer.get(`/?jwt=${token}`)).expect({ status: 200, body: 'welcome' });
    clock.advance('2m');
    (await viewer.get(`/?jwt=${token}`)).expect(refused);
  },
);

scenario(
  'explain runs the function, tells what it did, and goes on with that',
  {
    functions: {
      rewrite: `function handler(event) {
        var request = event.request;
        console.log('seen ' + request.uri);
        if (request.uri === '/no') return { statusCode: 403 };
        request.uri += 'index.html';
        request.headers['x-by'] = { value: 'function' };
        return request;
      }`,
    },
    distribution: withFunctions({ viewerRequest: 'rewrite' }),
  },
  async ({ explain, functionLog, origin }) => {
    const told = await explain('/a/?b=1');
    expect(told.verdict).toMatchObject({ kind: 'miss', reason: 'uri-miss' });
    expect(told.steps.map(({ step, decision }) => `${step}: ${decision}`)).toContain('viewer-request-function: changed');
    expect(told.function).toMatchObject({
      name: 'rewrite',
      changes: [
        { part: 'uri', before: '/a/', after: '/a/index.html' },
        { part: 'header x-by', after: 'function' },
      ],
      logs: ['seen /a/'],
    });
    expect(told.cacheKey?.uri).toBe('/a/index.html');
    expect((await explain('/no')).verdict).toMatchObject({ kind: 'generated', reason: 'function', status: 403 });
    expect(functionLog).toEqual([]);
    origin.expectRequests(0);
  },
);
