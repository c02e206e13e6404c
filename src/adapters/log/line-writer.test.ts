import { expect, test } from 'bun:test';
import type { Delivery, Outcome } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { logLine } from '../../tables/log-line.ts';
import { createLineWriter } from './line-writer.ts';

const request: ViewerRequest = {
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
const outcome: Outcome = {
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
const delivery: Delivery = {
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
const context = { edgeLocation: 'FRA56-P1', domainNameOf: (id: string) => (id === 'E1' ? 'd1.cloudfront.localhost' : undefined) };

/** Longer than any line here. */
const SLAB = 2000;

test('a request that recurs has the lines it would have otherwise', () => {
  const shared = delivery.responseFields![0];
  const hit: Partial<Outcome> = { status: 200 };
  const own = (age: string): Partial<Delivery> => ({ responseFields: [shared, [], [['age', age]]] });
  // One after the other, on one connection, each behind one that they differ from.
  const turns: readonly (readonly [Partial<Outcome>, Partial<Delivery>])[] = [
    [hit, own('9')],
    [
      { ...hit, requestId: 'b', receivedAt: 0, cacheKey: 'other' },
      { ...own('10'), timeTaken: 1, timeToFirstByte: 0 },
    ],
    [hit, own('10')],
    [{ ...hit, distributionId: 'E2' }, own('9')],
    [hit, { ...own('9'), contentLength: 7, bodyBytes: 7 }],
    [hit, { ...own('9'), complete: false }],
    [{ ...hit, cache: { kind: 'miss', reason: 'stale', stored: true, notStored: undefined }, answeredBy: 'origin' }, own('9')],
    [{ ...hit, errorDetail: 'LimitExceeded' }, own('9')],
    [{ ...hit, redirected: true }, own('9')],
    [{ status: 206 }, own('9')],
    [{ status: 404 }, own('9')],
    [hit, { responseFields: [[['content-type', 'text/css']], [], []] }],
    [hit, own('9')],
  ];
  const recurring = { ...request, recurs: true };
  const slab = Buffer.alloc(SLAB);
  const write = createLineWriter(context);
  for (const [changed, delivered] of turns.flatMap((turn) => [turns[0]!, turn])) {
    const rest = [
      { ...outcome, ...changed },
      { ...delivery, ...delivered },
    ] as const;
    const length = write(slab, 7, recurring, ...rest);
    expect(slab.toString('latin1', 7, 7 + length)).toBe(logLine(request, ...rest, context));
  }
});
