/**
 * CPU time and rate for each case and server, in turns: every server once in each round, so that a noisy machine disturbs all alike; every
 * second round goes the other way round, so that nobody always comes first. A hit that reached the origin, or a miss that did not, ends
 * the bench.
 */
import type { Case } from '../cases.ts';
import { runLoad } from '../loads/run-load.ts';
import type { LoadResult } from '../loads/load.ts';
import type { BenchServer } from '../servers/server.ts';
import type { BenchOrigin } from '../start-origin.ts';
import { verify } from '../verify.ts';

export interface MeasureOptions {
  readonly servers: readonly BenchServer[];
  readonly origin: BenchOrigin;
  readonly seconds: number;
  readonly rounds: number;
  readonly loadCores: string;
  readonly tell: (line: string) => void;
}

export interface Round {
  readonly microsecondsPerRequest: number;
  readonly requestsPerSecond: number;
}

export interface CaseResult {
  readonly case: Case;
  readonly server: string;
  readonly rounds: readonly Round[];
}

/**
 * Until caches and just-in-time compilers have settled, the same for every server: so many requests, or so many seconds where they are
 * few. Warmfront's code is compiled for the last time after some 150,000; what it costs until then: docs/decisions/0008-own-lanes.md.
 */
export const WARM_UP_REQUESTS = 200_000;
export const WARM_UP_SECONDS = 12;
const WARM_UP_LOAD = 2;

export async function measureCases(cases: readonly Case[], options: MeasureOptions): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const it of cases) {
    const able = options.servers.filter(
      (server) => server.urls[it.protocol] !== undefined && server.lacks[it.name] === undefined,
    );
    const rounds = new Map<string, Round[]>(able.map(({ name }) => [name, []]));
    for (const server of able) {
      await verify(server, it);
      await warmUp(server, it, options);
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const server of round % 2 === 0 ? able : able.toReversed()) {
        const before = server.running.cpuSeconds();
        const { requests, requestsPerSecond } = await load(server, it, options.seconds, options);
        const used = server.running.cpuSeconds() - before;
        rounds.get(server.name)?.push({ microsecondsPerRequest: (used * 1e6) / requests, requestsPerSecond });
      }
    }
    for (const { name } of able) results.push({ case: it, server: name, rounds: rounds.get(name) ?? [] });
    options.tell(`${it.title}: ${able.map(({ name }) => `${name} ${median(rounds.get(name) ?? []).toFixed(1)}`).join(', ')} us`);
  }
  return results;
}

async function warmUp(server: BenchServer, it: Case, options: MeasureOptions): Promise<void> {
  let answered = 0;
  for (let seconds = 0; seconds < WARM_UP_SECONDS && answered < WARM_UP_REQUESTS; seconds += WARM_UP_LOAD) {
    answered += (await load(server, it, WARM_UP_LOAD, options)).requests;
  }
}

function median(rounds: readonly Round[]): number {
  return medianOf(rounds.map(({ microsecondsPerRequest }) => microsecondsPerRequest));
}

async function load(server: BenchServer, it: Case, seconds: number, { origin, loadCores }: MeasureOptions): Promise<LoadResult> {
  const before = await origin.asked();
  const { name, host, urls } = server;
  const result = await runLoad({ case: it, base: urls[it.protocol] ?? '', host, seconds, cores: loadCores }).catch(
    (cause: unknown) => {
      throw new Error(`${name}, ${it.title}: the load failed`, { cause });
    },
  );
  const asked = (await origin.asked()) - before;
  // Those under way when the time was over have reached the origin and are not counted by the load.
  const isRight = it.expected.origin === 'never' ? asked === 0 : asked >= result.requests;
  if (!isRight) throw new Error(`${name}, ${it.title}: ${result.requests} requests asked the origin ${asked} times`);
  return result;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
