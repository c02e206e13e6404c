/**
 * What the commands for functions need of the runtime that the edge uses. Handed in by main.ts, which reads it only when it is wanted.
 */
import type { FunctionRuntime } from '../../model/edge-function.ts';
import type { FunctionTrace, LambdaTrace, RecordedFunctionRun, RecordedLambdaRun } from '../../model/function-trace.ts';
import type { JsonObject } from '../../model/json-object.ts';
import type { KeyValuePair } from '../../model/key-value-store.ts';
import type { ExplainedQuestion } from '../control-client.ts';

export interface TestedFunction {
  readonly name: string;
  readonly runtime: FunctionRuntime;
  readonly code: string;
  /** The key value store that it is associated with. */
  readonly keyValues?: { readonly storeId: string; readonly pairs: readonly KeyValuePair[] } | undefined;
}

/** JSON, and where it comes from, for messages. */
export interface EventText {
  readonly text: string;
  readonly from: string;
}

export interface FunctionResult {
  /** JSON; '' when it failed. */
  readonly output: string;
  readonly error: string;
  readonly logs: readonly string[];
  readonly computeUtilization: number;
  readonly warnings: readonly string[];
}

export interface FunctionBench {
  /** As TestFunction. Rejects with UsageError where the event is none. */
  test(tested: TestedFunction, event: EventText): Promise<FunctionResult>;
  /** The event object of a request. Throws UsageError where it is none. */
  template(eventType: 'viewer-request' | 'viewer-response', question: ExplainedQuestion): JsonObject;
  /** With the events of what was recorded; a trace for each. */
  replay(tested: TestedFunction, runs: readonly RecordedFunctionRun[]): Promise<readonly FunctionTrace[]>;
  /** A function of Lambda@Edge; `handler` where it is not what it is usually called. Rejects with UsageError. */
  runLambda(path: string, event: EventText, handler: string | undefined): Promise<LambdaTrace>;
  /** The same with what was recorded; `path` is a file in the handler's place, a folder or a zip package. Rejects with UsageError. */
  replayLambda(path: string, runs: readonly RecordedLambdaRun[]): Promise<readonly LambdaTrace[]>;
}
