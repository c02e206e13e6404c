/**
 * Starts the origin and asks it how often it was asked: a hit that reaches the origin is none, a miss that does not is none either.
 */
import { join } from 'node:path';
import { bunCommand } from './processes.ts';

export interface BenchOrigin {
  readonly port: number;
  /** Bodies that it was asked for since the start. */
  asked(): Promise<number>;
  stop(): Promise<void>;
}

export async function startOrigin(core: number): Promise<BenchOrigin> {
  const command = ['taskset', '-c', String(core), ...bunCommand(), join(import.meta.dir, 'origin.ts')];
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' });
  const { value } = await child.stdout.getReader().read();
  const port = Number(new TextDecoder().decode(value));
  if (!(port > 0)) throw new Error('the origin did not start');
  return {
    port,
    asked: async () => Number(await (await fetch(`http://127.0.0.1:${port}/asked`)).text()),
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
