/**
 * What people use Lambda@Edge for, written as they write it: with callbacks and without, keys or none, CommonJS. Facts: aws-api B8.
 */
import { expect } from 'bun:test';
import { lambdaAssociations, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

/** Managed-AllViewerAndCloudFrontHeaders-2022-06. */
const OriginRequestPolicyId = '33f36d7e-f396-46d9-90e0-52428a34d9dc';

function withFunction(names: Parameters<typeof lambdaAssociations>[0], source: string): TestEdgeOptions {
  const DefaultCacheBehavior = { OriginRequestPolicyId, LambdaFunctionAssociations: lambdaAssociations(names) };
  return { lambdas: { f: source }, distribution: { DefaultCacheBehavior } };
}

scenario(
  'on the viewer’s side: a test of two variants, a sign-in, a page and a picture made at the edge',
  withFunction(
    { viewerRequest: 'f' },
    `'use strict';
    const cookiesOf = (headers) => {
      const parsed = {};
      if (headers.cookie) headers.cookie[0].value.split(';').forEach((pair) => {
        const [name, value] = pair.split('=');
        parsed[name.trim()] = value.trim();
      });
      return parsed;
    };
    exports.handler = (event, context, callback) => {
      const { request } = event.Records[0].cf;
      const cookies = cookiesOf(request.headers);
      if (request.uri === '/page')
        return callback(null, { status: '200', statusDescription: 'OK', headers: { 'content-type': [{ key: 'Content-Type', value: 'text/html' }] }, body: '<p>é</p>' });
      if (request.uri === '/picture')
        return callback(null, { status: '200', headers: { 'content-type': [{ value: 'image/png' }] }, bodyEncoding: 'base64', body: Buffer.from([1, 2, 3]).toString('base64') });
      if (request.uri.startsWith('/private') && !cookies['session-id']) {
        const back = encodeURIComponent(request.uri + (request.querystring ? '?' + request.querystring : ''));
        return callback(null, { status: '302', statusDescription: 'Found', headers: { location: [{ key: 'Location', value: '/signin?back=' + back }] } });
      }
      if (request.uri === '/test.jpg') request.uri = cookies.variant === 'b' ? '/b.jpg' : '/a.jpg';
      callback(null, request);
    };`,
  ),
  async ({ origin, viewer }) => {
    for (const path of ['/a.jpg', '/b.jpg', '/private']) origin.on(`GET ${path}`, (tx) => tx.respond(200, {}, path));
    (await viewer.get('/test.jpg')).expect({ body: '/a.jpg' });
    (await viewer.get('/test.jpg', { headers: { cookie: 'x=1; variant=b' } })).expect({ body: '/b.jpg' });
    (await viewer.get('/private?a=b')).expect({ status: 302, headers: { location: '/signin?back=%2Fprivate%3Fa%3Db' } });
    (await viewer.get('/private', { headers: { cookie: 'session-id=1' } })).expect({ body: '/private' });
    (await viewer.get('/page')).expect({ body: '<p>é</p>', headers: { 'content-type': 'text/html', 'content-length': '9' } });
    (await viewer.get('/picture')).expect({ headers: { 'content-type': 'image/png', 'content-length': '3' } });
  },
);

scenario(
  'on the origin’s side: by device, a query in order; errors turned into answers',
  withFunction(
    { originRequest: 'f', originResponse: 'f' },
    `const querystring = require('querystring');
    exports.handler = async (event) => {
      const { request, response } = event.Records[0].cf;
      if (response) {
        if (response.status >= 400 && request.uri === '/gone') Object.assign(response, { status: 200, statusDescription: 'OK', body: 'made up' });
        if (response.status == 404) return Object.assign(response, { status: '302', body: '', headers: { ...response.headers, location: [{ value: '/plan-b?' + request.querystring }] } });
        response.headers['strict-transport-security'] = [{ key: 'Strict-Transport-Security', value: 'max-age=63072000' }];
        // Under the key that it had.
        if (response.headers['x-amz-meta-last-modified']) response.headers['last-modified'] = [response.headers['x-amz-meta-last-modified'][0]];
        return response;
      }
      const { headers } = request;
      if (headers['cloudfront-is-mobile-viewer'] && headers['cloudfront-is-mobile-viewer'][0].value === 'true') request.uri = '/mobile' + request.uri;
      const params = querystring.parse(request.querystring.toLowerCase());
      request.querystring = querystring.stringify(Object.fromEntries(Object.keys(params).sort().map((name) => [name, params[name]])));
      return request;
    };`,
  ),
  async ({ origin, viewer }) => {
    origin.on('GET /a', (tx) => tx.respond(200, { 'x-amz-meta-last-modified': 'Mon, 01 Jan 2018 00:00:00 GMT' }, 'a'));
    origin.on('GET /mobile/b', (tx) => tx.respond(200, {}, 'small'));
    origin.on('GET /gone', (tx) => tx.respond(410));
    origin.on('*', (tx) => tx.respond(404));
    (await viewer.get('/a?C=1&B=2')).expect({
      body: 'a',
      headers: { 'last-modified': 'Mon, 01 Jan 2018 00:00:00 GMT', 'strict-transport-security': 'max-age=63072000' },
    });
    const phone = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Mobile' };
    (await viewer.get('/b', { headers: phone })).expect({ body: 'small' });
    (await viewer.get('/gone')).expect({ status: 200, body: 'made up' });
    (await viewer.get('/none?q=1')).expect({ status: 302, body: '', headers: { location: '/plan-b?q=1' } });
    expect(origin.requests.map(({ target }) => target)).toEqual(['/a?b=2&c=1', '/mobile/b', '/gone', '/none?q=1']);
  },
);
