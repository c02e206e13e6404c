/**
 * Processes of a bench: started pinned to cores, asked for the CPU time and memory they use, stopped for certain at the end. Read from
 * /proc, for the process and everything it started; wall time on a shared machine means little.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Running {
  readonly name: string;
  /** CPU seconds used so far by the process and its descendants. */
  cpuSeconds(): number;
  /** Octets, what is shared divided among those who share it (PSS). */
  memory(): number;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** For taskset: `0`, `0,1`. */
  readonly cores: string;
  readonly command: readonly string[];
  readonly isReady: () => Promise<boolean>;
}

const TICKS_PER_SECOND = Number(Bun.spawnSync(['getconf', 'CLK_TCK']).stdout.toString());
const PATIENCE = 30_000;

/** Waits until it is ready. Throws with the end of its output when it does not get so. */
export async function startPinned(name: string, { cores, command, isReady }: StartOptions): Promise<Running> {
  const child = Bun.spawn(['taskset', '-c', cores, ...command], { stdout: 'ignore', stderr: 'pipe' });
  let exited = false;
  void child.exited.then(() => (exited = true));
  const deadline = performance.now() + PATIENCE;
  while (!(await isReady())) {
    if (exited || performance.now() > deadline) {
      for (const pid of descendants(child.pid)) killQuietly(pid);
      throw new Error(`${name} did not start: ${(await new Response(child.stderr).text()).slice(-2000)}`);
    }
    await Bun.sleep(50);
  }
  const family = (): readonly number[] => descendants(child.pid);
  return {
    name,
    cpuSeconds: () => family().reduce((sum, pid) => sum + cpuOf(pid), 0),
    memory: () => family().reduce((sum, pid) => sum + memoryOf(pid), 0),
    async stop() {
      const all = family();
      child.kill('SIGTERM');
      await Promise.race([child.exited, Bun.sleep(5000)]);
      for (const pid of all) killQuietly(pid);
    },
  };
}

/** The Bun that runs the bench, unswayed by the directory it is started from. */
export function bunCommand(): readonly string[] {
  return [process.execPath, '--no-env-file', '--no-install'];
}

/** Runs to the end; standard output and error together. Throws when that takes longer than `patience` seconds. */
export async function output(command: readonly string[], patience: number): Promise<string> {
  const child = Bun.spawn([...command], { stdout: 'pipe', stderr: 'pipe' });
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, patience * 1000);
  const [said, complained] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  clearTimeout(late);
  if (isLate) throw new Error(`${command.join(' ')}: not done after ${patience} seconds\n${said}${complained}`);
  return `${said}${complained}`;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself, as it should.
  }
}

function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

function memoryOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** proc(5): what follows the name, which may hold anything. Nothing of a process that has ended. */
function statOf(pid: number | string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

function descendants(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry)) parents.set(Number(entry), Number(statOf(entry)[1]));
  }
  const family = [root];
  for (let i = 0; i < family.length; i += 1) {
    for (const [pid, parent] of parents) if (parent === family[i]) family.push(pid);
  }
  return family;
}

/** Does anything answer there, whatever the status? */
export async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}
