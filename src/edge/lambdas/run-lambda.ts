/**
 * One run of a Lambda@Edge function for a request: run, logged, and what it returned handed to whoever knows what that may be. How it runs:
 * functions/lambda-edge; what it sees and may return: core/lambda-edge; what follows: viewer-lambdas.ts, origin-lambdas.ts.
 */
import type { LambdaEvent } from '../../core/lambda-edge/lambda-event.ts';
import type { LambdaFault } from '../../core/lambda-edge/lambda-faults.ts';
import { keptEvent, keptResult, type SeenLambdaRun } from '../../core/lambda-edge/lambda-run.ts';
import type { LambdaError } from '../../core/outcome.ts';
import type { AssociatedLambda } from '../../model/compile-cache-behavior.ts';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { edgeNameOf, type LambdaVersion } from '../../model/lambda-version.ts';
import type { Instant } from '../../model/units.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { LAMBDA_EVENT_LIMITS } from '../../tables/lambda-edge.ts';
import type { LambdaEnding, LambdaRun } from '../lambda-ports.ts';
import type { EdgePorts } from '../ports.ts';

/** A function that did not do what it is for. */
export interface LambdaFailure {
  readonly kind: 'lambda-failure';
  readonly status: 502 | 503;
  readonly detail: LambdaError;
  /** CloudFront's, for the viewer. */
  readonly sentence: string;
  /** For the function's author; undefined where its own log says it. */
  readonly wrong: string | undefined;
}

/** What follows from an object that a function returned. */
export type Conclude<Concluded> = (returned: JsonObject) => Concluded | Invalid;
interface Invalid {
  readonly kind: 'invalid';
  readonly fault: LambdaFault;
}

export type RunLambda = <Concluded extends { readonly kind: string }>(
  lambda: Pick<AssociatedLambda, 'arn' | 'code'>,
  event: LambdaEvent,
  conclude: Conclude<Concluded>,
) => Promise<Exclude<Concluded, Invalid> | LambdaFailure>;

/** `record`: where runs are kept for whoever looks at them; absent where none are. */
export type LambdaRunPorts = Pick<EdgePorts, 'clock' | 'lambdas' | 'functionLog'> & {
  readonly record?: ((run: SeenLambdaRun) => void) | undefined;
};

export function createRunLambda({ clock, lambdas, functionLog, record }: LambdaRunPorts): RunLambda {
  return async function runLambda({ arn, code }, event, conclude) {
    if (code === undefined) return couldNotRun(`the function ${arn} is not there`);
    const { eventType } = event.Records[0].cf.config;
    const at = clock.now();
    const run = await lambdas.run(code, event, LAMBDA_EVENT_LIMITS[eventType].time);
    const concluded = concludeEnding(run.ending, conclude);
    const failure = isFailure(concluded) ? concluded : undefined;
    log(code, event, run, failure?.wrong);
    record?.(seenRun(code, event, at, run, failure));
    return concluded;
  };

  function log(
    { name, version, memory }: LambdaVersion,
    event: LambdaEvent,
    { lines, duration, initDuration, peakMemory }: LambdaRun,
    wrong: string | undefined,
  ): void {
    const { distributionId, eventType, requestId } = event.Records[0].cf.config;
    functionLog.write({
      name: edgeNameOf(name),
      requestId,
      distributionId,
      at: clock.now(),
      lines: wrong === undefined ? lines : [...lines, wrong],
      lambda: { version, eventType, memory, duration, initDuration, peakMemory },
    });
  }
}

function seenRun(
  version: LambdaVersion,
  event: LambdaEvent,
  at: Instant,
  { ending, lines, duration, initDuration, peakMemory }: LambdaRun,
  failure: LambdaFailure | undefined,
): SeenLambdaRun {
  const { eventType, requestId } = event.Records[0].cf.config;
  const result =
    failure === undefined && ending.kind === 'returned' && isObject(ending.result) ? keptResult(ending.result) : undefined;
  return {
    version,
    eventType,
    requestId,
    at,
    event: keptEvent(event),
    result,
    failure,
    lines,
    duration,
    initDuration,
    peakMemory,
  };
}

export function isFailure(concluded: { readonly kind: string }): concluded is LambdaFailure {
  return concluded.kind === 'lambda-failure';
}

function concludeEnding<Concluded extends { readonly kind: string }>(
  ending: LambdaEnding,
  conclude: Conclude<Concluded>,
): Exclude<Concluded, Invalid> | LambdaFailure {
  switch (ending.kind) {
    case 'failed':
      return couldNotRun(ending.message);
    case 'throttled':
      return {
        kind: 'lambda-failure',
        status: 503,
        detail: 'LambdaLimitExceeded',
        sentence: ERROR_CAUSES.lambdaThrottled,
        wrong: 'more runs of it are asked for than may be under way at once',
      };
    case 'returned': {
      const { result } = ending;
      if (!isObject(result))
        return invalid({ kind: 'lambdaJson', message: `the function returned ${result === null ? 'null' : 'no object'}` });
      const concluded = conclude(result);
      return isInvalid(concluded) ? invalid(concluded.fault) : (concluded as Exclude<Concluded, Invalid>);
    }
  }
}

function isInvalid(concluded: { readonly kind: string }): concluded is Invalid {
  return concluded.kind === 'invalid';
}

function couldNotRun(wrong: string): LambdaFailure {
  return { kind: 'lambda-failure', status: 503, detail: 'LambdaExecutionError', sentence: ERROR_CAUSES.lambdaFailed, wrong };
}

function invalid({ kind, message }: LambdaFault): LambdaFailure {
  const wrong = `ERROR Validation error: ${message}`;
  return { kind: 'lambda-failure', status: 502, detail: 'LambdaValidationError', sentence: ERROR_CAUSES[kind], wrong };
}
