/**
 * What a viewer-request function did with a request, told: as a step, and as what it changed. Run in edge/inspect.ts.
 */
import type { FunctionInspection, MatchedInspection } from '../../core/inspection.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { fieldLines } from '../../http/fields.ts';
import type { FunctionExplanation, Step } from '../../model/explanation.ts';

export function functionStep({ name, did, status, failure }: FunctionInspection): Step {
  const step = 'viewer-request-function';
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

export function functionExplanation(
  { name, asked, logs, computeUtilization, origin }: FunctionInspection,
  { request, behavior }: Pick<MatchedInspection, 'request' | 'behavior'>,
): FunctionExplanation {
  const changes: FunctionExplanation['changes'][number][] = [];
  const compare = (part: string, before: string | undefined, after: string | undefined): void => {
    if (before === after) return;
    changes.push({ part, ...(before !== undefined && { before }), ...(after !== undefined && { after }) });
  };
  compare('uri', asked.path, request.path);
  compare('querystring', asked.query, request.query);
  const names = new Set([...asked.fields, ...request.fields].map(([field]) => field));
  for (const field of names)
    compare(field === 'cookie' ? 'cookies' : `header ${field}`, lines(asked, field), lines(request, field));
  if (origin !== undefined) changes.push({ part: 'origin', before: behavior.source.targetOriginId, after: origin.primary.id });
  return { name, changes, logs, computeUtilization };
}

function lines({ fields }: ViewerRequest, name: string): string | undefined {
  const found = fieldLines(fields, name);
  return found.length === 0 ? undefined : found.join(', ');
}
