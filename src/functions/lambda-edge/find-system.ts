/**
 * What this machine has to run functions with: how far they can be kept apart, and which interpreters they can use there. Found out by trying.
 */
import { PROGRAM_PATH } from './environment.ts';
import { findInterpreters, type Interpreters } from './interpreters.ts';
import { findIsolation, type Isolation, type ProcessPlace } from './isolation.ts';

export interface System {
  readonly isolation: Isolation;
  readonly interpreters: Interpreters;
}

/** By network: found out once for each process of ours, since a machine stays what it is. */
const systems = new Map<ProcessPlace['network'], Promise<System>>();

export function systemFor(place: ProcessPlace): Promise<System> {
  const known = systems.get(place.network);
  if (known !== undefined) return known;
  const finding = findSystem(place);
  systems.set(place.network, finding);
  finding.catch(() => systems.delete(place.network));
  return finding;
}

async function findSystem(place: ProcessPlace): Promise<System> {
  const isolation = await findIsolation({ isRoot: process.getuid?.() === 0, succeeds }, place);
  const interpreters = await findInterpreters(process.env['PATH'] ?? PROGRAM_PATH, (found) =>
    succeeds(isolation.command({ ...place, programs: found.installation }, [found.program, '--version'])),
  );
  return { isolation, interpreters };
}

async function succeeds(command: readonly string[]): Promise<boolean> {
  try {
    const child = Bun.spawn([...command], { env: { PATH: PROGRAM_PATH }, stdio: ['ignore', 'ignore', 'ignore'] });
    return (await child.exited) === 0;
  } catch {
    // There is no such program.
    return false;
  }
}
