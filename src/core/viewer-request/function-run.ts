/**
 * One run of an edge function: how it ended, and what followed from that. What it got: function-event.ts; what of its answer is valid:
 * apply-function-request.ts and core/viewer-response/apply-function-response.ts. How it runs: functions/.
 */
import type { EdgeFunction } from '../../model/edge-function.ts';
import type { Bytes } from '../../model/units.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { ChangedResponse } from '../viewer-response/apply-function-response.ts';
import type { ChangedRequest } from './apply-function-request.ts';
import type { FunctionEvent } from './function-event.ts';

export interface FunctionRun {
  readonly ending: FunctionEnding;
  readonly logs: readonly string[];
  /** From 0 to 100: how much of the limit of time it took. */
  readonly computeUtilization: number;
  /** Of what it answered, as text. */
  readonly answerSize: Bytes;
  /** What it read of its key value store; undefined where it read nothing. */
  readonly keyValues?: KeyValueReads | undefined;
}

/** Undefined: there was no such key. */
export type KeyValueReads = ReadonlyMap<string, string | undefined>;

export type FunctionEnding =
  | { readonly kind: 'request'; readonly changed: ChangedRequest }
  | { readonly kind: 'response'; readonly changed: ChangedResponse }
  /** What was returned is no object. */
  | { readonly kind: 'nothing'; readonly returned: string }
  | { readonly kind: 'failed'; readonly reason: 'source' | 'threw' | 'time' | 'memory' | 'broken'; readonly message: string }
  /** It has used up too much lately, and was not run. */
  | { readonly kind: 'throttled' };

/** Why a viewer gets an error instead of what the function made. */
export interface FunctionFailure {
  /** `FunctionExecutionError`. */
  readonly result: ErrorDetail;
  /** Undefined where nothing is wrong with the function: it was not run. */
  readonly wrong: string | undefined;
}

/** A run as whoever looks at it afterwards sees it. */
export interface SeenFunctionRun {
  readonly code: EdgeFunction;
  readonly event: FunctionEvent;
  readonly run: FunctionRun;
  readonly failure: FunctionFailure | undefined;
}

/** In one word, as explanations say it. */
export function whatItDid({ event, run, failure }: SeenFunctionRun): 'unchanged' | 'changed' | 'generated' | 'failed' {
  const { ending } = run;
  if (failure !== undefined || (ending.kind !== 'request' && ending.kind !== 'response')) return 'failed';
  if (ending.kind === 'response' && event.eventType === 'viewer-request') return 'generated';
  return Object.keys(ending.changed).length === 0 ? 'unchanged' : 'changed';
}
