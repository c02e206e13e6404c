import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import type { CacheOutcome, Outcome } from '../outcome.ts';
import { cacheStatus } from './cache-status.ts';
import { viewerFields as split, type ViewerFieldsInput } from './viewer-fields.ts';

const BASE: Fields = [
  ['content-type', 'text/css'],
  ['date', 'Fri, 02 Jan 2026 03:04:05 GMT'],
  ['etag', '"a"'],
  ['server', 'nginx'],
];
const HIT: CacheOutcome = { kind: 'hit', age: 12_999, remaining: 47_001 };
const MISS: CacheOutcome = { kind: 'miss', reason: 'uri-miss', stored: true, notStored: undefined };
const OUTCOME: Outcome = {
  requestId: 'abc==',
  receivedAt: 0,
  distributionId: 'E1',
  pathPattern: '*',
  cacheKey: '/a',
  cache: HIT,
  answeredBy: 'cache',
  redirected: false,
  status: 200,
  errorDetail: undefined,
  originId: undefined,
};
const NOW = Date.UTC(2026, 0, 3);
const EDGE = { popName: 'FRA56-P4', viaHost: '0123456789abcdef0123456789abcdef.cloudfront.net', now: NOW };
/** What the viewer sees, in order. */
const viewerFields = (input: ViewerFieldsInput): Fields => {
  const { shared, edge, own } = split(input);
  return [...shared, ...edge, ...own];
};
const VIA = '1.1 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)';

test('a hit: what was stored, the fields of the edge, Age last', () => {
  expect(viewerFields({ base: BASE, outcome: OUTCOME, ...EDGE })).toEqual([
    ...BASE,
    ['x-cache', 'Hit from cloudfront'],
    ['via', VIA],
    ['x-amz-cf-pop', 'FRA56-P4'],
    ['x-amz-cf-id', 'abc=='],
    ['age', '12'],
  ]);
});

test('with everything: Alt-Svc before the id, Cache-Status before Age', () => {
  const names = viewerFields({ base: BASE, outcome: OUTCOME, ...EDGE, altSvc: 'h3=":443"; ma=86400', debugHeaders: true }).map(
    ([name]) => name,
  );
  expect(names.slice(BASE.length)).toEqual(['x-cache', 'via', 'x-amz-cf-pop', 'alt-svc', 'x-amz-cf-id', 'cache-status', 'age']);
});

test('what the edge makes: Server and Date lead', () => {
  const outcome: Outcome = { ...OUTCOME, cache: { kind: 'none' }, answeredBy: 'edge', redirected: true, status: 301 };
  expect(
    viewerFields({
      base: [
        ['content-type', 'text/html'],
        ['location', 'https://a/'],
      ],
      outcome,
      ...EDGE,
      debugHeaders: true,
    }),
  ).toEqual([
    ['server', 'CloudFront'],
    ['date', 'Sat, 03 Jan 2026 00:00:00 GMT'],
    ['content-type', 'text/html'],
    ['location', 'https://a/'],
    ['x-cache', 'Redirect from cloudfront'],
    ['via', VIA],
    ['x-amz-cf-pop', 'FRA56-P4'],
    ['x-amz-cf-id', 'abc=='],
  ]);
});

test('Date and Server are added where the origin sent none', () => {
  const fields = viewerFields({ base: [], outcome: { ...OUTCOME, cache: MISS, answeredBy: 'origin' }, ...EDGE });
  expect(fields.slice(0, 3)).toEqual([
    ['date', 'Sat, 03 Jan 2026 00:00:00 GMT'],
    ['server', 'CloudFront'],
    ['x-cache', 'Miss from cloudfront'],
  ]);
});

const AGES: ReadonlyArray<[name: string, cache: CacheOutcome, age: string | undefined]> = [
  ['hit', { kind: 'hit', age: 0, remaining: 1 }, '0'],
  ['stale hit', { kind: 'hit-stale', age: 61_000, reason: 'stale-while-revalidate' }, '61'],
  ['miss', MISS, undefined],
  ['collapsed', { kind: 'collapsed', reason: 'uri-miss' }, undefined],
  ['revalidated', { kind: 'revalidated', age: 0 }, undefined],
  ['not asked', { kind: 'none' }, undefined],
];
test.each(AGES)('Age of a %s', (_name, cache, age) => {
  const fields = viewerFields({ base: BASE, outcome: { ...OUTCOME, cache }, ...EDGE });
  expect(fields.at(-1)).toEqual(age === undefined ? ['x-amz-cf-id', 'abc=='] : ['age', age]);
});

const STATUSES: ReadonlyArray<[name: string, outcome: Partial<Outcome>, want: string | undefined]> = [
  ['hit', {}, 'warmfront; hit; ttl=47; key="/a"'],
  [
    'stale hit',
    { cache: { kind: 'hit-stale', age: 1, reason: 'origin-error' } },
    'warmfront; hit; key="/a"; detail=origin-error',
  ],
  ['miss', { cache: MISS }, 'warmfront; fwd=uri-miss; stored; key="/a"'],
  [
    'invalidated',
    { cache: { ...MISS, reason: 'invalidated' } },
    'warmfront; fwd=uri-miss; stored; key="/a"; detail="invalidated"',
  ],
  [
    'not stored',
    { cache: { ...MISS, stored: false, notStored: 'no-store' } },
    'warmfront; fwd=uri-miss; key="/a"; detail="no-store"',
  ],
  ['bypass', { cache: { ...MISS, reason: 'bypass', stored: false }, cacheKey: undefined }, 'warmfront; fwd=bypass'],
  ['a WebSocket', { cache: { ...MISS, reason: 'upgrade', stored: false }, cacheKey: undefined }, 'warmfront; fwd=bypass'],
  ['collapsed', { cache: { kind: 'collapsed', reason: 'stale' } }, 'warmfront; fwd=stale; collapsed; key="/a"'],
  ['revalidated', { cache: { kind: 'revalidated', age: 0 } }, 'warmfront; fwd=stale; fwd-status=304; stored; key="/a"'],
  ['not asked', { cache: { kind: 'none' } }, undefined],
  ['a key that would break the field', { cacheKey: '/"\\\n\u{1f600}' }, 'warmfront; hit; ttl=47; key="/\\"\\\\{a}{1f600}"'],
];
test.each(STATUSES)('Cache-Status: %s', (_name, outcome, want) => {
  expect(cacheStatus({ ...OUTCOME, ...outcome })).toBe(want);
});

test('the fields of what is stored are handed on as the same array, and so are those of the edge that answers have alike', () => {
  const input = { base: BASE, outcome: OUTCOME, ...EDGE };
  const { shared, edge } = split(input);
  expect(shared).toBe(BASE);
  expect(split({ ...input, base: [...BASE], outcome: { ...OUTCOME, requestId: 'other' } }).edge).toBe(edge);
  expect(split({ ...input, altSvc: 'h3=":1"' }).edge).toEqual([...edge, ['alt-svc', 'h3=":1"']]);
  expect(split({ ...input, altSvc: 'h3=":2"' }).edge).toEqual([...edge, ['alt-svc', 'h3=":2"']]);
  expect(split({ ...input, popName: 'NRT1-P1' }).edge).toContainEqual(['x-amz-cf-pop', 'NRT1-P1']);
});
