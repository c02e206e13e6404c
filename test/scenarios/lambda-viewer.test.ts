/**
 * Lambda@Edge functions on the viewer's side, in real interpreters. Facts: aws-api B8. What they may return, row by row: core/lambda-edge.
 */
import { expect } from 'bun:test';
import { lambdaAssociations, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

/** Managed-AllViewer. */
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

function withFunction(names: Parameters<typeof lambdaAssociations>[0], source: string, includeBody = false): TestEdgeOptions {
  const LambdaFunctionAssociations = lambdaAssociations(names, includeBody);
  const AllowedMethods = { Quantity: 7, Items: [...ALL_METHODS] };
  const OriginRequestPolicyId = ALL_VIEWER;
  const DefaultCacheBehavior = { LambdaFunctionAssociations, AllowedMethods, OriginRequestPolicyId };
  return { lambdas: { f: source }, distribution: { DefaultCacheBehavior } };
}

scenario(
  'what a function makes of the request is what is cached and fetched',
  withFunction(
    { viewerRequest: 'f' },
    `exports.handler = async ({ Records: [{ cf }] }, context) => {
      console.log('two', 'words\\nand lines', context.functionName);
      cf.request.uri = '/b' + cf.request.uri;
      cf.request.querystring = '';
      return cf.request;
    };`,
  ),
  async ({ origin, viewer, functionLog, log }) => {
    origin.on('GET /b/a', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'b'));
    (await viewer.get('/a?z=1')).expect({ status: 200, body: 'b', headers: { 'x-cache': 'Miss from cloudfront' } });
    (await viewer.get('/a?z=2')).expect({ status: 200, body: 'b', headers: { 'x-cache': 'Hit from cloudfront' } });
    origin.expectRequests(1);
    expect(log.map(({ request }) => request.query)).toEqual(['z=1', 'z=2']);
    expect(functionLog[0]).toMatchObject({ name: 'us-east-1.f', lambda: { version: '1', eventType: 'viewer-request' } });
    expect(functionLog[0]?.lines.join()).toContain('\tINFO\ttwo words\nand lines us-east-1.f');
    // The second run had a process that was there already.
    expect(functionLog.map(({ lambda }) => lambda?.initDuration === undefined)).toEqual([false, true]);
  },
);

scenario(
  'the event has the documented form, and a generated response needs nobody else',
  withFunction(
    { viewerRequest: 'f' },
    `exports.handler = (event, context, callback) => {
      const headers = { 'content-type': [{ key: 'Content-Type', value: 'application/json' }] };
      callback(null, { status: '203', headers, body: JSON.stringify(event) });
    };`,
  ),
  async ({ origin, viewer, domainName }) => {
    const response = await viewer.get('/a%20b?c=d&c', { headers: { cookie: 'e=f', 'x-multi': '1' } });
    response.expect({ status: 203, headers: { 'x-cache': 'LambdaGeneratedResponse from cloudfront' } });
    const { Records } = JSON.parse(response.body) as { Records: { cf: Record<string, Record<string, unknown>> }[] };
    const { config, request } = Records[0]!.cf;
    expect(config).toEqual({
      distributionDomainName: domainName,
      distributionId: expect.stringMatching(/^E[A-Z0-9]+$/),
      eventType: 'viewer-request',
      requestId: response.headers['x-amz-cf-id'],
    });
    expect(request).toMatchObject({ clientIp: '127.0.0.1', method: 'GET', querystring: 'c=d&c', uri: '/a%20b' });
    expect(request?.['headers']).toMatchObject({
      host: [{ key: 'Host', value: domainName }],
      cookie: [{ key: 'Cookie', value: 'e=f' }],
      'x-multi': [{ key: 'X-Multi', value: '1' }],
    });
    origin.expectRequests(0);
  },
);

scenario(
  'a body is shown as far as 40 KB, and sent on whole, or replaced',
  withFunction(
    { viewerRequest: 'f' },
    `exports.handler = async ({ Records: [{ cf: { request } }] }) => {
      const { body } = request;
      const length = Buffer.from(body.data, 'base64').length;
      request.headers['x-seen'] = [{ value: length + ' ' + body.inputTruncated + ' ' + body.action + ' ' + body.encoding }];
      if (length === 4) request.body = { action: 'replace', encoding: 'text', data: 'other' };
      return request;
    };`,
    true,
  ),
  async ({ origin, viewer }) => {
    const lengths: unknown[] = [];
    origin.on('POST /', (tx) => {
      lengths.push([tx.body.length, tx.headers['x-seen'], tx.headers['content-length']]);
      return tx.respond(200);
    });
    for (const body of ['a'.repeat(50_000), 'four', '']) await viewer.send('POST', '/', { body });
    expect(lengths).toEqual([
      [50_000, '40960 true read-only base64', '50000'],
      [5, '4 false read-only base64', '5'],
      [0, '0 false read-only base64', '0'],
    ]);
  },
);

scenario(
  'a response of the cache is changed for each viewer; an error is not',
  withFunction(
    { viewerResponse: 'f' },
    `let runs = 0;
    exports.handler = async ({ Records: [{ cf: { request, response } }] }) => {
      runs += 1;
      response.headers['x-run'] = [{ key: 'X-Run', value: runs + request.uri }];
      delete response.headers['x-origin'];
      return response;
    };`,
  ),
  async ({ origin, viewer }) => {
    origin.on('GET /a', (tx) => tx.respond(200, { 'cache-control': 'max-age=60', 'x-origin': '1' }, 'a'));
    origin.on('GET /e', (tx) => tx.respond(404, {}, 'no'));
    const first = await viewer.get('/a');
    first.expect({ status: 200, body: 'a', headers: { 'x-cache': 'Miss from cloudfront', 'x-run': '1/a' } });
    expect(first.headers['x-origin']).toBeUndefined();
    (await viewer.get('/a')).expect({ body: 'a', headers: { 'x-cache': 'Hit from cloudfront', 'x-run': '2/a' } });
    expect((await viewer.get('/e')).headers['x-run']).toBeUndefined();
    (await viewer.get('/a', { headers: { range: 'bytes=0-0' } })).expect({ status: 206, headers: { 'x-run': '3/a' } });
  },
);
