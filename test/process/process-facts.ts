/** What the kernel knows of a running Warmfront. Linux only, as the tests that ask. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';

/** The supervisor, not its launcher. */
export function serverPid({ data }: Pick<RunningWarmfront, 'data'>): number {
  return (JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as { pid: number }).pid;
}

/** The processes that serve viewers. */
export function workerPids(warmfront: Pick<RunningWarmfront, 'data'>): readonly number[] {
  const parent = serverPid(warmfront);
  return processes().filter((pid) => Number(statusOf(pid, 'PPid')) === parent);
}

/** The most memory that supervisor and workers ever had resident, all together, in octets. */
export function peakMemory(warmfront: Pick<RunningWarmfront, 'data'>): number {
  return memoryOf(warmfront, 'VmHWM');
}

/** What they have now. */
export function residentMemory(warmfront: Pick<RunningWarmfront, 'data'>): number {
  return memoryOf(warmfront, 'VmRSS');
}

function memoryOf(warmfront: Pick<RunningWarmfront, 'data'>, name: string): number {
  const all = [serverPid(warmfront), ...workerPids(warmfront)].map((pid) => Number.parseInt(statusOf(pid, name) ?? '', 10));
  if (all.some(Number.isNaN)) throw new Error('the kernel does not tell the memory');
  return all.reduce((sum, kibibytes) => sum + kibibytes, 0) * 1024;
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Undefined when the process has ended while we looked. */
function statusOf(pid: number, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Processes of ours that know `text` from their command line or their supervisor: what a start that failed may have left behind. */
export function processesNaming(text: string): readonly string[] {
  return processes().flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const supervisor = /^WARMFRONT_SUPERVISOR_SOCKET=.*$/m.exec(
        readFileSync(`/proc/${pid}/environ`, 'utf8').replaceAll('\0', '\n'),
      );
      return line.includes(text) || supervisor?.[0].includes(text) === true ? [line] : [];
    } catch {
      // It ended while we looked, or is somebody else's.
      return [];
    }
  });
}
