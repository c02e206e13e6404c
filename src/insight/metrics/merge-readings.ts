/**
 * The readings of several processes as one: counters and histograms add up, gauges as their row says (src/tables/metrics.ts). Who
 * collects the readings decides when; here nothing is asked of anybody.
 */
import {
  METRIC_NAMES,
  METRICS,
  type Histogram,
  type Metric,
  type MetricName,
  type MetricsReading,
  type Sample,
} from '../../tables/metrics.ts';

/** Samples of the same labels become one; the order is that of their first appearance. */
export function mergeReadings(readings: readonly MetricsReading[]): MetricsReading {
  const merged: Partial<Record<MetricName, readonly Sample[]>> = {};
  for (const name of METRIC_NAMES) {
    const samples = readings.flatMap((reading) => reading[name] ?? []);
    if (samples.length > 0) merged[name] = mergeSamples(METRICS[name], samples);
  }
  return merged;
}

/** What has been counted, without what only was so when it was read: it goes on counting when whoever counted it has gone. */
export function countersOf(reading: MetricsReading): MetricsReading {
  return Object.fromEntries(
    METRIC_NAMES.filter((name) => METRICS[name].type !== 'gauge').map((name) => [name, reading[name] ?? []]),
  );
}

function mergeSamples({ merge = 'sum' }: Metric, samples: readonly Sample[]): readonly Sample[] {
  const byLabels = new Map<string, Sample>();
  for (const sample of samples) {
    const key = JSON.stringify(sample.labels);
    const before = byLabels.get(key);
    const value = before === undefined ? sample.value : together(before.value, sample.value, merge);
    byLabels.set(key, { labels: sample.labels, value });
  }
  return [...byLabels.values()];
}

function together(left: Sample['value'], right: Sample['value'], merge: NonNullable<Metric['merge']>): Sample['value'] {
  if (typeof left === 'number' && typeof right === 'number') {
    return merge === 'sum' ? left + right : Math[merge](left, right);
  }
  return addHistograms(asHistogram(left), asHistogram(right));
}

function addHistograms(left: Histogram, right: Histogram): Histogram {
  return { counts: left.counts.map((count, index) => count + (right.counts[index] ?? 0)), sum: left.sum + right.sum };
}

/** One metric has one type: a number among histograms is our own mistake. */
function asHistogram(value: Sample['value']): Histogram {
  if (typeof value === 'number') throw new Error('a histogram cannot be added to a number');
  return value;
}
