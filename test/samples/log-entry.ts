/** A request, what came of it, and where: what a line of the access log is about, for tests that change one thing at a time. */
import type { Delivery, Outcome } from '../../src/core/outcome.ts';
import type { ViewerRequest } from '../../src/core/request.ts';
import type { LogContext } from '../../src/tables/log-fields.ts';

export const LOGGED_REQUEST: ViewerRequest = {
  method: 'GET',
  scheme: 'https',
  httpVersion: '3.0',
  host: 'www.example.com',
  path: '/a b/é%20.html',
  query: 'x=1&y="2"',
  fields: [
    ['cookie', 'secret=1'],
    ['referer', 'https://r.test/'],
    ['user-agent', 'Mozilla/5.0 (X11)'],
    ['x-forwarded-for', '10.0.0.1'],
  ],
  viewerAddress: '192.0.2.7',
  viewerPort: 4711,
  body: { kind: 'none' },
};
export const LOGGED_OUTCOME: Outcome = {
  requestId: `${'a'.repeat(54)}==`,
  receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  distributionId: 'E1',
  pathPattern: '*',
  cacheKey: 'k',
  cache: { kind: 'hit', age: 1000, remaining: 1000 },
  answeredBy: 'cache',
  redirected: false,
  status: 206,
  errorDetail: undefined,
  originId: undefined,
};
export const LOGGED_DELIVERY: Delivery = {
  bodyBytes: 100,
  timeToFirstByte: 12,
  timeTaken: 1234,
  complete: true,
  responseFields: [
    [
      ['content-type', 'text/html; charset=utf-8'],
      ['content-range', 'bytes 0-99/1000'],
    ],
    [],
    [],
  ],
  contentLength: 100,
};
export const LOG_CONTEXT: LogContext = {
  edgeLocation: 'FRA56-P1',
  domainNameOf: (id) => (id === 'E1' ? 'd1.cloudfront.localhost' : undefined),
};
