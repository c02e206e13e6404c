import { describe, expect, test } from 'bun:test';
import type { MetricsReading } from '../../tables/metrics.ts';
import { countersOf, mergeReadings } from './merge-readings.ts';

const one = (value: number) => [{ labels: [], value }];

describe('several processes are read as one', () => {
  const rows: [name: string, readings: MetricsReading[], want: MetricsReading][] = [
    ['nobody', [], {}],
    ['one process is as it is', [{ warmfront_processes: one(1) }], { warmfront_processes: one(1) }],
    [
      'counters add up',
      [{ process_cpu_seconds_total: one(1.5) }, { process_cpu_seconds_total: one(2) }],
      { process_cpu_seconds_total: one(3.5) },
    ],
    [
      'the oldest configuration is the one in force',
      [{ warmfront_snapshot_version: one(7) }, { warmfront_snapshot_version: one(6) }],
      { warmfront_snapshot_version: one(6) },
    ],
    [
      'the worst lag',
      [{ warmfront_event_loop_lag_seconds: one(0.1) }, { warmfront_event_loop_lag_seconds: one(0.4) }],
      { warmfront_event_loop_lag_seconds: one(0.4) },
    ],
    [
      'samples by their labels, also those that only one has',
      [
        { warmfront_cache_objects: [{ labels: ['memory'], value: 1 }] },
        {
          warmfront_cache_objects: [
            { labels: ['disk'], value: 5 },
            { labels: ['memory'], value: 2 },
          ],
        },
      ],
      {
        warmfront_cache_objects: [
          { labels: ['memory'], value: 3 },
          { labels: ['disk'], value: 5 },
        ],
      },
    ],
    [
      'histograms bucket by bucket',
      [
        { warmfront_origin_response_seconds: [{ labels: ['o'], value: { counts: [1, 0, 2], sum: 1 } }] },
        { warmfront_origin_response_seconds: [{ labels: ['o'], value: { counts: [0, 4, 1], sum: 2 } }] },
      ],
      { warmfront_origin_response_seconds: [{ labels: ['o'], value: { counts: [1, 4, 3], sum: 3 } }] },
    ],
  ];
  test.each(rows)('%s', (_, readings, want) => {
    // As it comes from another process.
    expect(mergeReadings(JSON.parse(JSON.stringify(readings)) as MetricsReading[])).toEqual(want);
  });
});

test('of whoever has gone, counts are kept and states are not', () => {
  const gone: MetricsReading = { process_cpu_seconds_total: one(2), warmfront_processes: one(1), warmfront_cache_bans: one(3) };
  expect(mergeReadings([countersOf(gone)])).toEqual({ process_cpu_seconds_total: one(2) });
});
