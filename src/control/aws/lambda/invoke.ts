/**
 * Invoke: a function run for its author, in a process like those at the edge, with whatever event is given. Lambda API reference, Invoke.
 * Viewers never come here: functions run for them at the edges.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import type { LambdaVersion } from '../../../model/lambda-version.ts';
import type { Duration } from '../../../model/units.ts';
import { MIB } from '../../../model/units.ts';
import { LAMBDA_QUOTAS } from '../../../tables/lambda-edge.ts';
import { ApiError, type CallContext, type Handlers } from '../wire/types.ts';
import { nameOf, versionOf, type LambdaRegistry } from './lambda-registry.ts';

/** Runs functions for their authors. */
export interface LambdaBench {
  run(version: LambdaVersion, event: unknown, limit: Duration): Promise<BenchRun>;
}

export interface BenchRun {
  readonly ending:
    | { readonly kind: 'returned'; readonly result: unknown }
    | { readonly kind: 'failed'; readonly message: string }
    | { readonly kind: 'throttled' };
  readonly lines: readonly string[];
  readonly duration: Duration;
  readonly peakMemory: number;
}

/** Lambda: the end of the log that a caller may ask for. */
const LOG_TAIL = 4096;

export function invokeHandlers(registry: LambdaRegistry, bench: LambdaBench) {
  return {
    async Invoke({ FunctionName, Qualifier, InvocationType = 'RequestResponse', LogType, Payload }, call) {
      const { stored, release, version } = registry.find(FunctionName, Qualifier, call);
      // The SDK's type of what a client may send; a server gets octets.
      const event = eventOf(Payload as Uint8Array | undefined);
      if (InvocationType === 'DryRun') return { StatusCode: 204 };
      const tested = versionOf(release, registry.arnOf(stored, version), nameOf(stored.name), version);
      const running = bench.run(tested, event, LAMBDA_QUOTAS.timeout.most);
      if (InvocationType === 'Event') {
        // Lambda: whoever asks for this does not hear what comes of it.
        running.catch(() => undefined);
        return { StatusCode: 202 };
      }
      const run = await running;
      if (run.ending.kind === 'throttled')
        throw new ApiError('TooManyRequestsException', 'Rate Exceeded.', 429, {
          Type: 'User',
          Reason: 'CallerRateLimitExceeded',
        });
      const isFailure = run.ending.kind === 'failed';
      return {
        StatusCode: 200,
        ExecutedVersion: version,
        Payload: payloadOf(run.ending),
        ...(isFailure && { FunctionError: 'Unhandled' }),
        ...(LogType === 'Tail' && { LogResult: logTail(tested, run, call) }),
      };
    },
  } satisfies Handlers<typeof Sdk>;
}

function eventOf(payload: Uint8Array | undefined): unknown {
  if (payload === undefined || payload.byteLength === 0) return {};
  if (payload.byteLength > LAMBDA_QUOTAS.payloadLength)
    throw new ApiError(
      'RequestTooLargeException',
      `The payload has ${payload.byteLength} bytes, and may have ${LAMBDA_QUOTAS.payloadLength}.`,
      413,
    );
  try {
    return JSON.parse(Buffer.from(payload).toString()) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not readable';
    throw new ApiError('InvalidRequestContentException', `Could not parse request body into json: ${why}`, 400, { Type: 'User' });
  }
}

/** The SDK's type of what a client receives; a server sends octets. */
function payloadOf(ending: Exclude<BenchRun['ending'], { kind: 'throttled' }>): NonNullable<Sdk.InvokeCommandOutput['Payload']> {
  const text = JSON.stringify(ending.kind === 'returned' ? (ending.result ?? null) : errorOf(ending.message));
  return Uint8Array.from(Buffer.from(text)) as NonNullable<Sdk.InvokeCommandOutput['Payload']>;
}

/** `errorType: errorMessage`, or the message alone. */
function errorOf(message: string): { readonly errorType?: string; readonly errorMessage: string } {
  const [, errorType, errorMessage] = /^([A-Za-z_][\w.]*): ([\s\S]*)$/.exec(message) ?? [];
  return errorType === undefined ? { errorMessage: message } : { errorType, errorMessage: errorMessage ?? '' };
}

function logTail(
  { version, memory }: LambdaVersion,
  { lines, duration, peakMemory }: BenchRun,
  { requestId }: CallContext,
): string {
  const text = [
    `START RequestId: ${requestId} Version: ${version}`,
    ...lines,
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\tDuration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms\tMemory Size: ${memory / MIB} MB\tMax Memory Used: ${Math.ceil(peakMemory / MIB)} MB`,
    '',
  ].join('\n');
  return Buffer.from(text).subarray(-LOG_TAIL).toString('base64');
}
