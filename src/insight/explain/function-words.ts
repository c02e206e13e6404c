/**
 * What a viewer-request function did with a request, told as a step. Run in edge/inspect.ts; told in full in insight/functions.
 */
import type { FunctionInspection } from '../../core/inspection.ts';
import { whatItDid } from '../../core/viewer-request/function-run.ts';
import type { Step } from '../../model/explanation.ts';
import { becameOfRequest } from './request-words.ts';

export function functionStep(inspection: FunctionInspection): Step {
  const step = 'viewer-request-function';
  const { status, failure } = inspection;
  const { name } = inspection.code;
  const did = whatItDid(inspection);
  const told = (sentence: string): Step => ({ step, decision: did, sentence: `the function ${name} ${sentence}` });
  return did === 'failed'
    ? told(`fails (${failure?.result}): ${failure?.wrong ?? 'it is throttled'}`)
    : told(becameOfRequest(did, status));
}
