/**
 * The FunctionLog as files, one for each function, in the form that CloudWatch shows: START, what was logged, END. Facts: aws-api B8.
 *
 *   2026-11-28T12:00:00.000Z <request id> START DistributionID: E...
 */
import type { FunctionLog } from '../../edge/ports.ts';
import { openNamedLogFiles, type NamedLogFiles, type NamedLogFilesOptions } from './named-log-files.ts';

/** `folder`: `<data>/logs/functions`. */
export type FunctionLogOptions = Omit<NamedLogFilesOptions, 'what'>;

export interface FunctionLogFiles extends FunctionLog, Pick<NamedLogFiles, 'flush'> {}

export function openFunctionLog(options: FunctionLogOptions): FunctionLogFiles {
  const files = openNamedLogFiles({ ...options, what: 'what functions log' });
  return {
    write({ name, requestId, distributionId, at, lines }) {
      const begin = `${new Date(at).toISOString()} ${requestId}`;
      const told = lines.map((line) => `${begin} ${line.replaceAll(/\r\n|[\r\n]/g, '\\n')}\n`).join('');
      files.append(name, `${begin} START DistributionID: ${distributionId}\n${told}${begin} END\n`);
    },
    flush: files.flush,
  };
}
