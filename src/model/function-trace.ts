/**
 * One run of an edge function as people look at it: the event in, the result out and what differs, logs, cost, failures with their place.
 * Plain JSON values; part of explanations (explanation.ts), answered by GET /_warmfront/functions/runs, printed by `warmfront functions`.
 * How it is made: src/insight/functions; how an event is told in parts: function-parts.ts.
 */
import type { FunctionRuntime } from './edge-function.ts';
import type { JsonObject } from './json-object.ts';
import type { Bytes, Instant } from './units.ts';

export interface FunctionTrace {
  readonly name: string;
  readonly eventType: 'viewer-request' | 'viewer-response';
  /** As the function got it. */
  readonly event: JsonObject;
  readonly did: 'unchanged' | 'changed' | 'generated' | 'failed';
  /** `{ request }` or `{ response }` as TestFunction prints it; absent where the function failed. */
  readonly result?: JsonObject;
  /** What the result has otherwise than the event; all of it where the function made a response itself. */
  readonly changes: readonly FunctionChange[];
  readonly failure?: TracedFailure;
  readonly logs: readonly string[];
  /** What it read of its key value store; absent where it read nothing. No value: there was no such key. */
  readonly keyValues?: readonly { readonly key: string; readonly value?: string }[];
  /** From 0 to 100. */
  readonly computeUtilization: number;
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

/** A run for a viewer. */
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

export interface RecordedFunctionRuns {
  /** How many each worker keeps. */
  readonly mostPerWorker: number;
  /** The oldest first. */
  readonly runs: readonly RecordedFunctionRun[];
}

/** The same run with other code. */
export interface FunctionReplay {
  readonly recorded: RecordedFunctionRun;
  readonly replayed: FunctionTrace;
  /** Between what the two made: `before` is the recorded one. */
  readonly differences: readonly FunctionChange[];
}

/** Ours: so many runs are asked for at once. */
export const MOST_RUNS_ASKED = 1000;
/** Ours: of a line of source that is shown, at most so much. */
export const LONGEST_SOURCE_LINE: Bytes = 500;
