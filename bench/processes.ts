/**
 * Processes of a bench: started pinned to one core, asked for the CPU time they have used, stopped for certain at the end.
 * CPU time is read from /proc, for the process and everything it started; wall time on a shared machine means little.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** CPU seconds used so far by the process and its descendants. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = Number(Bun.spawnSync(['getconf', 'CLK_TCK']).stdout.toString());

/** Starts `command` on core `core` and waits until `isReady`. Throws with the output's end when it does not get ready. */
export async function startPinned(
  name: string,
  core: number,
  command: readonly string[],
  isReady: () => Promise<boolean>,
): Promise<Running> {
  const child = Bun.spawn(['taskset', '-c', String(core), ...command], { stdout: 'ignore', stderr: 'pipe' });
  let exited = false;
  void child.exited.then(() => (exited = true));
  const deadline = performance.now() + 15_000;
  while (!(await isReady())) {
    if (exited || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start: ${(await new Response(child.stderr).text()).slice(-2000)}`);
    }
    await Bun.sleep(50);
  }
  return {
    name,
    pid: child.pid,
    cpuSeconds: () => descendants(child.pid).reduce((sum, pid) => sum + cpuOf(pid), 0),
    async stop() {
      const family = descendants(child.pid);
      child.kill('SIGTERM');
      await Promise.race([child.exited, Bun.sleep(5000)]);
      for (const pid of family) killQuietly(pid);
    },
  };
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself, as it should.
  }
}

function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function descendants(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      parents.set(Number(entry), Number(fields[1]));
    } catch {
      // A process that ended while the list was read.
    }
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
