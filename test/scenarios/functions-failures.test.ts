/**
 * Functions that fail: what viewers get, what is logged, and that nobody else is harmed. Facts: aws-api B8, data plane 12.2.
 */
import { expect } from 'bun:test';
import { functionAssociations, type TestConfig } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const SENTENCE = 'The CloudFront function associated with the CloudFront distribution is invalid or could not run.';

const onViewerRequest = (name: string): TestConfig => ({
  DefaultCacheBehavior: { FunctionAssociations: functionAssociations({ viewerRequest: name }) },
  CustomErrorResponses: {
    Quantity: 2,
    Items: [502, 503].map((ErrorCode) => ({ ErrorCode, ResponsePagePath: '/error.html', ResponseCode: '200' })),
  },
});

const FAILURES = {
  throws: `function handler(event) { return event.request.headers.nothing.value; }`,
  readonly: `function handler(event) { event.request.headers.host = { value: 'other' }; return event.request; }`,
  injects: `function handler() { return { statusCode: 302, headers: { location: { value: '/\\r\\nset-cookie: a=1' } } }; }`,
  nothing: `function handler() {}`,
  broken: `function handler(event) { return event.; }`,
  huge: `function handler() { return { statusCode: 200, body: 'x'.repeat(300000) }; }`,
};

const ROWS: [name: keyof typeof FAILURES, status: number, result: string, page: string, logged: string][] = [
  ['throws', 503, 'FunctionExecutionError', SENTENCE, "TypeError: cannot read property 'value' of undefined (line 1, column 63)"],
  [
    'readonly',
    502,
    'FunctionValidationError',
    'The CloudFront function tried to add, delete, or change a read-only header.',
    'request.headers: the header host is read-only for viewer-request functions',
  ],
  [
    'injects',
    502,
    'FunctionValidationError',
    'The CloudFront function returned an invalid value.',
    'response.headers["location"].value holds a character that a header cannot have',
  ],
  [
    'nothing',
    502,
    'FunctionValidationError',
    'The CloudFront function returned an invalid value.',
    'the handler returned undefined instead of a request or a response',
  ],
  [
    'huge',
    502,
    'FunctionValidationError',
    'The CloudFront function returned an invalid value.',
    'the handler returned more than 256 KB instead of a request or a response',
  ],
  ['broken', 503, 'FunctionExecutionError', SENTENCE, 'SyntaxError: Unexpected token (line 1, column 40)'],
];

for (const [name, status, result, page, logged] of ROWS) {
  scenario(
    `a function that fails (${name}): no custom error page, no request to the origin`,
    { functions: FAILURES, distribution: onViewerRequest(name) },
    async ({ origin, viewer, functionLog, log }) => {
      const response = await viewer.get('/');
      response.expect({ status, headers: { 'x-cache': `${result} from cloudfront` } });
      expect(response.body).toContain(page);
      expect(functionLog.at(-1)).toMatchObject({ name, lines: [logged] });
      expect(log.at(-1)?.outcome.errorDetail).toBe(result as never);
      origin.expectRequests(0);
    },
  );
}

scenario(
  'an endless loop costs its limit and a 503, then it is not run at all until its debt is paid; others are served',
  {
    functions: { loop: `function handler(event) { if (event.request.uri === '/ok') return event.request; for (;;); }` },
    distribution: {
      DefaultCacheBehavior: { FunctionAssociations: functionAssociations({ viewerRequest: 'loop' }) },
    },
  },
  async ({ viewer, clock, origin }) => {
    origin.on('GET /ok', (tx) => tx.respond(200, {}, 'ok'));
    const results: string[] = [];
    while (results.at(-1) !== 'FunctionThrottledError from cloudfront') {
      const response = await viewer.get('/loop');
      response.expect({ status: 503 });
      results.push(response.headers['x-cache'] ?? '');
    }
    expect(new Set(results)).toEqual(
      new Set(['FunctionExecutionError from cloudfront', 'FunctionThrottledError from cloudfront']),
    );
    (await viewer.get('/ok')).expect({ status: 503 });
    clock.advance('1h');
    (await viewer.get('/ok')).expect({ status: 200, body: 'ok' });
  },
);

scenario(
  'a viewer-response function that fails takes the response with it; what is stored stays',
  {
    functions: { bad: `function handler(event) { event.response.headers.via = { value: 'me' }; return event.response; }` },
    distribution: { DefaultCacheBehavior: { FunctionAssociations: functionAssociations({ viewerResponse: 'bad' }) } },
  },
  async ({ origin, viewer, publishFunctions }) => {
    origin.on('GET /a', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'a'));
    (await viewer.get('/a')).expect({ status: 502, headers: { 'x-cache': 'FunctionValidationError from cloudfront' } });
    await publishFunctions({ bad: `function handler(event) { return event.response; }` });
    (await viewer.get('/a')).expect({ status: 200, body: 'a', headers: { 'x-cache': 'Hit from cloudfront' } });
    origin.expectRequests(1);
  },
);
