import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import type { Outcome } from '../outcome.ts';
import { isTimed, serverTiming } from './server-timing.ts';

const OUTCOME: Outcome = {
  requestId: 'abc==',
  receivedAt: 0,
  distributionId: 'E1',
  pathPattern: '*',
  cacheKey: '/a',
  cache: { kind: 'hit', age: 5, remaining: 5 },
  answeredBy: 'cache',
  redirected: false,
  status: 200,
  errorDetail: undefined,
  originId: undefined,
};
const MISS: Outcome['cache'] = { kind: 'miss', reason: 'uri-miss', stored: true, notStored: undefined };
const TIMING = { dns: 3, connect: 12.4, firstByte: 101.5 };
const UPSTREAM = 'cdn-upstream-layer;desc="EDGE",cdn-upstream-dns;dur=3,cdn-upstream-connect;dur=12,cdn-upstream-fbl;dur=102';
const PLACE = 'cdn-pop;desc="FRA56-P4",cdn-rid;desc="abc=="';
const OWN: Fields = [['server-timing', 'db;dur=5']];

type Row = readonly [name: string, change: Partial<Outcome>, fields: Fields, want: string];
const ROWS: readonly Row[] = [
  ['a hit', {}, [], `cdn-cache-hit,${PLACE},cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=7`],
  ['a hit drops what the origin measured', {}, OWN, `cdn-cache-hit,${PLACE},cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=7`],
  [
    'a stale hit',
    { cache: { kind: 'hit-stale', age: 9, reason: 'origin-error' } },
    [],
    `cdn-cache-hit,${PLACE},cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=7`,
  ],
  [
    'a collapsed request',
    { cache: { kind: 'collapsed', reason: 'uri-miss' }, originTiming: TIMING },
    [],
    `cdn-cache-hit,${PLACE},cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=7`,
  ],
  ['a miss', { cache: MISS, originTiming: TIMING }, [], `${UPSTREAM},cdn-cache-miss,${PLACE},cdn-downstream-fbl;dur=7`],
  [
    'a miss keeps what the origin measured',
    { cache: MISS, originTiming: TIMING },
    OWN,
    `${UPSTREAM},cdn-cache-miss,${PLACE},cdn-downstream-fbl;dur=7,db;dur=5`,
  ],
  [
    'a miss of an origin that failed',
    { cache: MISS, status: 502 },
    [],
    `cdn-upstream-layer;desc="EDGE",cdn-cache-miss,${PLACE},cdn-downstream-fbl;dur=7`,
  ],
  [
    'a revalidation',
    { cache: { kind: 'revalidated', age: 0 }, originTiming: { ...TIMING, dns: 0, connect: 0 } },
    OWN,
    `cdn-upstream-layer;desc="EDGE",cdn-upstream-dns;dur=0,cdn-upstream-connect;dur=0,cdn-upstream-fbl;dur=102,cdn-cache-refresh,${PLACE},cdn-downstream-fbl;dur=7`,
  ],
  ['a refusal', { cache: { kind: 'none' }, status: 403, answeredBy: 'edge' }, [], `${PLACE},cdn-downstream-fbl;dur=7`],
];
test.each(ROWS)('%s', (_name, change, fields, want) => {
  expect(serverTiming({ outcome: { ...OUTCOME, ...change }, popName: 'FRA56-P4', timeToFirstByte: 7.2, fields })).toBe(want);
});

type Sampled = readonly [share: number, pragma: string | undefined, draw: number, want: boolean];
const SAMPLES: readonly Sampled[] = [
  [0, undefined, 0, false],
  [1, undefined, 0.9999999, true],
  [0.5, undefined, 0.4999, true],
  [0.5, undefined, 0.5, false],
  [0.000001, undefined, 0, true],
  [0, 'server-timing', 0.5, true],
  [0, 'no-cache, Server-Timing', 0.5, true],
  [0, 'no-cache', 0.5, false],
  [0, 'server-timing-not', 0.5, false],
];
test.each(SAMPLES)('share %d, Pragma %p, draw %d: %p', (share, pragma, draw, want) => {
  expect(isTimed(share, { fields: pragma === undefined ? [] : [['pragma', pragma]] }, draw)).toBe(want);
});
