/**
 * What a viewer-request function did with a request, told as a step. Run in edge/inspect.ts; told in full in insight/functions.
 */
import type { FunctionInspection } from '../../core/inspection.ts';
import { whatItDid } from '../../core/viewer-request/function-run.ts';
import type { Step } from '../../model/explanation.ts';

export function functionStep(inspection: FunctionInspection): Step {
  const step = 'viewer-request-function';
  const { status, failure } = inspection;
  const { name } = inspection.code;
  const did = whatItDid(inspection);
  const told = (sentence: string): Step => ({ step, decision: did, sentence: `the function ${name} ${sentence}` });
  switch (did) {
    case 'unchanged':
      return told('lets the request pass as it is');
    case 'changed':
      return told('has changed the request; what follows goes by that');
    case 'generated':
      return told(`answers with ${status}`);
    case 'failed':
      return told(`fails (${failure?.result}): ${failure?.wrong ?? 'it is throttled'}`);
  }
}
