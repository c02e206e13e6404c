/**
 * What customers use CloudFront Functions for, written as they write it: each pattern through an edge, with its cache.
 */
import { expect } from 'bun:test';
import { createHmac } from 'node:crypto';
import { functionAssociations, type TestConfig, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** An edge that runs this on viewer requests, and perhaps that on viewer responses. */
function running(viewerRequest: string, more: Omit<TestEdgeOptions, 'functions'> = {}, viewerResponse?: string): TestEdgeOptions {
  const associations = functionAssociations({ viewerRequest: 'request', ...(viewerResponse && { viewerResponse: 'response' }) });
  const given = (more.distribution ?? {}) as TestConfig;
  return {
    ...more,
    functions: {
      request: { code: viewerRequest, ...(more.keyValueStores && { keyValueStore: Object.keys(more.keyValueStores)[0]! }) },
      ...(viewerResponse && { response: viewerResponse }),
    },
    distribution: { ...given, DefaultCacheBehavior: { ...given.DefaultCacheBehavior, FunctionAssociations: associations } },
  };
}

scenario(
  'A/B test by cookie: a new viewer draws a side, keeps it, and each side is cached once',
  running(
    `function handler(event) {
      var request = event.request;
      var side = request.cookies['ab'] ? request.cookies['ab'].value : Math.random() < 0.5 ? 'a' : 'b';
      request.uri = '/' + side + request.uri;
      return request;
    }`,
    {},
    `function handler(event) {
      var response = event.response, request = event.request;
      if (!request.cookies['ab']) response.cookies['ab'] = { value: request.uri.split('/')[1], attributes: 'Path=/; Max-Age=86400' };
      return response;
    }`,
  ),
  async ({ origin, viewer }) => {
    for (const side of ['a', 'b'])
      origin.on(`GET /${side}/home`, (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, side));
    const drawn = new Set<string>();
    for (let viewers = 0; viewers < 12; viewers++) {
      const first = await viewer.get('/home');
      first.expect({ status: 200, headers: { 'set-cookie': `ab=${first.body}; Path=/; Max-Age=86400` } });
      drawn.add(first.body);
      const again = await viewer.get('/home', { headers: { cookie: `ab=${first.body}` } });
      again.expect({ status: 200, body: first.body, headers: { 'set-cookie': undefined } });
    }
    expect([...drawn].toSorted()).toEqual(['a', 'b']);
    origin.expectRequests(2);
  },
);

scenario(
  'JWT check with the secret in a key value store',
  running(
    `import crypto from 'crypto';
    import cf from 'cloudfront';
    const unauthorized = { statusCode: 401, statusDescription: 'Unauthorized', headers: { 'www-authenticate': { value: 'Bearer' } } };
    async function handler(event) {
      const request = event.request;
      const header = request.headers.authorization;
      if (!header || !header.value.startsWith('Bearer ')) return unauthorized;
      const segments = header.value.slice(7).split('.');
      const secret = await cf.kvs().get('jwt.secret');
      const signature = crypto.createHmac('sha256', secret).update(segments[0] + '.' + segments[1]).digest('base64url');
      if (signature !== segments[2]) return unauthorized;
      const claims = JSON.parse(Buffer.from(segments[1], 'base64url').toString());
      if (claims.exp && claims.exp * 1000 < Date.now()) return unauthorized;
      request.headers['x-subject'] = { value: claims.sub };
      delete request.headers.authorization;
      return request;
    }`,
    { keyValueStores: { secrets: { 'jwt.secret': 'once' } } },
  ),
  async ({ origin, viewer, clock, putKeys }) => {
    const token = (secret: string, claims: object): string => {
      const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      return `Bearer ${signed.join('.')}.${createHmac('sha256', secret).update(signed.join('.')).digest('base64url')}`;
    };
    const status = async (authorization: string): Promise<number> =>
      (await viewer.get('/private', { headers: { authorization } })).status;
    origin.on('GET /private', (tx) => tx.respond(200, {}, 'private'));
    const good = token('once', { sub: 'me', exp: clock.now() / 1000 + 60 });
    expect([await status(good), await status(token('other', { sub: 'me' })), await status('Bearer x')]).toEqual([200, 401, 401]);
    (await viewer.get('/private')).expect({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    clock.advance('61s');
    expect(await status(good)).toBe(401);
    putKeys('secrets', { 'jwt.secret': 'then' });
    expect([await status(token('once', { sub: 'me' })), await status(token('then', { sub: 'me' }))]).toEqual([401, 200]);
  },
);

scenario(
  'images by Accept: one address, a copy for each format in the cache',
  running(
    `function handler(event) {
      var request = event.request;
      var accept = request.headers.accept ? request.headers.accept.value : '';
      if (/\\.(jpe?g|png)$/.test(request.uri)) {
        if (accept.includes('image/avif')) request.uri = request.uri.replace(/\\.[a-z]+$/, '.avif');
        else if (accept.includes('image/webp')) request.uri = request.uri.replace(/\\.[a-z]+$/, '.webp');
      }
      return request;
    }`,
  ),
  async ({ origin, viewer }) => {
    for (const name of ['jpg', 'webp', 'avif'])
      origin.on(`GET /cat.${name}`, (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, name));
    const body = async (accept: string): Promise<string> => (await viewer.get('/cat.jpg', { headers: { accept } })).body;
    for (const _ of ['Miss', 'Hit']) {
      expect([await body('*/*'), await body('image/webp,*/*'), await body('image/avif,image/webp')]).toEqual([
        'jpg',
        'webp',
        'avif',
      ]);
    }
    origin.expectRequests(3);
  },
);

scenario(
  'geo redirect: by the country that a policy of the cache behavior shows',
  running(
    `function handler(event) {
      var request = event.request, headers = request.headers;
      var country = headers['cloudfront-viewer-country'] ? headers['cloudfront-viewer-country'].value : '';
      var to = { DE: '/de', AT: '/de', FR: '/fr' }[country];
      if (!to || request.uri.startsWith(to + '/')) return request;
      return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: 'https://' + headers.host.value + to + request.uri } } };
    }`,
    {
      places: { '192.0.2.1': { country: 'AT' }, '192.0.2.2': { country: 'US' } },
      originRequestPolicies: {
        country: {
          Name: 'country',
          HeadersConfig: { HeaderBehavior: 'whitelist', Headers: { Quantity: 1, Items: ['CloudFront-Viewer-Country'] } },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
      distribution: { DefaultCacheBehavior: { CachePolicyId: CACHING_DISABLED, OriginRequestPolicyId: 'country' } },
    },
  ),
  async ({ origin, viewer, domainName }) => {
    for (const path of ['/shop', '/de/shop']) origin.on(`GET ${path}`, (tx) => tx.respond(200, {}, path));
    const location = `https://${domainName}/de/shop`;
    const found = { status: 302, headers: { location, 'x-cache': 'FunctionGeneratedResponse from cloudfront' } };
    (await viewer.get('/shop', { from: '192.0.2.1' })).expect(found);
    (await viewer.get('/de/shop', { from: '192.0.2.1' })).expect({ status: 200, body: '/de/shop' });
    (await viewer.get('/shop', { from: '192.0.2.2' })).expect({ status: 200, body: '/shop' });
  },
);

scenario(
  'Basic auth: who may, sees what is cached; who may not, sees nothing',
  running(
    `function handler(event) {
      var request = event.request;
      var expected = 'Basic ' + Buffer.from('user:pässword').toString('base64');
      if (request.headers.authorization && request.headers.authorization.value === expected) return request;
      return { statusCode: 401, statusDescription: 'Unauthorized', headers: { 'www-authenticate': { value: 'Basic realm="staging"' } } };
    }`,
  ),
  async ({ origin, viewer }) => {
    origin.on('GET /', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'staging'));
    const as = (user: string) => viewer.get('/', { headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` } });
    (await as('user:pässword')).expect({ status: 200, body: 'staging' });
    for (const answer of [await as('user:wrong'), await viewer.get('/')])
      answer.expect({ status: 401, body: '', headers: { 'www-authenticate': 'Basic realm="staging"' } });
    (await as('user:pässword')).expect({ status: 200, headers: { 'x-cache': 'Hit from cloudfront' } });
    origin.expectRequests(1);
  },
);

scenario(
  'origin selection: by a path, another origin with its own Host; what fails there has the group’s second',
  running(
    `import cf from 'cloudfront';
    function handler(event) {
      const request = event.request;
      if (request.uri.startsWith('/api/')) {
        cf.createRequestOriginGroup({
          originIds: [{ originId: 'api', originOverrides: { hostHeader: 'api.localhost' } }, { originId: 'standby' }],
          failoverCriteria: { statusCodes: [503] },
        });
      }
      return request;
    }`,
    { origins: ['api', 'standby'], distribution: { DefaultCacheBehavior: { CachePolicyId: CACHING_DISABLED } } },
  ),
  async ({ origin, otherOrigin, viewer }) => {
    origin.on('GET /', (tx) => tx.respond(200, {}, 'site'));
    otherOrigin('api').on('GET /api/a', (tx) => tx.respond(200, {}, String(tx.headers['host'])));
    otherOrigin('api').on('GET /api/b', (tx) => tx.respond(503, {}, ''));
    otherOrigin('standby').on('GET /api/b', (tx) => tx.respond(200, {}, 'standby'));
    (await viewer.get('/')).expect({ status: 200, body: 'site' });
    (await viewer.get('/api/a')).expect({ status: 200, body: 'api.localhost' });
    (await viewer.get('/api/b')).expect({ status: 200, body: 'standby' });
  },
);
