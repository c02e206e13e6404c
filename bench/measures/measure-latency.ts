/**
 * How long answers take when nobody is at their limit: every server gets the same steady rate, half of what the slowest of them managed at
 * most in a short run before.
 */
import type { Case } from '../cases.ts';
import { runPaced, type Latencies } from '../loads/h2load.ts';
import { runLoad } from '../loads/run-load.ts';
import { verify } from '../verify.ts';
import { medianOf, type MeasureOptions } from './measure-cases.ts';

export interface LatencyResult extends Latencies {
  readonly title: string;
  readonly server: string;
  readonly requestsPerSecond: number;
}

export async function measureLatency(cases: readonly Case[], options: MeasureOptions): Promise<readonly LatencyResult[]> {
  const { servers, seconds, rounds, loadCores, tell } = options;
  const results: LatencyResult[] = [];
  for (const it of cases) {
    const able = servers.filter(({ urls }) => urls[it.protocol] !== undefined);
    const orderFor = (server: (typeof able)[number]) =>
      ({ case: it, base: server.urls[it.protocol] ?? '', host: server.host, seconds, cores: loadCores }) as const;
    const most: number[] = [];
    for (const server of able) {
      await verify(server, it);
      most.push((await runLoad(orderFor(server))).requestsPerSecond);
    }
    const rate = Math.floor(Math.min(...most) / 2);
    const taken = new Map<string, Latencies[]>(able.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const server of able) taken.get(server.name)?.push(await runPaced(orderFor(server), rate));
    }
    for (const { name } of able) {
      const all = taken.get(name) ?? [];
      const middle = (of: (one: Latencies) => number): number => medianOf(all.map(of));
      const [requests, p50, p99] = [middle((one) => one.requests), middle((one) => one.p50), middle((one) => one.p99)];
      results.push({ title: it.title, server: name, requestsPerSecond: rate, requests, p50, p99 });
      tell(`${it.title} at ${rate}/s: ${name} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
    }
  }
  return results;
}
