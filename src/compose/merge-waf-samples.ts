/** What several workers have kept of the requests that a web ACL inspected, as one: the newest of all. */
import type { WafSampleQuery, WafSamples } from '../model/waf-samples.ts';

export function mergeWafSamples(kept: readonly WafSamples[], { most }: Pick<WafSampleQuery, 'most'>): WafSamples {
  const population = kept.reduce((sum, one) => sum + one.population, 0);
  const samples = kept
    .flatMap((one) => one.samples)
    .toSorted((one, other) => other.at - one.at)
    .slice(0, most);
  const weight = Math.max(1, Math.round(population / Math.max(1, samples.length)));
  return { population, samples: samples.map((sample) => ({ ...sample, weight })) };
}
