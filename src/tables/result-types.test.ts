import { expect, test } from 'bun:test';
import type { Outcome } from '../core/outcome.ts';
import { detailedResultType, resultType, responseResultType, xCache } from './result-types.ts';

const BASE: Outcome = {
  requestId: 'id==',
  receivedAt: 0,
  distributionId: 'E1',
  pathPattern: '*',
  cacheKey: 'k',
  cache: { kind: 'miss', reason: 'uri-miss', stored: true, notStored: undefined },
  answeredBy: 'origin',
  redirected: false,
  status: 200,
  errorDetail: undefined,
  originId: 'o',
};
const HIT = { kind: 'hit', age: 5, remaining: 5 } as const;
const WHOLE = { complete: true };
const CUT = { complete: false };

type Row = [
  name: string,
  outcome: Partial<Outcome>,
  delivery: { complete: boolean },
  response: string,
  result: string,
  detailed: string,
];
const ROWS: readonly Row[] = [
  ['miss', {}, WHOLE, 'Miss', 'Miss', 'Miss'],
  ['hit', { cache: HIT, answeredBy: 'cache' }, WHOLE, 'Hit', 'Hit', 'Hit'],
  ['collapsed', { cache: { kind: 'collapsed', reason: 'uri-miss' } }, WHOLE, 'Hit', 'Hit', 'Hit'],
  [
    'stale while revalidating',
    { cache: { kind: 'hit-stale', age: 9, reason: 'stale-while-revalidate' } },
    WHOLE,
    'Hit',
    'Hit',
    'Hit',
  ],
  ['stale for an error', { cache: { kind: 'hit-stale', age: 9, reason: 'origin-error' } }, WHOLE, 'Hit', 'Hit', 'Hit'],
  ['revalidated', { cache: { kind: 'revalidated', age: 0 } }, WHOLE, 'RefreshHit', 'RefreshHit', 'RefreshHit'],
  [
    'redirect',
    { cache: { kind: 'none' }, answeredBy: 'edge', redirected: true, status: 301 },
    WHOLE,
    'Redirect',
    'Redirect',
    'Redirect',
  ],
  ['redirect of the origin', { status: 301 }, WHOLE, 'Miss', 'Miss', 'Miss'],
  ['origin 404', { status: 404 }, WHOLE, 'Error', 'Error', 'Error'],
  ['cached 404', { status: 404, cache: HIT, answeredBy: 'cache' }, WHOLE, 'Error', 'Error', 'Error'],
  ['cached 502 of ours', { status: 502, cache: HIT, errorDetail: 'OriginDnsError' }, WHOLE, 'Error', 'Error', 'Error'],
  [
    'collapsed 502 of ours',
    { status: 502, cache: { kind: 'collapsed', reason: 'uri-miss' }, errorDetail: 'OriginDnsError' },
    WHOLE,
    'Error',
    'Error',
    'OriginDnsError',
  ],
  ['custom error page as 200', { status: 200, answeredBy: 'error-page' }, WHOLE, 'Error', 'Error', 'Error'],
  [
    'refused method',
    { status: 403, cache: { kind: 'none' }, answeredBy: 'edge', errorDetail: 'InvalidRequestMethod' },
    WHOLE,
    'Error',
    'Error',
    'InvalidRequestMethod',
  ],
  [
    'capacity',
    { status: 503, cache: { kind: 'none' }, errorDetail: 'CapacityExceeded' },
    WHOLE,
    'CapacityExceeded',
    'CapacityExceeded',
    'CapacityExceeded',
  ],
  ['viewer left during a hit', { cache: HIT }, CUT, 'Hit', 'Error', 'ClientCommError'],
  ['origin broke off after the head', { errorDetail: 'OriginReadError' }, CUT, 'Miss', 'Error', 'OriginReadError'],
  ['not modified from the cache', { status: 304, cache: HIT }, WHOLE, 'Hit', 'Hit', 'Hit'],
  ['416 from the cache', { status: 416, cache: HIT }, WHOLE, 'Error', 'Error', 'Error'],
];

test.each(ROWS)('%s', (_name, outcome, delivery, response, result, detailed) => {
  const whole = { ...BASE, ...outcome };
  const got = [responseResultType(whole), resultType(whole, delivery), detailedResultType(whole, delivery)] as string[];
  expect(got).toEqual([response, result, detailed]);
  expect(xCache(whole)).toBe(`${response === 'CapacityExceeded' ? 'Error' : response} from cloudfront`);
});
