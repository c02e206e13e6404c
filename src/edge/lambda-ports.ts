/**
 * What the data plane needs of whoever runs Lambda@Edge functions. Its own implementation:
 * functions/lambda-edge.
 */
import type { LambdaEvent } from '../core/lambda-edge/lambda-event.ts';
import type { LambdaVersion } from '../model/lambda-version.ts';
import type { Bytes, Duration } from '../model/units.ts';

/** Runs Lambda@Edge functions. Whatever they do, a run ends within its limit and never throws. */
export interface EdgeLambdas {
  /** Finds out how these can be run; resolves when it is known. Never rejects. */
  load(versions: readonly LambdaVersion[]): void | Promise<void>;
  /** Lets go of all others. */
  retain(versions: readonly LambdaVersion[]): void;
  /** Within `limit` and what the version says. Never rejects. */
  run(version: LambdaVersion, event: LambdaEvent, limit: Duration): Promise<LambdaRun>;
}

export interface LambdaRun {
  readonly ending: LambdaEnding;
  /** What it wrote meanwhile. */
  readonly lines: readonly string[];
  readonly duration: Duration;
  /** Where a process was started for it: how long that took. */
  readonly initDuration: Duration | undefined;
  /** Of its process, so far; 0 where nobody has looked. */
  readonly peakMemory: Bytes;
}

export type LambdaEnding =
  | { readonly kind: 'returned'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly message: string }
  /** More are asked for than may run at once. */
  | { readonly kind: 'throttled' };
