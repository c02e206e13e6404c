/**
 * Lambda@Edge functions that fail, each in its own way: the viewer gets CloudFront's page, the log the reason, the edge goes on. Facts: aws-api
 * B8, data plane 12.2. Functions that mean harm: test/faults/lambda.faults.ts.
 */
import { expect } from 'bun:test';
import { lambdaAssociations, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

/** Does what the path says. */
const MANY = `exports.handler = (event, context, callback) => {
  const { request } = event.Records[0].cf;
  const answer = { status: '200', headers: {} };
  switch (request.uri) {
    case '/throws': throw new TypeError('on purpose');
    case '/fails': return callback(new Error('told so'));
    case '/rejects': return Promise.reject(new Error('later'));
    case '/exits': return process.exit(3);
    case '/late': setTimeout(() => { throw new Error('nobody catches'); }, 1); return;
    case '/nothing': return callback(null);
    case '/text': return callback(null, 'text');
    case '/blacklisted': return callback(null, { ...answer, headers: { 'x-edge-y': [{ value: '1' }] } });
    case '/injection': return callback(null, { ...answer, headers: { 'x-a': [{ value: 'a\\r\\nset-cookie: b' }] } });
    case '/large': return callback(null, { ...answer, body: 'a'.repeat(41000) });
    case '/cyclic': { const cycle = {}; cycle.cycle = cycle; return callback(null, cycle); }
    case '/host': request.headers.host = [{ key: 'Host', value: 'example.com' }]; return callback(null, request);
    default: return callback(null, { ...answer, body: 'fine' });
  }
};`;

const failing: TestEdgeOptions = {
  lambdas: { f: MANY },
  distribution: { DefaultCacheBehavior: { LambdaFunctionAssociations: lambdaAssociations({ viewerRequest: 'f' }) } },
};

const EXECUTION = 'LambdaExecutionError from cloudfront';
const VALIDATION = 'LambdaValidationError from cloudfront';
const INVALID =
  'The Lambda function associated with the CloudFront distribution is invalid or doesn&#39;t have the required permissions.';

const ROWS: readonly (readonly [path: string, cache: string, page: string, logged: string])[] = [
  ['/throws', EXECUTION, INVALID, 'TypeError: on purpose'],
  ['/fails', EXECUTION, INVALID, 'Error: told so'],
  ['/rejects', EXECUTION, INVALID, 'Error: later'],
  ['/exits', EXECUTION, INVALID, 'Runtime exited with error: exit status 3'],
  ['/late', EXECUTION, INVALID, 'nobody catches'],
  ['/cyclic', EXECUTION, INVALID, 'Runtime.MarshalError'],
  ['/nothing', VALIDATION, 'The Lambda function returned an invalid json output.', 'the function returned null'],
  ['/text', VALIDATION, 'The Lambda function returned an invalid json output.', 'the function returned no object'],
  ['/blacklisted', VALIDATION, 'The function tried to add a blacklisted header.', 'the header x-edge-y is not allowed'],
  ['/injection', VALIDATION, 'The function returned an invalid value.', 'holds a character that a header cannot have'],
  ['/large', VALIDATION, 'exceeds the maximum size', 'longer than 40960 bytes'],
  ['/host', VALIDATION, 'tried to add, delete, or change a read-only header.', 'the header host is read-only'],
];

scenario('each failure has its page, its X-Cache and its reason', failing, async ({ viewer, functionLog, origin }) => {
  for (const [path, cache, page, logged] of ROWS) {
    const response = await viewer.get(path);
    response.expect({ status: cache === EXECUTION ? 503 : 502, headers: { 'x-cache': cache } });
    expect(response.body, path).toContain(page);
    expect(functionLog.at(-1)?.lines.join('\n'), path).toContain(logged);
    // Whatever it was, the next one is served.
    (await viewer.get('/')).expect({ status: 200, body: 'fine' });
  }
  origin.expectRequests(0);
});

scenario(
  'a function that cannot be loaded fails at once, and is not tried again at every request',
  { ...failing, lambdas: { f: `throw new Error('at the beginning');` } },
  async ({ viewer, functionLog }) => {
    for (let request = 0; request < 5; request += 1)
      (await viewer.get('/')).expect({ status: 503, headers: { 'x-cache': EXECUTION } });
    expect(functionLog[0]?.lines.join()).toContain('Error: at the beginning');
  },
);

scenario(
  'a function that takes too long is ended',
  { ...failing, lambdas: { f: { files: { 'index.js': 'exports.handler = () => { for (;;); };' }, timeout: 1 } } },
  async ({ viewer, functionLog }) => {
    (await viewer.get('/')).expect({ status: 503, headers: { 'x-cache': EXECUTION } });
    expect(functionLog[0]?.lines).toEqual(['Task timed out after 1.00 seconds']);
  },
);

scenario(
  'a function on the origin’s side that fails is an error of the origin’s: it is cached, and has an error page',
  {
    lambdas: { f: `exports.handler = async () => ({ status: '99' });` },
    distribution: {
      DefaultCacheBehavior: { LambdaFunctionAssociations: lambdaAssociations({ originRequest: 'f' }) },
      CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 502, ErrorCachingMinTTL: 30 }] },
    },
  },
  async ({ viewer, functionLog, origin, clock }) => {
    const first = await viewer.get('/');
    first.expect({ status: 502, headers: { 'x-cache': VALIDATION } });
    expect(first.body).toContain('The Lambda function result failed validation');
    await viewer.get('/');
    expect(functionLog.length).toBe(1);
    clock.advance('31s');
    await viewer.get('/');
    expect(functionLog.length).toBe(2);
    origin.expectRequests(0);
  },
);
