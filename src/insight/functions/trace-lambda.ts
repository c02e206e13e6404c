/**
 * A run of a Lambda@Edge function, told: the event in, the result out and what differs, what it wrote and what it took. The run itself:
 * core/lambda-edge/lambda-run.ts.
 */
import { isResponse } from '../../core/lambda-edge/apply-lambda-response.ts';
import type { KeptText, SeenLambdaRun } from '../../core/lambda-edge/lambda-run.ts';
import { partsThatDiffer } from '../../model/function-parts.ts';
import type { LambdaTrace, RecordedLambdaRun } from '../../model/function-trace.ts';
import type { JsonObject } from '../../model/json-object.ts';
import { partsOfLambdaEvent, partsOfLambdaResult } from '../../model/lambda-parts.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';

export function traceLambda(seen: SeenLambdaRun): LambdaTrace {
  const { version, eventType, lines, failure, duration, initDuration, peakMemory } = seen;
  const event = objectOf(seen.event) ?? {};
  const leftOut = [...seen.event.leftOut, ...(seen.result?.leftOut ?? [])];
  const { detail, wrong = 'its log says why' } = failure ?? {};
  // What a runtime says of its end may have lines for the log.
  const [message = '', ...more] = failure === undefined ? [] : wrong.split('\n');
  const told = {
    name: version.name,
    version: version.version,
    eventType,
    event,
    logs: [...lines.flatMap((line) => line.split('\n')), ...more],
    duration,
    ...(initDuration !== undefined && { initDuration }),
    memory: version.memory,
    peakMemory,
    ...(leftOut.length > 0 && { leftOut }),
  };
  if (detail !== undefined) return { ...told, did: 'failed', changes: [], failure: { result: detail, message } };
  const returned = seen.result && objectOf(seen.result);
  if (returned === undefined) return { ...told, did: 'changed', changes: [] };
  const result = wrapped(returned, eventType);
  const isMade = eventType.endsWith('request') && 'response' in result;
  const before = isMade ? new Map<string, string>() : partsOfLambdaEvent(event);
  const changes = partsThatDiffer(before, partsOfLambdaResult(result, event));
  return { ...told, did: isMade ? 'generated' : changes.length === 0 ? 'unchanged' : 'changed', result, changes };
}

export function recordedLambdaRun(seen: SeenLambdaRun): RecordedLambdaRun {
  const { requestId, at, version, event } = seen;
  return { requestId, at, lambda: version, isWhole: event.leftOut.length === 0, trace: traceLambda(seen) };
}

function wrapped(returned: JsonObject, eventType: LambdaEventType): JsonObject {
  return eventType.endsWith('response') || isResponse(returned) ? { response: returned } : { request: returned };
}

function objectOf({ text }: KeptText): JsonObject | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
}
