import { describe, expect, test } from 'bun:test';
import { METRIC_NAMES, METRICS, type Metric } from './metrics.ts';

describe('the names follow the conventions of Prometheus', () => {
  test.each(METRIC_NAMES)('%s', (name) => {
    const { type, labels, help, merge }: Metric = METRICS[name];
    expect(name).toMatch(/^(warmfront|process)(_[a-z]+)+$/);
    expect(help).toMatch(/\.$/);
    for (const label of labels) expect(label).toMatch(/^(?!le$)[a-z]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toEndWith('_seconds');
    expect(merge !== undefined).toBe(type === 'gauge');
  });
});
