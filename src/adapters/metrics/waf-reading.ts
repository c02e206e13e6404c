/** What web ACLs have decided, as a reading: counted by edge/waf for each rule whose VisibilityConfig has a metric. */
import type { MetricsReading } from '../../tables/metrics.ts';

export interface WafCounted {
  readonly webAcl: string;
  readonly rule: string;
  readonly action: string;
  readonly count: number;
}

export function readWaf(counts: readonly WafCounted[]): MetricsReading {
  return {
    warmfront_waf_requests_total: counts.map(({ webAcl, rule, action, count }) => ({
      labels: [webAcl, rule, action],
      value: count,
    })),
  };
}
