/**
 * A run of a function, told: the event in, the result out and what differs, and for a failure its place in the source. The run itself:
 * core/viewer-request/function-run.ts.
 */
import { eventObject, resultObject } from '../../core/viewer-request/function-objects.ts';
import { isSeenLambda, type SeenRun } from '../../core/lambda-edge/lambda-run.ts';
import { whatItDid, type FunctionEnding, type SeenFunctionRun } from '../../core/viewer-request/function-run.ts';
import { partsOfEvent, partsOfResult, partsThatDiffer } from '../../model/function-parts.ts';
import {
  LONGEST_SOURCE_LINE,
  type FunctionTrace,
  type RecordedFunctionRun,
  type RecordedRun,
  type TracedFailure,
} from '../../model/function-trace.ts';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { recordedLambdaRun } from './trace-lambda.ts';

export function traceFunction(seen: SeenFunctionRun): FunctionTrace {
  const { code, run } = seen;
  const { name } = code;
  const { eventType } = seen.event;
  const { ending, logs, computeUtilization } = run;
  const event = eventObject(seen.event);
  const did = whatItDid(seen);
  const read = run.keyValues && [...run.keyValues].map(([key, value]) => (value === undefined ? { key } : { key, value }));
  const told = { name, eventType, event, did, logs, ...(read && { keyValues: read }), computeUtilization };
  if (seen.failure !== undefined) return { ...told, changes: [], failure: tracedFailure(seen.failure, code.code) };
  if (ending.kind !== 'request' && ending.kind !== 'response') return { ...told, changes: [] };
  const result = withOrigin(resultObject(seen.event, ending), ending);
  const before = did === 'generated' ? new Map<string, string>() : partsOfEvent(event);
  return { ...told, result, changes: partsThatDiffer(before, partsOfResult(result, event)) };
}

/** Of either kind. */
export function recordedRun(seen: SeenRun): RecordedRun {
  return isSeenLambda(seen) ? recordedLambdaRun(seen) : recordedFunctionRun(seen);
}

function recordedFunctionRun(seen: SeenFunctionRun): RecordedFunctionRun {
  const { requestId, now, request } = seen.event;
  const { query } = request;
  const { keyValueStore } = seen.code;
  return {
    requestId,
    at: now,
    etag: seen.code.etag,
    runtime: seen.code.runtime,
    ...(keyValueStore !== undefined && { keyValueStore }),
    ...(query !== undefined && { rawQueryString: query }),
    trace: traceFunction(seen),
  };
}

/** The place is the last thing that a message says: functions/cloudfront-functions. */
function tracedFailure(
  { result, wrong = 'it was not run' }: NonNullable<SeenFunctionRun['failure']>,
  code: string,
): TracedFailure {
  const [, line, column] = /\(line (\d+)(?:, column (\d+))?\)$/.exec(wrong) ?? [];
  if (line === undefined) return { result, message: wrong };
  const source = code.split(/\r?\n/)[Number(line) - 1];
  return {
    result,
    message: wrong,
    line: Number(line),
    ...(column !== undefined && { column: Number(column) }),
    ...(source !== undefined && { source: source.slice(0, LONGEST_SOURCE_LINE) }),
  };
}

/** TestFunction does not tell of the origin; here it is told as the call that asked for it. */
function withOrigin(result: JsonObject, ending: FunctionEnding): JsonObject {
  if (ending.kind !== 'request' || !isObject(ending.changed.origin) || !isObject(result['request'])) return result;
  return { request: { ...result['request'], origin: callText(ending.changed.origin) } };
}

function callText({ kind, id, settings }: JsonObject): string {
  const given = settings === undefined ? '' : JSON.stringify(settings);
  switch (kind) {
    case 'select':
      return `selectRequestOriginById(${[JSON.stringify(id), given].filter((part) => part !== '').join(', ')})`;
    case 'group':
      return `createRequestOriginGroup(${given})`;
    default:
      return `updateRequestOrigin(${given})`;
  }
}
