/**
 * One step of a visit: a primary distribution in continuous deployment may hand the request to its staging distribution. What is
 * decided by is in core/viewer-request/decide-deployment.ts; here the visit is told, so that the answer sets the session's cookie and the
 * log names both.
 */
import { decideDeployment, withoutSession } from '../core/viewer-request/decide-deployment.ts';
import type { CompiledDeployment, CompiledDistribution } from '../model/compile.ts';
import type { EdgePorts } from './ports.ts';
import type { Visit } from './visit.ts';

/** The distribution that answers. The visit's request is then without the session's cookie. */
export function chooseDeployment(
  visit: Visit,
  primary: CompiledDistribution,
  { staging, traffic, version }: CompiledDeployment,
  random: EdgePorts['random'],
): CompiledDistribution {
  const { side, setCookie } = decideDeployment({ traffic, version }, visit.request, random(), visit.receivedAt);
  const primaryDistributionId = side === 'staging' ? primary.source.id : undefined;
  visit.deployment = { primaryDistributionId, setCookie };
  visit.request = withoutSession(visit.request);
  return side === 'staging' ? staging : primary;
}
