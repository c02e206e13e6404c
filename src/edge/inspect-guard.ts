/**
 * The guard's view of a request, for explanations: what of it is not keyed, what is wrong with it before anything is asked, and what was found
 * at its cache behavior lately.
 */
import type { GuardInspection } from '../core/inspection.ts';
import { judgeRequest } from '../core/guard/judge-request.ts';
import { unkeyedInputs, type InputsAsked } from '../core/guard/unkeyed-inputs.ts';
import type { EdgePorts } from './ports.ts';

export type InspectGuardPorts = Pick<EdgePorts, 'ownPorts' | 'findings'>;

export function inspectGuard(asked: InputsAsked, { ownPorts = () => [], findings }: InspectGuardPorts): GuardInspection {
  const { distribution, behavior, origin, request } = asked;
  const { guard: mode } = distribution;
  const groups = findings?.about(distribution.source.id, behavior.source.pathPattern) ?? [];
  if (mode === 'off') return { mode, inputs: [], ofRequest: [], groups };
  const inputs = unkeyedInputs(asked);
  const site = { distribution, origin, request, ownPorts: ownPorts() };
  return { mode, inputs, ofRequest: judgeRequest(inputs, site, behavior.key.queryStrings), groups };
}
