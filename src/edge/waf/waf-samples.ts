/**
 * The requests that are kept as samples: the last ones for each rule that samples, at most SAMPLES.kept and no older than three hours (AWS WAF),
 * and how many there were of each minute. What a sample says is read off the verdict (core/viewer-request/waf); merged for all workers in the
 * control plane.
 */
import { protectedRequest, responseCode } from '../../core/viewer-request/waf/log-record.ts';
import type { MatchedRule, Verdict } from '../../core/viewer-request/waf/verdict.ts';
import type { InspectedRequest } from '../../model/waf-engine.ts';
import type { WafSample, WafSampleQuery, WafSamples } from '../../model/waf-samples.ts';
import type { WebAcl } from '../../model/web-acl.ts';
import { MINUTE, type Instant } from '../../model/units.ts';
import { SAMPLES } from '../../tables/waf.ts';

export interface WafSampler {
  keep(request: InspectedRequest, verdict: Verdict, at: Instant): void;
  read(query: WafSampleQuery): WafSamples;
  /** Those of other web ACLs go. */
  retain(acls: readonly WebAcl[]): void;
}

interface Kept {
  readonly samples: Omit<WafSample, 'weight'>[];
  /** Where the next one goes. */
  next: number;
  /** Minute -> requests. */
  readonly counts: Map<number, number>;
}

export function createWafSampler(digest: (text: string) => string): WafSampler {
  let acls = new Map<string, Map<string, Kept>>();

  function add(arn: string, metricName: string, sample: Omit<WafSample, 'weight'>): void {
    let metrics = acls.get(arn);
    if (metrics === undefined) acls.set(arn, (metrics = new Map<string, Kept>()));
    let kept = metrics.get(metricName);
    if (kept === undefined) metrics.set(metricName, (kept = { samples: [], next: 0, counts: new Map() }));
    kept.samples[kept.next] = sample;
    kept.next = (kept.next + 1) % SAMPLES.kept;
    const minute = Math.floor(sample.at / MINUTE);
    kept.counts.set(minute, (kept.counts.get(minute) ?? 0) + 1);
    for (const counted of kept.counts.keys()) {
      if (counted >= minute - SAMPLES.age / MINUTE) break;
      kept.counts.delete(counted);
    }
  }

  return {
    keep(request, verdict, at) {
      const { webAcl } = verdict;
      const rules = sampledRules(verdict);
      if (rules.length === 0) return;
      const shown = protectedRequest(request, webAcl.dataProtections, digest);
      const base = {
        at,
        request: {
          clientIp: request.viewerAddress,
          country: request.country ?? '-',
          uri: shown.query === '' ? shown.path : `${shown.path}?${shown.query}`,
          method: request.method,
          httpVersion: `HTTP/${request.httpVersion ?? '1.1'}`,
          headers: shown.fields,
        },
        insertedHeaders: verdict.insert,
        responseCode: responseCode(verdict),
        labels: verdict.labels,
        captcha: verdict.captcha,
        challenge: verdict.challenge,
      };
      for (const { metricName, action, within, overriddenAction } of rules) {
        add(webAcl.arn, metricName, { ...base, action, ruleWithinGroup: within, overriddenAction });
      }
    },
    read({ webAclArn, metricName, from, to, most }) {
      const kept = acls.get(webAclArn)?.get(metricName);
      if (kept === undefined) return { samples: [], population: 0 };
      const found = kept.samples.filter(({ at }) => at >= from && at <= to).toSorted((one, other) => other.at - one.at);
      let population = 0;
      for (const [minute, count] of kept.counts) {
        if ((minute + 1) * MINUTE > from && minute * MINUTE <= to) population += count;
      }
      const samples = found.slice(0, most);
      const weight = samples.length === 0 ? 1 : Math.max(1, Math.round(population / samples.length));
      return { samples: samples.map((sample) => ({ ...sample, weight })), population };
    },
    retain(current) {
      acls = new Map(current.map(({ arn }) => [arn, acls.get(arn) ?? new Map<string, Kept>()]));
    },
  };
}

interface Sampled extends Pick<MatchedRule, 'action' | 'overriddenAction'> {
  readonly metricName: string;
  readonly within: string | undefined;
}

/** Under which metrics the request is kept: of each rule that matched and samples, or of the web ACL when its default action held. */
function sampledRules({ webAcl, action, terminating, counted, groups }: Verdict): readonly Sampled[] {
  const own = (rule: MatchedRule, within?: MatchedRule): readonly Sampled[] => {
    const { visibility } = rule;
    if (visibility?.sampledRequests !== true) return [];
    const { action: taken, overriddenAction } = within ?? rule;
    return [{ metricName: visibility.metricName, action: taken, overriddenAction, within: within?.name }];
  };
  const inside = groups.flatMap((group) => group.counted.flatMap((rule) => own(rule, rule)));
  const last = terminating === undefined ? [] : own(terminating, terminating.within);
  const others = [...counted.flatMap((rule) => own(rule)), ...inside];
  if (terminating !== undefined || !webAcl.visibility.sampledRequests) return [...last, ...others];
  return [{ metricName: webAcl.visibility.metricName, action, overriddenAction: undefined, within: undefined }, ...others];
}
