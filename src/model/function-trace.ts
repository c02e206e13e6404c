/**
 * One run of an edge function as people look at it: the event in, the result out and what differs, logs, cost, failures with their place.
 * Plain JSON values; part of explanations (explanation.ts), answered by GET /_warmfront/functions/runs, printed by `warmfront functions`.
 * How it is made: src/insight/functions; how events are told in parts: function-parts.ts, lambda-parts.ts.
 */
import type { LambdaEventType } from '../tables/lambda-edge.ts';
import type { FunctionRuntime } from './edge-function.ts';
import type { JsonObject } from './json-object.ts';
import type { LambdaVersion } from './lambda-version.ts';
import type { Bytes, Duration, Instant } from './units.ts';

/** Of either kind of function. */
export interface TracedRun {
  readonly name: string;
  readonly eventType: LambdaEventType;
  /** As the function got it. */
  readonly event: JsonObject;
  readonly did: 'unchanged' | 'changed' | 'generated' | 'failed';
  /** `{ request }` or `{ response }`; absent where the function failed. */
  readonly result?: JsonObject;
  /** What the result has otherwise than the event; all of it where the function made a response itself. */
  readonly changes: readonly FunctionChange[];
  readonly failure?: TracedFailure;
  readonly logs: readonly string[];
}

/** Of a CloudFront function; the result is as TestFunction prints it. */
export interface FunctionTrace extends TracedRun {
  readonly eventType: 'viewer-request' | 'viewer-response';
  /** What it read of its key value store; absent where it read nothing. No value: there was no such key. */
  readonly keyValues?: readonly { readonly key: string; readonly value?: string }[];
  /** From 0 to 100. */
  readonly computeUtilization: number;
}

/** Of a function of Lambda@Edge; in the result is what it returned. */
export interface LambdaTrace extends TracedRun {
  readonly version: string;
  readonly duration: Duration;
  /** Where a process was started for it. */
  readonly initDuration?: Duration;
  readonly memory: Bytes;
  readonly peakMemory: Bytes;
  /** What of bodies and results is not kept, in sentences; absent where everything is. */
  readonly leftOut?: readonly string[];
}

/** `uri`, `querystring`, `header x-a`, `cookie a`, `origin`, `status`, `body`: what it was and is; absent where it was or is not there. */
export interface FunctionChange {
  readonly part: string;
  readonly before?: string;
  readonly after?: string;
}

export interface TracedFailure {
  /** As in X-Cache: `FunctionExecutionError`. */
  readonly result: string;
  readonly message: string;
  /** Where in the function's source, from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The text of that line. */
  readonly source?: string;
}

/** Which of the recorded runs: the last so many of those that match. */
export interface FunctionRunQuery {
  readonly requestId?: string | undefined;
  /** The function's. */
  readonly name?: string | undefined;
  readonly last: number;
}

/** A run of a CloudFront function for a viewer. */
export interface RecordedFunctionRun {
  readonly requestId: string;
  readonly at: Instant;
  /** Of the code that ran. */
  readonly etag: string;
  readonly runtime: FunctionRuntime;
  /** The id of the key value store that it may read. */
  readonly keyValueStore?: string;
  /** What `request.rawQueryString()` told it. */
  readonly rawQueryString?: string;
  readonly trace: FunctionTrace;
}

/** A run of a function of Lambda@Edge for a viewer. */
export interface RecordedLambdaRun {
  readonly requestId: string;
  readonly at: Instant;
  readonly lambda: LambdaVersion;
  /** Whether its event is kept whole, so that it can be replayed. */
  readonly isWhole: boolean;
  readonly trace: LambdaTrace;
}

export type RecordedRun = RecordedFunctionRun | RecordedLambdaRun;

export function isOfLambda(run: RecordedRun): run is RecordedLambdaRun {
  return 'lambda' in run;
}

const PHASES: readonly LambdaEventType[] = ['viewer-request', 'origin-request', 'origin-response', 'viewer-response'];

/** The oldest first; of one millisecond, as they come in a request's life. */
export function inOrder(one: RecordedRun, other: RecordedRun): number {
  return one.at - other.at || PHASES.indexOf(one.trace.eventType) - PHASES.indexOf(other.trace.eventType);
}

export function isOfCloudFront(run: RecordedRun): run is RecordedFunctionRun {
  return !isOfLambda(run);
}

export interface RecordedFunctionRuns {
  /** How many each worker keeps. */
  readonly mostPerWorker: number;
  /** The oldest first. */
  readonly runs: readonly RecordedRun[];
}

/** The same run with other code. */
export interface FunctionReplay<Recorded extends RecordedRun = RecordedRun> {
  readonly recorded: Recorded;
  readonly replayed: Recorded['trace'];
  /** Between what the two made: `before` is the recorded one. */
  readonly differences: readonly FunctionChange[];
}

/** Ours: so many runs are asked for at once. */
export const MOST_RUNS_ASKED = 1000;
/** Ours: of a line of source that is shown, at most so much. */
export const LONGEST_SOURCE_LINE: Bytes = 500;
