/**
 * Counts what viewers got, as an AccessLog that hands every record on to the next: the figures are read off the same Outcome as the
 * log. Counting a request is a few additions in arrays made beforehand; a reading is put together when it is asked for.
 */
import type { CacheOutcome, ErrorDetail, MissReason, Outcome } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { AccessLog } from '../../edge/ports.ts';
import { NONE, type MetricsReading, type Sample } from '../../tables/metrics.ts';
import { detailedResultType, resultType, type ResultType } from '../../tables/result-types.ts';
import { createLabelSlots } from './label-slots.ts';
import { createLatencies } from './latencies.ts';

export interface RequestCounters extends AccessLog {
  read(): MetricsReading;
}

const RESULTS = slotsOf<ResultType>({
  Hit: 0,
  RefreshHit: 0,
  Miss: 0,
  Error: 0,
  Redirect: 0,
  CapacityExceeded: 0,
  FunctionGeneratedResponse: 0,
  FunctionExecutionError: 0,
  FunctionThrottledError: 0,
  FunctionValidationError: 0,
  LambdaExecutionError: 0,
  LambdaGeneratedResponse: 0,
  LambdaLimitExceeded: 0,
  LambdaValidationError: 0,
  LimitExceeded: 0,
});
const MISSES = slotsOf<MissReason>({
  'uri-miss': 0,
  'vary-miss': 0,
  stale: 0,
  bypass: 0,
  method: 0,
  partial: 0,
  request: 0,
  invalidated: 0,
  upgrade: 0,
});
type StaleReason = Extract<CacheOutcome, { kind: 'hit-stale' }>['reason'];
const STALE = slotsOf<StaleReason>({ 'stale-while-revalidate': 0, 'stale-if-error': 0, 'origin-error': 0, 'max-stale': 0 });
const VERSIONS = ['1.0', '1.1', '2.0', '3.0', undefined] as const satisfies readonly ViewerRequest['httpVersion'][];
const SCHEMES = ['http', 'https'] as const satisfies readonly ViewerRequest['scheme'][];
/** 1xx to 5xx; what is none of them cannot be sent. */
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

const STALE_AT = 3;
const COLLAPSED_AT = STALE_AT + STALE.names.length;
const MISS_AT = COLLAPSED_AT + MISSES.names.length;
/** In the order of cacheSlot(): what the cache did, and why. */
const CACHE_LABELS: readonly (readonly [kind: CacheOutcome['kind'], reason: string])[] = [
  ['none', ''],
  ['hit', ''],
  ['revalidated', ''],
  ...STALE.names.map((reason) => ['hit-stale', reason] as const),
  ...MISSES.names.map((reason) => ['collapsed', reason] as const),
  ...MISSES.names.map((reason) => ['miss', reason] as const),
];

/** `next` gets every record, whatever is counted here. */
export function countRequests(next: AccessLog): RequestCounters {
  const distributions = createLabelSlots(() => ({
    requests: new Float64Array(RESULTS.names.length * STATUS_CLASSES.length),
    bytes: new Float64Array(RESULTS.names.length),
  }));
  const firstByte = RESULTS.names.map(createLatencies);
  const whole = RESULTS.names.map(createLatencies);
  const cache = new Float64Array(CACHE_LABELS.length);
  const protocols = new Float64Array(SCHEMES.length * VERSIONS.length);
  const errors = new Map<ResultType | ErrorDetail, number>();
  let aborted = 0;
  let lines = 0;

  return {
    write(request, outcome, delivery) {
      const type = resultType(outcome, delivery);
      const result = RESULTS.slot[type];
      const counted = distributions.of(outcome.distributionId ?? NONE);
      counted.requests[result * STATUS_CLASSES.length + statusClass(outcome)]! += 1;
      counted.bytes[result]! += delivery.bodyBytes;
      firstByte[result]!.observe(delivery.timeToFirstByte);
      whole[result]!.observe(delivery.timeTaken);
      cache[cacheSlot(outcome.cache)]! += 1;
      protocols[SCHEMES.indexOf(request.scheme) * VERSIONS.length + VERSIONS.indexOf(request.httpVersion)]! += 1;
      lines += 1;
      if (!delivery.complete) aborted += 1;
      if (type === 'Error') {
        const detail = detailedResultType(outcome, delivery);
        errors.set(detail, (errors.get(detail) ?? 0) + 1);
      }
      next.write(request, outcome, delivery);
    },

    read() {
      const requests: Sample[] = [];
      const bytes: Sample[] = [];
      for (const [id, counted] of distributions.entries()) {
        RESULTS.names.forEach((result, at) => {
          const first = at * STATUS_CLASSES.length;
          const byStatus = counted.requests.subarray(first, first + STATUS_CLASSES.length);
          requests.push(...counts(byStatus, (status) => [id, result, STATUS_CLASSES[status]!]));
        });
        bytes.push(...counts(counted.bytes, (result) => [id, RESULTS.names[result]!]));
      }
      const latencies = (by: typeof whole): Sample[] =>
        by.flatMap((of, at) => (of.count === 0 ? [] : { labels: [RESULTS.names[at]!], value: of.read() }));
      return {
        warmfront_viewer_requests_total: requests,
        warmfront_viewer_body_bytes_total: bytes,
        warmfront_viewer_protocol_requests_total: counts(protocols, (at) => [
          SCHEMES[Math.floor(at / VERSIONS.length)]!,
          VERSIONS[at % VERSIONS.length] ?? 'unknown',
        ]),
        warmfront_viewer_errors_total: [...errors].map(([detail, value]) => ({ labels: [detail], value })),
        warmfront_viewer_aborted_total: [{ labels: [], value: aborted }],
        warmfront_viewer_first_byte_seconds: latencies(firstByte),
        warmfront_viewer_request_seconds: latencies(whole),
        warmfront_cache_requests_total: counts(cache, (at) => CACHE_LABELS[at]!),
        warmfront_access_log_lines_total: [{ labels: [], value: lines }],
      };
    },
  };
}

function statusClass({ status }: Outcome): number {
  return Math.min(Math.max(Math.floor(status / 100) - 1, 0), STATUS_CLASSES.length - 1);
}

function cacheSlot(cache: CacheOutcome): number {
  switch (cache.kind) {
    case 'none':
      return 0;
    case 'hit':
      return 1;
    case 'revalidated':
      return 2;
    case 'hit-stale':
      return STALE_AT + STALE.slot[cache.reason];
    case 'collapsed':
      return COLLAPSED_AT + MISSES.slot[cache.reason];
    case 'miss':
      return MISS_AT + MISSES.slot[cache.reason];
  }
}

/** What has been counted at all, labelled. */
function counts(counted: Float64Array, labels: (at: number) => readonly string[]): Sample[] {
  const samples: Sample[] = [];
  counted.forEach((value, at) => {
    if (value > 0) samples.push({ labels: labels(at), value });
  });
  return samples;
}

/** The words of a union, each with its place: a record, so that the compiler sees that none is missing. */
function slotsOf<Word extends string>(words: Readonly<Record<Word, 0>>) {
  const names = Object.keys(words) as Word[];
  return { names, slot: Object.fromEntries(names.map((name, index) => [name, index])) as Record<Word, number> };
}
