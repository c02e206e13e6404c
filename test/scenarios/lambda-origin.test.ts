/**
 * Lambda@Edge functions on the origin's side: only where an origin is asked, and what they make is cached. Facts: aws-api B8.
 */
import { expect } from 'bun:test';
import { lambdaAssociations, type TestConfig, type TestEdgeOptions } from '../../src/testing/index.ts';
import { ORIGIN_DECIDES, originDecides } from './policies.ts';
import { scenario } from './scenario.ts';

/** Managed-AllViewer. */
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

function withFunctions(
  names: Parameters<typeof lambdaAssociations>[0],
  lambdas: TestEdgeOptions['lambdas'] & object,
  more: TestEdgeOptions = {},
  behavior: TestConfig['DefaultCacheBehavior'] = {},
): TestEdgeOptions {
  const LambdaFunctionAssociations = lambdaAssociations(names);
  const policy = more.cachePolicies && { CachePolicyId: ORIGIN_DECIDES };
  return { ...more, lambdas, distribution: { DefaultCacheBehavior: { LambdaFunctionAssociations, ...policy, ...behavior } } };
}

const MARK = `let runs = 0;
exports.handler = async ({ Records: [{ cf }] }) => {
  cf.request.headers['x-run'] = [{ key: 'X-Run', value: String(++runs) }];
  cf.request.headers['x-origin-seen'] = [{ value: JSON.stringify(cf.request.origin) }];
  cf.request.uri += '.html';
  return cf.request;
};`;

scenario(
  'a function before the origin runs once for all who miss together, and not for a hit',
  withFunctions({ originRequest: 'f' }, { f: MARK }),
  async ({ origin, viewer, barrier }) => {
    const held = barrier();
    origin.on('GET /a.html', async (tx) => {
      await held;
      return tx.respond(200, { 'cache-control': 'max-age=60', 'x-run': tx.headers['x-run'] ?? '' }, 'a');
    });
    const viewers = Array.from({ length: 3 }, () => viewer.get('/a'));
    await origin.requested(1);
    held.open();
    for (const response of await Promise.all(viewers)) response.expect({ status: 200, body: 'a', headers: { 'x-run': '1' } });
    (await viewer.get('/a')).expect({ headers: { 'x-cache': 'Hit from cloudfront', 'x-run': '1' } });
    origin.expectRequests(1);
    const seen = JSON.parse(origin.requests[0]?.headers['x-origin-seen'] ?? '') as { readonly custom: object };
    expect(seen.custom).toEqual({
      customHeaders: {},
      domainName: 'localhost',
      keepaliveTimeout: 5,
      path: '',
      port: origin.port,
      protocol: 'http',
      readTimeout: 30,
      sslProtocols: ['TLSv1.2'],
    });
  },
);

scenario(
  'a function answers in place of the origin, and its answer is cached',
  withFunctions(
    { originRequest: 'f', originResponse: 'never' },
    {
      f: {
        runtime: 'python3.12',
        handler: 'app.main',
        files: {
          'app.py': `import base64, json
def main(event, context):
    request = event["Records"][0]["cf"]["request"]
    print("asked for", request["uri"])
    return {"status": "200", "headers": {"cache-control": [{"value": "max-age=60"}]},
            "body": base64.b64encode(request["uri"].encode()).decode(), "bodyEncoding": "base64"}`,
        },
      },
      never: 'exports.handler = async () => { throw new Error("asked"); };',
    },
  ),
  async ({ origin, viewer, functionLog }) => {
    (await viewer.get('/a')).expect({
      status: 200,
      body: '/a',
      headers: { 'x-cache': 'LambdaGeneratedResponse from cloudfront' },
    });
    (await viewer.get('/a')).expect({ status: 200, body: '/a', headers: { 'x-cache': 'Hit from cloudfront' } });
    origin.expectRequests(0);
    expect(functionLog.map(({ lines }) => lines)).toEqual([['asked for /a']]);
  },
);

scenario(
  'a function changes what the origin has answered, errors among it, before it is cached',
  withFunctions(
    { originResponse: 'f' },
    {
      f: `exports.handler = async ({ Records: [{ cf: { request, response } }] }) => {
        if (response.status === '404') return { ...response, status: '200', body: 'made up for ' + request.uri };
        response.headers['cache-control'] = [{ key: 'Cache-Control', value: 'max-age=100' }];
        response.headers['x-length'] = [{ value: response.headers['content-length'][0].value }];
        return response;
      };`,
    },
    { cachePolicies: originDecides },
  ),
  async ({ origin, viewer, clock }) => {
    origin.on('GET /a', (tx) => tx.respond(200, { 'cache-control': 'max-age=1' }, 'abc'));
    origin.on('GET /none', (tx) => tx.respond(404, {}, 'no'));
    (await viewer.get('/a')).expect({ body: 'abc', headers: { 'x-cache': 'Miss from cloudfront', 'x-length': '3' } });
    clock.advance('50s');
    (await viewer.get('/a')).expect({ body: 'abc', headers: { 'x-cache': 'Hit from cloudfront' } });
    (await viewer.get('/none')).expect({ status: 200, body: 'made up for /none', headers: { 'content-length': '17' } });
    (await viewer.get('/none')).expect({ status: 200, headers: { 'x-cache': 'Hit from cloudfront' } });
    origin.expectRequests(2);
  },
);

scenario(
  'a function sends the request to another origin',
  withFunctions(
    { originRequest: 'f' },
    {
      f: `exports.handler = async ({ Records: [{ cf: { request } }] }) => {
        const { custom } = request.origin;
        custom.port = Number(request.headers['x-port'][0].value);
        custom.path = '/v2';
        custom.customHeaders['x-secret'] = [{ key: 'X-Secret', value: 's' }];
        return request;
      };`,
    },
    { origins: ['other'] },
    { OriginRequestPolicyId: ALL_VIEWER },
  ),
  async ({ origin, otherOrigin, viewer }) => {
    otherOrigin('other').on('GET /v2/a', (tx) => tx.respond(200, {}, tx.headers['x-secret'] ?? 'none'));
    (await viewer.get('/a', { headers: { 'x-port': String(otherOrigin('other').port) } })).expect({ status: 200, body: 's' });
    origin.expectRequests(0);
  },
);

scenario(
  'a function before the origin sees the body, and may put another in its place',
  {
    lambdas: {
      f: `exports.handler = async ({ Records: [{ cf: { request } }] }) => {
        const text = Buffer.from(request.body.data, 'base64').toString();
        if (text === 'keep') return request;
        return { ...request, body: { action: 'replace', encoding: 'base64', data: Buffer.from(text.toUpperCase()).toString('base64') } };
      };`,
    },
    distribution: {
      DefaultCacheBehavior: {
        AllowedMethods: { Quantity: 7, Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] },
        LambdaFunctionAssociations: lambdaAssociations({ originRequest: 'f' }, true),
      },
    },
  },
  async ({ origin, viewer }) => {
    origin.on('POST /', (tx) => tx.respond(200, {}, `${tx.headers['content-length']} ${tx.body.toString()}`));
    (await viewer.send('POST', '/', { body: 'keep' })).expect({ status: 200, body: '4 keep' });
    (await viewer.send('POST', '/', { body: 'change it' })).expect({ status: 200, body: '9 CHANGE IT' });
  },
);

scenario(
  'in an origin group, each origin has its own runs of a function',
  {
    origins: ['second'],
    lambdas: {
      f: `exports.handler = async ({ Records: [{ cf: { request, response } }] }) => {
        if (response === undefined) { request.headers['x-port'] = [{ value: String(request.origin.custom.port) }]; return request; }
        response.headers['x-from'] = [{ value: String(request.origin.custom.port) }];
        return response;
      };`,
    },
    distribution: {
      OriginGroups: {
        Quantity: 1,
        Items: [
          {
            Id: 'group',
            FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [500] } },
            Members: { Quantity: 2, Items: [{ OriginId: 'origin' }, { OriginId: 'second' }] },
          },
        ],
      },
      DefaultCacheBehavior: {
        TargetOriginId: 'group',
        LambdaFunctionAssociations: lambdaAssociations({ originRequest: 'f', originResponse: 'f' }),
      },
    },
  },
  async ({ origin, otherOrigin, viewer, functionLog }) => {
    const second = otherOrigin('second');
    origin.on('GET /', (tx) => tx.respond(500));
    second.on('GET /', (tx) => tx.respond(200, {}, tx.headers['x-port'] ?? ''));
    (await viewer.get('/')).expect({ status: 200, body: String(second.port), headers: { 'x-from': String(second.port) } });
    expect(functionLog.map(({ lambda }) => lambda?.eventType)).toEqual([
      'origin-request',
      'origin-response',
      'origin-request',
      'origin-response',
    ]);
  },
);
