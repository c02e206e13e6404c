/**
 * What the leak and poison guard makes of a request, told. Found and judged by core/guard; secrets have been left out of what was found, and of the
 * request only names are told here.
 */
import { isRefused } from '../../core/guard/finding.ts';
import type { GuardInspection } from '../../core/inspection.ts';
import type { GuardExplanation } from '../../model/explanation.ts';
import { GUARD_RULES, type GuardMode } from '../../tables/guard-rules.ts';

const MODES: Readonly<Record<GuardMode, string>> = {
  certain: 'what leaks or poisons for certain is kept from others, the rest is told',
  refuse: 'whatever seems to leak or to poison is kept from others',
  warn: 'what seems to leak or to poison is told, and shared',
  off: 'nothing is looked for',
};

export function guardExplanation({ mode, inputs, ofRequest, groups }: GuardInspection): GuardExplanation {
  const names = [...new Set(inputs.map(({ kind, name }) => `${kind} ${name}`))];
  return {
    mode,
    sentence: MODES[mode],
    unkeyed: names,
    isSetApart: isRefused(mode, ofRequest),
    ofRequest: ofRequest.map(({ rule, input, because }) => ({
      rule,
      sentence: `${GUARD_RULES[rule]}${input === undefined ? '' : ` (${input.kind} ${input.name})`}: ${because}`,
    })),
    findings: groups,
  };
}
