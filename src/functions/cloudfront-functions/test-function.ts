/**
 * A function run against an event object that somebody wrote, as TestFunction and `warmfront functions run` do: the same runtime and the same
 * judgement as on the edge, and the result as CloudFront prints it. Facts: aws-api B8. Changes of the origin are carried out by nobody.
 */
import { applyFunctionRequest } from '../../core/viewer-request/apply-function-request.ts';
import type { FunctionEvent } from '../../core/viewer-request/function-event.ts';
import { applyFunctionResponse } from '../../core/viewer-response/apply-function-response.ts';
import { resultObject } from '../../core/viewer-request/function-objects.ts';
import type { FunctionEnding, FunctionFailure, FunctionRun, SeenFunctionRun } from '../../core/viewer-request/function-run.ts';
import type { KeyValueReader } from '../../edge/ports.ts';
import type { JsonObject } from '../../model/json-object.ts';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import type { Bytes, Duration, Instant } from '../../model/units.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { FUNCTION_QUOTAS } from '../../tables/quotas.ts';
import { checkSource, faultSentence } from './check-source.ts';
import { createInstance, type Instance } from './instance.ts';
import { FUNCTION_TIME } from './limits.ts';
import { packEvent, unpackAnswer } from './pack-event.ts';
import { EventFault, readEvent } from './read-event.ts';
import type { EdgeLocation } from './realm-source.ts';

export interface FunctionUnderTest {
  readonly name: string;
  readonly runtime: FunctionRuntime;
  readonly code: string;
  readonly edgeLocation: EdgeLocation;
  /** The key value store that it may read. */
  readonly keyValues?: KeyValueReader | undefined;
}

export interface FunctionTest {
  /** JSON: `{"request":{...}}` or `{"response":{...}}`; '' when it failed. */
  readonly output: string;
  /** '' when it did not fail. */
  readonly error: string;
  readonly logs: readonly string[];
  readonly computeUtilization: number;
  /** What CloudFront does not say that the runtime has. */
  readonly warnings: readonly string[];
}

/** What keeps the source from being published, first things first. */
export function sourceFaults(code: string, runtime: FunctionRuntime): readonly string[] {
  return checkSource(code, runtime).faults.map(faultSentence);
}

/** Throws EventFault. `eventObject` is the text of the event. */
export async function testFunction(tested: FunctionUnderTest, eventObject: string, now: Instant): Promise<FunctionTest> {
  if (Buffer.byteLength(eventObject) > FUNCTION_QUOTAS.eventLength)
    throw new EventFault(`The event object is longer than the ${FUNCTION_QUOTAS.eventLength} bytes that CloudFront takes`);
  const event = readEvent(eventObject, now);
  const length = Buffer.byteLength(tested.code);
  if (length > FUNCTION_QUOTAS.codeLength) return tooLong(length);
  const instance = await instanceOf(tested);
  const { run, failure } = runOnce(instance, event);
  const warnings = checkSource(tested.code, tested.runtime).warnings.map(faultSentence);
  const { ending, logs, computeUtilization } = run;
  const isValid = failure === undefined && (ending.kind === 'request' || ending.kind === 'response');
  return {
    output: isValid ? JSON.stringify(resultObject(event, ending)) : '',
    error: failure === undefined ? '' : errorOf(failure),
    logs,
    computeUtilization,
    warnings,
  };
}

/** CloudFront: what is wrong with a value follows a colon. */
function errorOf({ cause, wrong }: NonNullable<JudgedRun['failure']>): string {
  return cause === ERROR_CAUSES.functionInvalid ? `${cause.replace(/\.$/, '')}: ${wrong}.` : `${cause} ${wrong}`;
}

function tooLong(length: Bytes): FunctionTest {
  const error = `The function is ${length} bytes long, and CloudFront takes ${FUNCTION_QUOTAS.codeLength} (FunctionSizeLimitExceeded)`;
  return { output: '', error, logs: [], computeUtilization: 0, warnings: [] };
}

/** An event that was recorded: its object, and what that does not hold. */
export interface RecordedEvent {
  readonly event: JsonObject;
  readonly now: Instant;
  readonly rawQueryString: string | undefined;
  /** The store as far as it was read then. */
  readonly keyValues: KeyValueReader | undefined;
}

/** Runs it on events that others have met, one after the other; on its own key value store, or each on what was read then. */
export async function replayFunction(
  tested: FunctionUnderTest,
  events: readonly RecordedEvent[],
): Promise<readonly SeenFunctionRun[]> {
  const { name, runtime } = tested;
  const code = { name, runtime, code: tested.code, arn: '', etag: '' };
  let keyValues: KeyValueReader | undefined;
  const instanceOfThen = (): Promise<Instance> =>
    createInstance({ name, runtime, code: tested.code, edgeLocation: tested.edgeLocation, keyValues: () => keyValues });
  let instance = await instanceOfThen();
  const seen: SeenFunctionRun[] = [];
  for (const { event: object, now, rawQueryString, keyValues: then } of events) {
    keyValues = tested.keyValues ?? then;
    const event = readEvent(JSON.stringify(object), now, rawQueryString);
    const { run, failure } = runOnce(instance, event);
    seen.push({ code, event, run, failure });
    if (run.ending.kind === 'failed' && run.ending.reason === 'broken') instance = await instanceOfThen();
  }
  return seen;
}

function instanceOf({ keyValues, ...tested }: FunctionUnderTest): Promise<Instance> {
  return createInstance({ ...tested, keyValues: keyValues && (() => keyValues) });
}

interface JudgedRun {
  readonly run: FunctionRun;
  /** With the sentence that CloudFront begins with. */
  readonly failure: (FunctionFailure & { readonly cause: string }) | undefined;
}

function runOnce(instance: Instance, event: FunctionEvent): JudgedRun {
  const packed = packEvent(event);
  const { ending, logs, elapsed, keyValues } = instance.call(packed);
  const used = ending.kind === 'returned' ? warmElapsed(instance, packed, elapsed) : elapsed;
  const computeUtilization = Math.min(100, Math.round((used / FUNCTION_TIME) * 100));
  if (ending.kind === 'failed') {
    const run = { ending, logs, computeUtilization, answerSize: 0, keyValues };
    return { run, failure: { result: 'FunctionExecutionError', cause: ERROR_CAUSES.functionFailed, wrong: ending.message } };
  }
  const answer = unpackAnswer(ending.text, event.eventType);
  const run = { ending: answer, logs, computeUtilization, answerSize: ending.text.length, keyValues };
  return { run, failure: judge(answer, event) };
}

/** Ours: an edge that is at work has run the function before; its first call here takes many times as long. */
const WARMING_CALLS = 20;
const WARMING_TIME: Duration = 100;

function warmElapsed(instance: Instance, packed: string, first: Duration): Duration {
  let least = first;
  for (let calls = 0, spent = first; calls < WARMING_CALLS && spent < WARMING_TIME; calls++) {
    const { elapsed } = instance.call(packed);
    least = Math.min(least, elapsed);
    spent += elapsed;
  }
  return least;
}

/** What is wrong with what was returned; of the origin only an edge can say. */
function judge(ending: FunctionEnding, event: FunctionEvent): JudgedRun['failure'] {
  const invalid = (wrong: string, isHeader = false): JudgedRun['failure'] => ({
    result: 'FunctionValidationError',
    cause: isHeader ? ERROR_CAUSES.functionHeader : ERROR_CAUSES.functionInvalid,
    wrong,
  });
  switch (ending.kind) {
    case 'nothing':
      return invalid(`the handler returned ${ending.returned} instead of a request or a response`);
    case 'request': {
      if (event.eventType === 'viewer-response') return invalid('a viewer-response function must return a response');
      const applied = applyFunctionRequest(requestOf(event), event, ending.changed);
      return applied.kind === 'invalid' ? invalid(applied.fault.message, applied.fault.isHeader) : undefined;
    }
    case 'response': {
      const applied = applyFunctionResponse(ending.changed, event.response);
      return applied.kind === 'invalid' ? invalid(applied.fault.message, applied.fault.isHeader) : undefined;
    }
    default:
      return undefined;
  }
}

/** A request as the edge would have it, as far as the rules look at it. */
function requestOf({ request, viewerAddress }: FunctionEvent): Parameters<typeof applyFunctionRequest>[0] {
  return {
    method: request.method,
    scheme: 'https',
    httpVersion: undefined,
    host: '',
    path: request.uri,
    query: request.query,
    fields: [],
    viewerAddress,
    viewerPort: 0,
    body: { kind: 'none' },
  };
}
