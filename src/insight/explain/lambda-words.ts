/**
 * What Lambda@Edge functions do with a request, told as steps. Run, or only named, in edge/lambdas/inspect-lambdas.ts.
 */
import type { LambdaInspection, MatchedInspection } from '../../core/inspection.ts';
import type { Step, Verdict } from '../../model/explanation.ts';
import { becameOfRequest } from './request-words.ts';

/** On the viewer's request, before the cache is asked. */
export function viewerLambdaSteps({ lambdas }: Pick<MatchedInspection, 'lambdas'>): readonly Step[] {
  return lambdas.filter(({ did }) => did !== 'later').map(step);
}

/** What would be run afterwards. */
export function laterLambdaSteps({ lambdas }: Pick<MatchedInspection, 'lambdas'>): readonly Step[] {
  return lambdas.filter(({ did }) => did === 'later').map(step);
}

/** Where the one on the viewer's request answers, or fails; undefined where the request goes on. */
export function lambdaVerdict({ lambdas }: Pick<MatchedInspection, 'lambdas'>): Verdict | undefined {
  const ended = lambdas.find(({ status }) => status !== undefined);
  if (ended?.status === undefined) return undefined;
  const { arn, status, failure } = ended;
  if (failure === undefined)
    return { kind: 'generated', reason: 'function', status, sentence: `answered with ${status} by the Lambda function ${arn}` };
  return {
    kind: 'refused',
    reason: 'function',
    status,
    sentence: `${failure.detail}: ${failure.wrong ?? `the Lambda function ${arn}`}`,
  };
}

const WHEN = {
  'viewer-request': 'before the cache is asked',
  'origin-request': 'before an origin is asked',
  'origin-response': 'when an origin has answered, before that is cached',
  'viewer-response': 'before the viewer is answered, except with an error',
} as const;

function step({ arn, eventType, did, status, failure }: LambdaInspection): Step {
  const told = (sentence: string): Step => ({
    step: `${eventType}-lambda`,
    decision: did,
    sentence: `the Lambda function ${arn} ${sentence}`,
  });
  switch (did) {
    case 'failed':
      return told(`fails (${failure?.detail}): ${failure?.wrong ?? 'its log says why'}`);
    case 'later':
      return told(`is run ${WHEN[eventType]}`);
    default:
      return told(becameOfRequest(did, status));
  }
}
