/**
 * A distribution's part in continuous deployment: may it attach this policy, and is the rest of its configuration allowed with one?
 * Facts: data plane 10.6. What a policy says is judged in ../continuous-deployment.
 */
import { ApiError } from '../../wire/types.ts';
import type { FilledConfig } from '../filled-config.ts';
import { invalidArgument } from './references.ts';
import type { References } from './references.ts';

export function usesHttp3({ HttpVersion }: Pick<FilledConfig, 'HttpVersion'>): boolean {
  return HttpVersion === 'http3' || HttpVersion === 'http2and3';
}

export function validateContinuousDeployment(config: FilledConfig, references: References): void {
  const policyId = config.ContinuousDeploymentPolicyId;
  if (policyId !== '') requirePolicy(config, references.continuousDeploymentPolicy(policyId));
  if (policyId === '' && !references.isInContinuousDeployment) return;
  if (usesHttp3(config)) throw invalidArgument('Continuous deployment is not available for distributions that support HTTP/3.');
  if (config.Origins.Items.some(({ ResponseCompletionTimeout: timeout }) => timeout !== 0)) {
    throw invalidArgument('The parameter ResponseCompletionTimeout is not available with continuous deployment.');
  }
}

function requirePolicy({ Staging }: FilledConfig, policy: ReturnType<References['continuousDeploymentPolicy']>): void {
  if (policy === 'too-early')
    throw invalidArgument('Continuous deployment policy is not supported during distribution creation.');
  if (policy === 'unknown') {
    throw new ApiError('NoSuchContinuousDeploymentPolicy', "The continuous deployment policy doesn't exist.", 404);
  }
  if (Staging) throw invalidArgument('A staging distribution cannot have a continuous deployment policy.');
  if (policy === 'attached') {
    const message = 'The continuous deployment policy is associated with another primary distribution.';
    throw new ApiError('ContinuousDeploymentPolicyInUse', message, 409);
  }
}
