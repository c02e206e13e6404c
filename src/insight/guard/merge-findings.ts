/**
 * What several processes have found, as one: groups of the same rule, cache behavior and action add up. Who collects them decides when.
 */
import type { FindingGroup } from '../../model/guard-finding.ts';

/** The newest first. */
export function mergeFindings(readings: readonly (readonly FindingGroup[])[]): readonly FindingGroup[] {
  const merged = new Map<string, FindingGroup>();
  for (const group of readings.flat()) {
    const { distributionId, rule, action, pathPattern } = group.latest;
    const key = JSON.stringify([distributionId, rule, action, pathPattern]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? group : together(before, group));
  }
  return [...merged.values()].toSorted((one, other) => other.lastAt - one.lastAt);
}

function together(one: FindingGroup, other: FindingGroup): FindingGroup {
  return {
    latest: other.latest.at > one.latest.at ? other.latest : one.latest,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    count: one.count + other.count,
  };
}
