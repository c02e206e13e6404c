/**
 * How many runs of edge functions a worker keeps for those who look at them. Ours: what viewers send to functions are cookies and
 * credentials, and whoever has an account on this machine may ask for it: with --production nothing is kept unless the operator says so.
 */
import type { Settings } from '../tables/settings.ts';

const WHILE_DEVELOPING = 1000;

export function recordedFunctionRuns({ recordFunctions, production }: Settings): number {
  return recordFunctions ?? (production ? 0 : WHILE_DEVELOPING);
}
