/**
 * One worker and two: does the second one bring another core's worth, and what does a request cost then? With four cores, load has two of its
 * own; with fewer, servers and load share what there is, and only the CPU time for each request is comparable.
 */
import { cpus } from 'node:os';
import type { Case } from '../cases.ts';
import type { BenchServer } from '../servers/server.ts';
import { measureCases, medianOf, type MeasureOptions } from './measure-cases.ts';

export interface WorkersResult {
  readonly server: string;
  readonly workers: number;
  readonly microsecondsPerRequest: number;
  readonly requestsPerSecond: number;
}

export interface WorkersOptions extends Omit<MeasureOptions, 'servers' | 'loadCores'> {
  /** Starts the servers that can have several workers, with so many; the caller's to stop. */
  readonly start: (workers: number, cores: string) => Promise<readonly BenchServer[]>;
}

export const HAS_OWN_CORES = cpus().length >= 4;
const SERVER_CORES = '0,1';
const LOAD_CORES = HAS_OWN_CORES ? '2,3' : '0,1';

export async function measureWorkers(hit: Case, options: WorkersOptions): Promise<readonly WorkersResult[]> {
  const results: WorkersResult[] = [];
  for (const workers of [1, 2]) {
    const servers = await options.start(workers, SERVER_CORES);
    try {
      const measured = await measureCases([hit], { ...options, servers, loadCores: LOAD_CORES });
      for (const { server, rounds } of measured) {
        const microsecondsPerRequest = medianOf(rounds.map((round) => round.microsecondsPerRequest));
        const requestsPerSecond = medianOf(rounds.map((round) => round.requestsPerSecond));
        results.push({ server, workers, microsecondsPerRequest, requestsPerSecond });
      }
    } finally {
      await Promise.all(servers.map(({ running }) => running.stop()));
    }
  }
  return results;
}
