/**
 * docs/reference/metrics.md: every metric, from src/tables/metrics.ts.
 */
import { BUCKETS, LABEL_LIMIT, METRIC_NAMES, METRICS, OTHER, type Metric } from '../../src/tables/metrics.ts';
import { code, page, table } from './markdown.ts';

export function metricsPage(): string {
  const rows = METRIC_NAMES.map((name) => {
    const { type, labels, help }: Metric = METRICS[name];
    return [code(name), type, labels.map(code).join(', '), help];
  });
  return page(
    'Metrics',
    '`GET /_warmfront/metrics` on the API port, in the text format of Prometheus. How to scrape it, and what to alert on:',
    '[guides/operating.md](../guides/operating.md#metrics).',
    '',
    table(['Metric', 'Type', 'Labels', 'Meaning'], rows),
    '',
    `Histograms have these bounds, in seconds: ${BUCKETS.map((bound) => bound / 1000).join(', ')}. Of \`distribution\` and \`origin\`,`,
    `${LABEL_LIMIT} values are told apart; later ones are counted together as \`${OTHER}\`. \`result\`, \`detail\` and \`reason\` are the words of the access log.`,
  );
}
