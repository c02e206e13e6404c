/**
 * Memory at rest, and what objects of 1 KB take: misses of distinct paths until so many are stored. It is PSS, what is shared divided by
 * its users; files that the kernel keeps in memory for a cache on disk are not in it.
 */
import type { Case } from '../cases.ts';
import { runWrk } from '../loads/wrk.ts';
import type { MeasureOptions } from './measure-cases.ts';

export interface MemoryResult {
  readonly server: string;
  /** Octets. */
  readonly atRest: number;
  readonly perHundredThousand: number;
}

const SLICE_SECONDS = 5;

/** What each server holds when nothing has been asked of it yet. */
export function memoryAtRest({ servers }: Pick<MeasureOptions, 'servers'>): ReadonlyMap<string, number> {
  return new Map(servers.map(({ name, running }) => [name, running.memory()]));
}

/** `atRest`: as memoryAtRest() found it. */
export async function measureMemory(
  miss: Case,
  objects: number,
  atRest: ReadonlyMap<string, number>,
  options: MeasureOptions,
): Promise<readonly MemoryResult[]> {
  const { servers, origin, loadCores, tell } = options;
  const results: MemoryResult[] = [];
  for (const { name, running, urls, host } of servers) {
    const held = running.memory();
    const before = await origin.asked();
    let stored = 0;
    while (stored < objects) {
      await runWrk({ case: miss, base: urls.h1 ?? '', host, seconds: SLICE_SECONDS, cores: loadCores });
      stored = (await origin.asked()) - before;
    }
    const perHundredThousand = ((running.memory() - held) / stored) * 100_000;
    const resting = atRest.get(name) ?? Number.NaN;
    results.push({ server: name, atRest: resting, perHundredThousand });
    tell(`memory: ${name} ${inMegabytes(resting)} at rest, ${inMegabytes(perHundredThousand)} per 100,000 objects (${stored})`);
  }
  return results;
}

export function inMegabytes(octets: number): string {
  return `${(octets / 1024 / 1024).toFixed(0)} MB`;
}
