/** What the kernel knows of a running Warmfront. Linux only, as the tests that ask. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';

/** The process that serves, not its launcher. */
export function serverPid({ data }: Pick<RunningWarmfront, 'data'>): number {
  return (JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as { pid: number }).pid;
}

/** The most memory it ever had resident, in octets. */
export function peakMemory(warmfront: Pick<RunningWarmfront, 'data'>): number {
  const status = readFileSync(`/proc/${serverPid(warmfront)}/status`, 'utf8');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error('the kernel does not tell the peak memory');
  return Number(kibibytes) * 1024;
}

/** Processes whose command line holds `text`: what a start that failed may have left behind. */
export function processesNaming(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(text) ? [line] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}
