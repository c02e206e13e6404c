import { describe, expect, test } from 'bun:test';
import type { Delivery, Outcome } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { LABEL_LIMIT, type MetricName, type Sample } from '../../tables/metrics.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import { countRequests } from './request-counters.ts';

const REQUEST: ViewerRequest = {
  method: 'GET',
  scheme: 'https',
  httpVersion: undefined,
  host: 'a.test',
  path: '/',
  query: undefined,
  fields: [],
  viewerAddress: '127.0.0.1',
  viewerPort: 1,
  body: { kind: 'none' },
};
const OUTCOME: Outcome = {
  requestId: 'R',
  receivedAt: 0,
  distributionId: 'E1',
  pathPattern: '*',
  cacheKey: 'k',
  cache: { kind: 'hit', age: 0, remaining: 1 },
  answeredBy: 'cache',
  redirected: false,
  status: 200,
  errorDetail: undefined,
  originId: undefined,
};
const DELIVERY: Delivery = { bodyBytes: 10, timeToFirstByte: 1, timeTaken: 2, complete: true };

type Written = [outcome: Partial<Outcome>, delivery?: Partial<Delivery>, request?: Partial<ViewerRequest>];

function count(written: readonly Written[]) {
  const next = createMemoryLog();
  const counters = countRequests(next);
  for (const [outcome, delivery, request] of written) {
    counters.write({ ...REQUEST, ...request }, { ...OUTCOME, ...outcome }, { ...DELIVERY, ...delivery });
  }
  return { read: counters.read(), entries: next.entries };
}

/** `label label: value`. */
const told = (samples: readonly Sample[] = []): string[] =>
  samples.map(({ labels, value }) => `${labels.join(' ')}: ${typeof value === 'number' ? value : value.counts.join(' ')}`);

describe('what is counted', () => {
  const rows: [name: string, written: Written[], metric: MetricName, want: string[]][] = [
    ['nothing yet', [], 'warmfront_viewer_requests_total', []],
    [
      'by distribution, result and status',
      [[{}], [{}], [{ status: 304 }], [{ distributionId: 'E2', status: 502, errorDetail: 'OriginConnectError' }]],
      'warmfront_viewer_requests_total',
      ['E1 Hit 2xx: 2', 'E1 Hit 3xx: 1', 'E2 Error 5xx: 1'],
    ],
    [
      'a host that nobody has',
      [[{ distributionId: undefined, status: 403, cache: { kind: 'none' } }]],
      'warmfront_viewer_requests_total',
      ['none Error 4xx: 1'],
    ],
    ['octets', [[{}], [{}, { bodyBytes: 5 }]], 'warmfront_viewer_body_bytes_total', ['E1 Hit: 15']],
    [
      'errors by their detail',
      [[{ status: 502, errorDetail: 'OriginConnectError', cache: { kind: 'none' } }], [{}, { complete: false }], [{}]],
      'warmfront_viewer_errors_total',
      ['OriginConnectError: 1', 'ClientCommError: 1'],
    ],
    ['aborts', [[{}, { complete: false }], [{}]], 'warmfront_viewer_aborted_total', [': 1']],
    [
      'protocols',
      [[{}], [{}, {}, { httpVersion: '3.0' }], [{}, {}, { scheme: 'http', httpVersion: '1.1' }]],
      'warmfront_viewer_protocol_requests_total',
      ['http 1.1: 1', 'https 3.0: 1', 'https unknown: 1'],
    ],
    [
      'what the cache did',
      [
        [{}],
        [{ cache: { kind: 'none' } }],
        [{ cache: { kind: 'revalidated', age: 0 } }],
        [{ cache: { kind: 'hit-stale', age: 1, reason: 'origin-error' } }],
        [{ cache: { kind: 'collapsed', reason: 'uri-miss' } }],
        [{ cache: { kind: 'miss', reason: 'invalidated', stored: true, notStored: undefined } }],
      ],
      'warmfront_cache_requests_total',
      ['none : 1', 'hit : 1', 'revalidated : 1', 'hit-stale origin-error: 1', 'collapsed uri-miss: 1', 'miss invalidated: 1'],
    ],
    [
      'latencies, bounds included',
      [
        [{}, { timeTaken: 1 }],
        [{}, { timeTaken: 5 }],
        [{}, { timeTaken: 6 }],
        [{}, { timeTaken: 99_999 }],
      ],
      'warmfront_viewer_request_seconds',
      ['Hit: 1 0 1 1 0 0 0 0 0 0 0 0 0 0 1'],
    ],
  ];
  test.each(rows)('%s', (_, written, metric, want) => {
    expect(told(count(written).read[metric])).toEqual(want);
  });
});

test('every record reaches the next log', () => {
  expect(count([[{}], [{ status: 500 }]]).entries.map(({ outcome }) => outcome.status)).toEqual([200, 500]);
});

test('only so many distributions are told apart', () => {
  const many = Array.from({ length: LABEL_LIMIT + 5 }, (_, index): Written => [{ distributionId: `E${index}` }]);
  const samples = told(count(many).read.warmfront_viewer_requests_total);
  expect([samples.length, samples.at(-1)]).toEqual([LABEL_LIMIT + 1, 'other Hit 2xx: 5']);
});
