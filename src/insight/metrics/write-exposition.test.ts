import { expect, test } from 'bun:test';
import { BUCKETS } from '../../tables/metrics.ts';
import { writeExposition } from './write-exposition.ts';

test('each metric has its help and type once, and a metric without samples is left out', () => {
  const text = writeExposition({
    warmfront_cache_objects: [
      { labels: ['memory'], value: 3 },
      { labels: ['disk'], value: 40 },
    ],
    warmfront_origin_requests_total: [],
    warmfront_processes: [{ labels: [], value: 1 }],
  });
  expect(text.split('\n')).toEqual([
    '# HELP warmfront_cache_objects Objects in the cache.',
    '# TYPE warmfront_cache_objects gauge',
    'warmfront_cache_objects{tier="memory"} 3',
    'warmfront_cache_objects{tier="disk"} 40',
    '# HELP warmfront_processes Processes that these figures are of.',
    '# TYPE warmfront_processes gauge',
    'warmfront_processes 1',
    '',
  ]);
});

test('what an id holds cannot leave its label', () => {
  const labels = ['a"} 1\nwarmfront_up 0 \\', '2xx'];
  const lines = writeExposition({ warmfront_origin_requests_total: [{ labels, value: 7 }] })
    .trimEnd()
    .split('\n');
  expect(lines.slice(2)).toEqual([
    String.raw`warmfront_origin_requests_total{origin="a\"} 1\nwarmfront_up 0 \\",result="2xx"} 7`,
  ]);
});

test('buckets are cumulative, in seconds, and end with +Inf and the count', () => {
  const counts = BUCKETS.map((_, index) => (index < 3 ? index + 1 : 0));
  const value = { counts: [...counts, 4], sum: 1.5 };
  const lines = writeExposition({ warmfront_origin_response_seconds: [{ labels: ['o'], value }] })
    .trimEnd()
    .split('\n');
  const name = 'warmfront_origin_response_seconds';
  expect(lines.slice(2, 6)).toEqual([
    `${name}_bucket{origin="o",le="0.001"} 1`,
    `${name}_bucket{origin="o",le="0.002"} 3`,
    `${name}_bucket{origin="o",le="0.005"} 6`,
    `${name}_bucket{origin="o",le="0.01"} 6`,
  ]);
  expect(lines.slice(-3)).toEqual([
    `${name}_bucket{origin="o",le="+Inf"} 10`,
    `${name}_sum{origin="o"} 1.5`,
    `${name}_count{origin="o"} 10`,
  ]);
});
