/**
 * What a web ACL makes of a request, told: which rule, where it found what, and what follows. Decided in core/viewer-request/waf.
 */
import type { MatchedInspection, WafInspection } from '../../core/inspection.ts';
import { responseCode } from '../../core/viewer-request/waf/log-record.ts';
import type { MatchedRule, Verdict } from '../../core/viewer-request/waf/verdict.ts';
import type { Step, WafExplanation } from '../../model/explanation.ts';

export interface WafRefusal {
  readonly status: number;
  readonly sentence: string;
}

/** Undefined where the request is let through, or there is no web ACL. */
export function wafRefusal({ waf }: Pick<MatchedInspection, 'waf'>): WafRefusal | undefined {
  if (waf === undefined) return undefined;
  if (waf.kind === 'broken') return { status: 403, sentence: `the web ACL lets nothing through: ${waf.reason}` };
  const { verdict } = waf;
  if (verdict.action === 'ALLOW') return undefined;
  return { status: responseCode(verdict) ?? 403, sentence: `${deed(verdict)} by ${ending(verdict)}` };
}

export function wafStep({ waf }: Pick<MatchedInspection, 'waf'>): Step[] {
  if (waf === undefined) return [];
  if (waf.kind === 'broken')
    return [{ step: 'waf', decision: 'refused', sentence: `the web ACL lets nothing through: ${waf.reason}` }];
  const { verdict } = waf;
  const counted = verdict.counted.length === 0 ? '' : `, counted by ${verdict.counted.map(({ name }) => name).join(', ')}`;
  const unseen = waf.readsBody ? '; rules that look into bodies saw none' : '';
  const sentence = `${deed(verdict)} by ${ending(verdict)}${counted}${unseen}`;
  return [{ step: 'waf', decision: verdict.action.toLowerCase(), sentence }];
}

export function wafExplanation(waf: WafInspection | undefined): WafExplanation | undefined {
  if (waf?.kind !== 'verdict') return undefined;
  const { verdict } = waf;
  const inside = verdict.groups.flatMap(({ rule, counted, terminating }) =>
    [...counted, ...(terminating ? [terminating] : [])].map((member) => told(member, rule)),
  );
  const { terminating } = verdict;
  return {
    webAcl: verdict.webAcl.name,
    action: verdict.action,
    ...(terminating && { rule: terminating.within ? `${terminating.name}/${terminating.within.name}` : terminating.name }),
    matched: [
      ...verdict.counted.map((rule) => told(rule)),
      ...inside,
      ...(terminating && terminating.within === undefined ? [told(terminating)] : []),
    ],
    labels: verdict.labels,
    inserted: verdict.insert,
  };
}

const DEEDS: Readonly<Record<Verdict['action'], string>> = {
  ALLOW: 'allowed',
  BLOCK: 'blocked',
  CAPTCHA: 'asked to solve a captcha',
  CHALLENGE: 'challenged',
};

function deed({ action }: Verdict): string {
  return DEEDS[action];
}

function ending({ terminating, webAcl }: Verdict): string {
  if (terminating === undefined) return `the default action of the web ACL ${webAcl.name}`;
  const { name, within, details } = terminating;
  const rule = within === undefined ? name : `${within.name} of ${name}`;
  const [first] = details;
  const found = first === undefined || first.matched.length === 0 ? '' : `: ${JSON.stringify(first.matched.join(' '))}`;
  const where = first === undefined ? '' : `, in ${first.location}${first.name === undefined ? '' : ` ${first.name}`}${found}`;
  return `the rule ${rule} of the web ACL ${webAcl.name}${where}`;
}

function told({ name, action, details }: MatchedRule, group?: string): WafExplanation['matched'][number] {
  return {
    rule: group === undefined ? name : `${group}/${name}`,
    action,
    found: details.map(({ condition, location, name: field, matched, at }) => ({
      condition,
      location,
      ...(field !== undefined && { name: field }),
      ...(at !== undefined && { at }),
      matched,
    })),
  };
}
