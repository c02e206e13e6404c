/**
 * What the guard finds, kept and told without end: one group for each rule, cache behavior and action, of which the newest proof and a count are
 * kept. A flood of findings costs an addition each, fills no memory and writes few lines.
 */
import type { Findings } from '../../edge/ports.ts';
import type { FindingGroup, GuardFinding } from '../../model/guard-finding.ts';
import { MINUTE, SECOND, type Duration, type Instant } from '../../model/units.ts';
import type { MetricsReading } from '../../tables/metrics.ts';

/** Ours: some hundreds of kilobytes. */
const MOST_GROUPS = 500;
/** Ours: how often the proof of a group is renewed, and how often it has a line in the log. */
const PROOF_INTERVAL: Duration = 10 * SECOND;
const TOLD_INTERVAL: Duration = 10 * MINUTE;

export interface RecordedFindings extends Findings {
  /** The newest first. */
  all(): readonly FindingGroup[];
  read(): MetricsReading;
}

export interface RecordedFindingsOptions {
  /** Told of the first of a group, and now and then how many there are. */
  readonly tell: (message: string, group: FindingGroup) => void;
}

interface Group {
  latest: GuardFinding;
  readonly firstAt: Instant;
  lastAt: Instant;
  count: number;
  toldAt: Instant;
}

export function createRecordedFindings({ tell }: RecordedFindingsOptions): RecordedFindings {
  const groups = new Map<string, Group>();
  const counts = new Map<string, { readonly labels: readonly string[]; value: number }>();

  function count({ rule, action }: GuardFinding): void {
    const key = `${rule} ${action}`;
    const counted = counts.get(key) ?? { labels: [rule, action], value: 0 };
    counted.value += 1;
    counts.set(key, counted);
  }

  function groupOf(finding: GuardFinding): Group {
    const { distributionId, rule, pathPattern, action, at } = finding;
    const key = `${distributionId} ${rule} ${action} ${pathPattern}`;
    const known = groups.get(key);
    // The order of a map is that of its keys' arrival: the oldest comes first.
    groups.delete(key);
    const group = known ?? { latest: finding, firstAt: at, lastAt: at, count: 0, toldAt: Number.NEGATIVE_INFINITY };
    groups.set(key, group);
    if (groups.size > MOST_GROUPS) groups.delete(groups.keys().next().value!);
    return group;
  }

  return {
    found(finding) {
      count(finding);
      const group = groupOf(finding);
      const { at } = finding;
      group.count += 1;
      if (at - group.latest.at >= PROOF_INTERVAL) group.latest = finding;
      group.lastAt = at;
      if (at - group.toldAt < TOLD_INTERVAL) return;
      group.toldAt = at;
      tell(inWords(finding, group.count), toldGroup(group));
    },
    about: (distributionId, pathPattern) =>
      [...groups.values()]
        .filter(({ latest }) => latest.distributionId === distributionId && latest.pathPattern === pathPattern)
        .map(toldGroup)
        .toReversed(),
    all: () => [...groups.values()].map(toldGroup).toReversed(),
    read: () => ({ warmfront_guard_findings_total: [...counts.values()].map((each) => ({ ...each })) }),
  };
}

function toldGroup({ latest, firstAt, lastAt, count }: Group): FindingGroup {
  return { latest, firstAt, lastAt, count };
}

function inWords(
  { rule, certainty, action, distributionId, pathPattern, method, url, input, seenIn, offset, because }: GuardFinding,
  count: number,
): string {
  const by = input === undefined ? '' : `, ${input.kind} ${input.name}`;
  const place = seenIn === undefined ? '' : `, in ${seenIn}${offset === undefined ? '' : ` at octet ${offset}`}`;
  const times = count === 1 ? '' : ` (${count} times by now)`;
  return `guard: ${rule} (${certainty}), ${action}: ${method} ${url}${by}${place}: ${because}; distribution ${distributionId}, ${pathPattern}${times}`;
}
