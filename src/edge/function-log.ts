/**
 * Where runs of customers' functions are logged, whichever kind they are of. Implemented in adapters/log.
 */
import type { Bytes, Instant } from '../model/units.ts';
import type { LambdaEventType } from '../tables/lambda-edge.ts';
import type { LambdaRun } from './lambda-ports.ts';

/** Takes what functions log; never blocks and never throws. */
export interface FunctionLog {
  write(entry: FunctionLogEntry): void;
}

export interface FunctionLogEntry {
  readonly name: string;
  readonly requestId: string;
  readonly distributionId: string;
  readonly at: Instant;
  readonly lines: readonly string[];
  /** Of a Lambda@Edge function; its name is then that of its log group, with the region. */
  readonly lambda?: LambdaLogDetails;
}

/** What a log says of a Lambda@Edge function's run. */
export interface LambdaLogDetails extends Pick<LambdaRun, 'duration' | 'initDuration' | 'peakMemory'> {
  readonly version: string;
  readonly eventType: LambdaEventType;
  readonly memory: Bytes;
}
