/**
 * A Warmfront as a user starts it, for client tests: the launcher, free ports, a data directory of its own, and `warmfront env`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const LAUNCHER = resolve(import.meta.dir, '../../bin/warmfront');

export interface RunningWarmfront {
  readonly data: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly apiUrl: string;
  /** Everything `up` has printed. */
  output(): string;
  /** Resolves once `isThere` says so of the output; throws with the output when Warmfront ends before. */
  printed(isThere: (output: string) => boolean): Promise<unknown>;
  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void>;
  /** Resolves with the exit code, however it ends. */
  readonly ended: Promise<number>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>;
}

export interface StartOptions {
  /** Keep using an earlier data directory. */
  readonly data?: string;
  readonly flags?: readonly string[];
}

/** Starts and waits for `ready`. Throws with the output when it ends before that. */
export async function startWarmfront({ data, flags = [] }: StartOptions = {}): Promise<RunningWarmfront> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'warmfront-client-'));
  const ports = ['--http-port', '0', '--https-port', '0', '--api-port', '0', '--dns-port', '0'];
  const child = Bun.spawn([LAUNCHER, 'up', '--data', folder, ...ports, '--no-demo', ...flags], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let output = '';
  const watching = new Set<() => void>();
  const take = (text: string): void => {
    output += text;
    for (const look of watching) look();
  };
  for (const stream of [child.stdout, child.stderr]) void follow(stream, take);
  const printed = (isThere: (output: string) => boolean): Promise<undefined> => {
    const seen = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (isThere(output)) seen.resolve(undefined);
    };
    watching.add(look);
    look();
    const ended = child.exited.then((code) => failed(code, () => output));
    return Promise.race([seen.promise, ended]).finally(() => watching.delete(look));
  };
  await printed(() => /^ready$/m.test(output));
  const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
    httpPort: number;
    httpsPort: number;
    apiUrl: string;
  };
  return {
    data: folder,
    ...record,
    environment: { ...process.env, ...exported(folder) } as Record<string, string>,
    ended: child.exited,
    output: () => output,
    printed,
    async kill() {
      process.kill((JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { pid: number }).pid, 'SIGKILL');
      await child.exited;
    },
    async stop() {
      child.kill('SIGTERM');
      return child.exited;
    },
  };
}

export function removeData(warmfront: RunningWarmfront): void {
  rmSync(warmfront.data, { recursive: true, force: true });
}

async function failed(code: number, output: () => string): Promise<never> {
  // The pipes may still hold the last words.
  await Bun.sleep(0);
  throw new Error(`warmfront up ended with ${code} before it said what was waited for:\n${output()}`);
}

async function follow(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}

function exported(data: string): Record<string, string> {
  const lines = Bun.spawnSync([LAUNCHER, 'env', '--data', data]).stdout.toString().split('\n');
  const variables: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^export (\w+)='?(.*?)'?$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables[name] = value;
  }
  return variables;
}
