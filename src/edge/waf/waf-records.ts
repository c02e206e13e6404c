/**
 * What is kept of each verdict: a record for the log, where one is configured; samples; a count for each rule that has a metric. Read off the
 * verdict; nothing here decides anything.
 */
import { isKept, logRecord } from '../../core/viewer-request/waf/log-record.ts';
import type { Verdict } from '../../core/viewer-request/waf/verdict.ts';
import type { InspectedRequest } from '../../model/waf-engine.ts';
import type { WebAcl } from '../../model/web-acl.ts';
import type { EdgePorts } from '../ports.ts';
import type { MatchedVisit } from '../visit.ts';
import { createWafSampler, type WafSampler } from './waf-samples.ts';

export interface WafRecords extends Pick<WafSampler, 'retain'> {
  write(visit: MatchedVisit, request: InspectedRequest, verdict: Verdict): void;
  readonly samples: WafSampler['read'];
  /** How often each rule of each web ACL did what, by AWS's metric names; the web ACL's own stands for its default action. */
  readonly counts: () => readonly WafCount[];
}

export interface WafCount {
  readonly webAcl: string;
  readonly rule: string;
  readonly action: string;
  readonly count: number;
}

export function createWafRecords({ waf }: Pick<EdgePorts, 'waf'>): WafRecords {
  const sampler = createWafSampler(waf.crypto.digest);
  const counted = new Map<string, { readonly of: Omit<WafCount, 'count'>; count: number }>();

  function count({ webAcl, action, terminating, counted: others, groups }: Verdict): void {
    const inside = groups.flatMap((group) => [...(group.terminating ? [group.terminating] : []), ...group.counted]);
    // The rules of a managed group have its metric; what came of the group is counted, and once.
    const seen = new Set<string>();
    for (const { visibility, action: taken } of [
      terminating ?? { visibility: webAcl.visibility, action },
      ...others,
      ...inside,
    ]) {
      if (visibility?.metrics !== true || seen.has(visibility.metricName)) continue;
      seen.add(visibility.metricName);
      const key = `${webAcl.name} ${visibility.metricName} ${taken}`;
      const known = counted.get(key);
      if (known !== undefined) known.count += 1;
      else counted.set(key, { of: { webAcl: webAcl.name, rule: visibility.metricName, action: taken }, count: 1 });
    }
  }

  return {
    write(visit, request, verdict) {
      const { webAcl } = verdict;
      count(verdict);
      sampler.keep(request, verdict, visit.receivedAt);
      if (webAcl.logging === undefined || !isKept(webAcl.logging.filter, verdict)) return;
      const { requestId, receivedAt, distribution } = visit;
      const logged = { request, requestId, receivedAt, distributionId: distribution.source.id };
      waf.log.write(webAcl, logRecord(logged, verdict, waf.crypto.digest));
    },
    retain: (acls: readonly WebAcl[]) => sampler.retain(acls),
    samples: (query) => sampler.read(query),
    counts: () => [...counted.values()].map(({ of, count: times }) => ({ ...of, count: times })),
  };
}
