/**
 * The FunctionLog as files, one for each function, in the form that CloudWatch shows: START, what was logged, END. Facts: aws-api B8.
 *
 *   functions/<name>.log             2026-11-28T12:00:00.000Z <request id> START DistributionID: E...
 *   lambda/us-east-1.<name>.log      the same, with the version, and a REPORT of what the run took
 */
import { join } from 'node:path';
import type { FunctionLog, FunctionLogEntry, LambdaLogDetails } from '../../edge/function-log.ts';
import { MIB } from '../../model/units.ts';
import { openNamedLogFiles, type NamedLogFiles, type NamedLogFilesOptions } from './named-log-files.ts';

/** `folder`: `<data>/logs`. */
export type FunctionLogOptions = Omit<NamedLogFilesOptions, 'what'>;

export interface FunctionLogFiles extends FunctionLog, Pick<NamedLogFiles, 'flush'> {}

export function openFunctionLog(options: FunctionLogOptions): FunctionLogFiles {
  const open = (name: string): NamedLogFiles =>
    openNamedLogFiles({ ...options, folder: join(options.folder, name), what: 'what functions log' });
  const [functions, lambdas] = [open('functions'), open('lambda')];
  return {
    write(entry) {
      (entry.lambda === undefined ? functions : lambdas).append(entry.name, textOf(entry));
    },
    async flush() {
      await Promise.all([functions.flush(), lambdas.flush()]);
    },
  };
}

function textOf({ requestId, distributionId, at, lines, lambda }: FunctionLogEntry): string {
  const begin = `${new Date(at).toISOString()} ${requestId}`;
  const start = lambda === undefined ? '' : `Version: ${lambda.version} EventType: ${lambda.eventType} `;
  const end = lambda === undefined ? [] : [reportOf(lambda)];
  const told = [`START ${start}DistributionID: ${distributionId}`, ...lines, 'END', ...end];
  return told.map((line) => `${begin} ${line.replaceAll(/\r\n|[\r\n]/g, '\\n')}\n`).join('');
}

/** As Lambda writes it. */
function reportOf({ duration, initDuration, memory, peakMemory }: LambdaLogDetails): string {
  const init = initDuration === undefined ? '' : ` Init Duration: ${initDuration.toFixed(2)} ms`;
  const used = `Memory Size: ${memory / MIB} MB Max Memory Used: ${Math.ceil(peakMemory / MIB)} MB`;
  return `REPORT Duration: ${duration.toFixed(2)} ms Billed Duration: ${Math.ceil(duration)} ms ${used}${init}`;
}
