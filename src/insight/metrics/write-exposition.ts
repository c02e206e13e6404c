/**
 * A reading as the text that Prometheus scrapes (Prometheus, "Text-based format", version 0.0.4): for each metric HELP, TYPE and
 * its samples together, histograms as cumulative buckets. Which metrics there are: src/tables/metrics.ts.
 */
import {
  BUCKETS,
  METRIC_NAMES,
  METRICS,
  type Histogram,
  type Metric,
  type MetricsReading,
  type Sample,
} from '../../tables/metrics.ts';

/** In the order of the table; a metric that nobody has read is left out. */
export function writeExposition(reading: MetricsReading): string {
  let text = '';
  for (const name of METRIC_NAMES) {
    const samples = reading[name];
    if (samples === undefined || samples.length === 0) continue;
    const metric: Metric = METRICS[name];
    text += `# HELP ${name} ${escapeHelp(metric.help)}\n# TYPE ${name} ${metric.type}\n`;
    for (const sample of samples) text += sampleLines(name, metric, sample);
  }
  return text;
}

function sampleLines(name: string, { labels }: Metric, sample: Sample): string {
  const pairs = labels.map((label, index) => `${label}="${escapeLabel(sample.labels[index] ?? '')}"`);
  if (typeof sample.value === 'number') return `${name}${inBraces(pairs)} ${sample.value}\n`;
  return histogramLines(name, pairs, sample.value);
}

function histogramLines(name: string, pairs: readonly string[], { counts, sum }: Histogram): string {
  let text = '';
  let below = 0;
  counts.forEach((count, index) => {
    below += count;
    const bound = BUCKETS[index];
    text += `${name}_bucket${inBraces([...pairs, `le="${bound === undefined ? '+Inf' : bound / 1000}"`])} ${below}\n`;
  });
  return `${text}${name}_sum${inBraces(pairs)} ${sum}\n${name}_count${inBraces(pairs)} ${below}\n`;
}

function inBraces(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Prometheus: a label's value escapes backslash, double quote and line feed; a HELP text backslash and line feed. */
function escapeLabel(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}
