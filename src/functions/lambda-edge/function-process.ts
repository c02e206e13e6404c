/**
 * One process that runs one version of a function, from its start to its end: it loads the code, runs one event after the other, and is
 * stopped in between. Whatever it does instead (ends, hangs, grows) ends it and fails the run under way. How many there are: process-pool.ts.
 *
 *     starting -> idle <-> running -> ended
 */
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaVersion } from '../../model/lambda-version.ts';
import { MIB, type Bytes, type Duration } from '../../model/units.ts';
import { BOOTSTRAPS } from './bootstrap-source.ts';
import { ENVIRONMENT_FILE, environmentOf } from './environment.ts';
import type { Interpreter } from './interpreters.ts';
import type { Isolation } from './isolation.ts';
import { FREEZE_AFTER, INIT_TIME, WATCH_EVERY } from './limits.ts';
import { familyOf, residentMemory } from './memory-watch.ts';
import { collectOutput } from './output-lines.ts';
import { serveRuntimeApi, type Posted } from './runtime-api.ts';

export interface ProcessOptions {
  readonly version: LambdaVersion;
  readonly interpreter: Interpreter;
  readonly isolation: Isolation;
  readonly network: 'none' | 'host';
  /** Where its code lies, unpacked. */
  readonly code: string;
  /** A folder of its own, not there yet. */
  readonly folder: string;
  readonly uid: number;
  /** It has nothing to do, from now on. */
  readonly becameIdle: () => void;
}

export interface FunctionProcess {
  /** Resolves when it has loaded the code; rejects, with what it says, when it cannot. */
  readonly ready: Promise<void>;
  /** From the start until then. */
  readonly initDuration: Duration;
  readonly isIdle: boolean;
  /** While it is idle. Never rejects. */
  run(event: string, id: string, limit: Duration): Promise<ProcessRun>;
  /** Resolves when it is no more. */
  readonly ended: Promise<void>;
  kill(): void;
}

export interface ProcessRun {
  readonly ending: { readonly kind: 'returned'; readonly text: string } | { readonly kind: 'failed'; readonly message: string };
  readonly lines: readonly string[];
  readonly duration: Duration;
  /** Of the process, since its start; 0 while nobody has looked. */
  readonly peakMemory: Bytes;
}

interface Run {
  settle(ending: ProcessRun['ending']): void;
}

export function startProcess(options: ProcessOptions): FunctionProcess {
  const { version, interpreter, isolation, code, folder, uid } = options;
  const run = join(folder, 'run');
  const root = join(folder, 'root');
  for (const each of [run, root]) mkdirSync(each, { recursive: true, mode: 0o755 });
  const bootstrap = BOOTSTRAPS[interpreter.language];
  writeFileSync(join(run, bootstrap.name), bootstrap.text, { mode: 0o644 });
  const { environment } = version;
  if (Object.keys(environment).length > 0) {
    const path = join(run, ENVIRONMENT_FILE);
    writeFileSync(path, JSON.stringify(environment), { mode: 0o400 });
    if (isolation.isOtherUser) chownSync(path, uid, uid);
  }
  const output = collectOutput();
  const began = performance.now();
  const loaded = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  // Whoever waits hears of it.
  loaded.promise.catch(() => undefined);
  let initDuration = 0;
  let isIdle = false;
  /** Processes, and groups as negative numbers. */
  const frozen = new Set<number>();
  let running: Run | undefined;
  let freezing: Timer | undefined;
  let reason: string | undefined;
  let peakMemory = 0;
  let watch: Timer | undefined;
  let late: Timer | undefined;

  const api = serveRuntimeApi(join(run, 'runtime.sock'), isolation.isOtherUser ? uid : undefined, {
    idle() {
      if (initDuration === 0) {
        initDuration = performance.now() - began;
        peakMemory = residentMemory(child.pid);
      }
      // Whoever asks for more before it has answered is no runtime, and what it is given would be lost.
      if (running !== undefined) return end('Runtime.ExitError: it asked for another event before it answered');
      isIdle = true;
      clearInterval(watch);
      clearTimeout(late);
      loaded.resolve();
      freezing = setTimeout(freeze, FREEZE_AFTER);
      freezing.unref();
      options.becameIdle();
    },
    posted: (what) => running?.settle(endingOf(what)),
    initFailed: (text) => end(sentenceOf(text)),
  });
  const place = { code, run, root, uid, memory: version.memory, network: options.network, programs: interpreter.installation };
  const inside = isolation.inside(place);
  const child = Bun.spawn([...isolation.command(place, interpreter.command(inside.run, version.memory))], {
    env: environmentOf(version, inside),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its group is stopped and killed as one.
    detached: true,
  });
  output.follow(child.stdout);
  output.follow(child.stderr);
  const tooSlow = setTimeout(() => end(`Init timed out after ${INIT_TIME / 1000} seconds`), INIT_TIME);
  void loaded.promise.catch(() => undefined).finally(() => clearTimeout(tooSlow));
  void child.exited.then((exitCode) => {
    const how = child.signalCode === null ? `exit status ${exitCode}` : `signal: ${child.signalCode}`;
    close(reason ?? `Runtime exited with error: ${how}`);
  });

  function signal(to: number, name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    try {
      process.kill(to, name);
    } catch {
      // It has ended meanwhile.
    }
  }

  /** Its group at once; then those who have left the group, and whom they have started since. */
  function freeze(): void {
    if (!isIdle) return;
    signal(-child.pid, 'SIGSTOP');
    frozen.add(-child.pid);
    for (let round = 0; round < FREEZING_ROUNDS; round += 1) {
      const awake = familyOf(child.pid).filter((pid) => !frozen.has(pid));
      if (awake.length === 0) break;
      for (const pid of awake) {
        signal(pid, 'SIGSTOP');
        frozen.add(pid);
      }
    }
  }

  function thaw(): void {
    for (const each of frozen) signal(each, 'SIGCONT');
    frozen.clear();
  }

  function look(): void {
    peakMemory = Math.max(peakMemory, residentMemory(child.pid));
    if (peakMemory > version.memory)
      end(`Runtime exited with error: signal: killed (more than ${version.memory / MIB} MB of memory)`);
  }

  /** Whatever it was doing has failed for this reason. */
  function end(why: string): void {
    reason ??= why;
    signal(-child.pid, 'SIGKILL');
  }

  function close(why: string): void {
    isIdle = false;
    clearTimeout(freezing);
    clearInterval(watch);
    clearTimeout(late);
    loaded.reject(new Error([why, ...output.take().slice(-LINES_TOLD)].join('\n')));
    running?.settle({ kind: 'failed', message: why });
    api.close();
    rmSync(folder, { recursive: true, force: true });
    gone.resolve();
  }

  return {
    ready: loaded.promise,
    get initDuration() {
      return initDuration;
    },
    get isIdle() {
      return isIdle;
    },
    async run(event, id, limit) {
      isIdle = false;
      clearTimeout(freezing);
      thaw();
      const settled = Promise.withResolvers<ProcessRun['ending']>();
      running = { settle: settled.resolve };
      const started = performance.now();
      // Until it asks for the next event: whoever has answered may still be at work.
      watch = setInterval(look, WATCH_EVERY);
      late = setTimeout(() => end(`Task timed out after ${(limit / 1000).toFixed(2)} seconds`), limit);
      api.give({ id, event, deadline: Date.now() + limit, arn: version.arn });
      const ending = await settled.promise;
      const duration = performance.now() - started;
      running = undefined;
      // What it wrote before it answered is there by the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      return { ending, lines: output.take(), duration, peakMemory };
    },
    ended: gone.promise,
    kill: () => end('it was ended'),
  };

  function endingOf(posted: Posted): ProcessRun['ending'] {
    switch (posted.kind) {
      case 'result':
        return { kind: 'returned', text: posted.text };
      case 'error':
        return { kind: 'failed', message: sentenceOf(posted.text) };
      case 'too-large':
        end('its response was too large');
        return {
          kind: 'failed',
          message: `Response payload size exceeded maximum allowed payload size: ${posted.length} bytes and more`,
        };
    }
  }
}

/** Ours: who starts processes faster than they are stopped has this many goes at it. */
const FREEZING_ROUNDS = 4;
/** Ours: of what it says of its failure, which goes into the log. */
const MESSAGE_LENGTH = 4096;
/** Ours: of what a process wrote that could not start. */
const LINES_TOLD = 10;

/** `errorType: errorMessage`, as far as it is what a runtime posts. */
function sentenceOf(text: string): string {
  try {
    const { errorType = 'Error', errorMessage = '' } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return `${String(errorType)}: ${String(errorMessage)}`.slice(0, MESSAGE_LENGTH);
  } catch {
    return text.slice(0, MESSAGE_LENGTH);
  }
}
