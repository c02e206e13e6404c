/**
 * How many processes of Lambda@Edge functions one worker may have: its share of what the machine has room for.
 */
import type { Settings } from '../tables/settings.ts';

const FOR_EACH_CORE = 8;
/** A function that hangs must not be all that runs. */
const LEAST = 2;

export function lambdaShare({ lambdaProcesses, workers }: Pick<Settings, 'lambdaProcesses' | 'workers'>): number {
  const cores = navigator.hardwareConcurrency;
  const all = lambdaProcesses ?? FOR_EACH_CORE * cores;
  return Math.max(LEAST, Math.floor(all / (workers ?? cores)));
}
