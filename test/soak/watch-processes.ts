/**
 * What the kernel knows of a program and the processes it has started: memory and descriptors, sampled while a soak runs. Linux only.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const SAMPLE = 500;

export interface ProcessWatch {
  /** Open descriptors of all of them, now. */
  descriptors(): number;
  /** What they are open on, with digits left out, and how often: `socket: 12, /tmp/x/cache/N/segments/N: 8`. */
  openOn(): string;
  /** Ends the sampling; resident octets of all of them, from the first sample to the last. */
  stop(): readonly number[];
  summary(): string;
}

export function watchProcesses(root: number): ProcessWatch {
  const memory: number[] = [];
  const counted: number[] = [];
  const family = (): readonly number[] => [root, ...childrenOf(root)];
  const descriptors = (): number => family().reduce((sum, pid) => sum + descriptorsOf(pid), 0);
  const timer = setInterval(() => {
    memory.push(family().reduce((sum, pid) => sum + residentOf(pid), 0));
    counted.push(descriptors());
  }, SAMPLE);
  return {
    openOn() {
      const counts = new Map<string, number>();
      for (const target of family().flatMap(openOn)) counts.set(target, (counts.get(target) ?? 0) + 1);
      return [...counts].map(([target, count]) => `${target}: ${count}`).join(', ');
    },
    descriptors,
    stop() {
      clearInterval(timer);
      return memory;
    },
    summary() {
      const mib = (octets: number | undefined): number => Math.round((octets ?? 0) / 1024 / 1024);
      return `memory ${mib(memory[0])} MiB at first, ${mib(Math.max(...memory))} at most, ${mib(memory.at(-1))} at last; descriptors at most ${Math.max(...counted)}`;
    },
  };
}

/** Processes that `root` has started, in any generation. */
export function childrenOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? /\) \S (\d+) /.exec(read(`/proc/${name}/stat`))?.[1] : undefined;
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = [root];
  for (const one of family) for (const [pid, parent] of parents) if (parent === one) family.push(pid);
  return family.slice(1);
}

function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

function openOn(pid: number): readonly string[] {
  const targets: string[] = [];
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      targets.push(
        readlinkSync(`/proc/${pid}/fd/${name}`)
          .replace(/:?\[\d+\]/, '')
          .replace(/[0-9a-f]{16,}|\d+/g, 'N'),
      );
    }
  } catch {
    // It has ended meanwhile, or has closed what it had open.
  }
  return targets;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
