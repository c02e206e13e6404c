/**
 * The processes of one version: as many as are needed at once and may be had, the one that ran last first. Who finds none waits in line, for
 * so long; a version that cannot start is not tried again at every request.
 */
import { randomUUID } from 'node:crypto';
import type { LambdaRun } from '../../edge/lambda-ports.ts';
import type { Duration } from '../../model/units.ts';
import type { FunctionProcess } from './function-process.ts';
import { FIRST_BACKOFF, IDLE_TIME, LONGEST_BACKOFF, MOST_WAITING, PATIENCE } from './limits.ts';

export interface PoolOptions {
  /** Starts one more; undefined where there may be none. Throws where it cannot. */
  readonly start: (becameIdle: () => void) => FunctionProcess | undefined;
  /** A process has nothing to do, or is no more: another version may have its place. */
  readonly becameFree: () => void;
}

export interface ProcessPool {
  /** Never rejects. */
  run(event: string, limit: Duration): Promise<LambdaRun>;
  /** Ends an idle process, if there is one, so that another version may have one. */
  yieldOne(): boolean;
  readonly lastUsed: number;
  /** Starts what is waited for, where there is room now. */
  grow(): void;
  /** Nobody will ask for it any more: whoever has asked is answered. */
  retire(): void;
  /** Ends everything at once. */
  close(): void;
}

interface Waiter {
  readonly take: (process: FunctionProcess | 'throttled' | Error) => void;
}

export function createProcessPool({ start, becameFree }: PoolOptions): ProcessPool {
  const processes = new Set<FunctionProcess>();
  /** The one that ran last is the last. */
  const idle: FunctionProcess[] = [];
  const used = new WeakSet<FunctionProcess>();
  /** They have answered, and will ask for more in a moment. */
  const returning = new Set<FunctionProcess>();
  const evictions = new Map<FunctionProcess, Timer>();
  const waiting: Waiter[] = [];
  let starting = 0;
  let failures = 0;
  let notBefore = 0;
  let lastFailure = new Error('it has not been started');
  let lastUsed = 0;
  let isRetired = false;

  function failed(error: unknown): Error {
    failures += 1;
    notBefore = Date.now() + Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (failures - 1));
    lastFailure = error instanceof Error ? error : new Error(String(error));
    return lastFailure;
  }

  /** False where it could not be, now. */
  function add(): boolean {
    let process: FunctionProcess | undefined;
    try {
      process = start(() => process && becameIdle(process));
    } catch (error) {
      failed(error);
    }
    if (process === undefined) return false;
    follow(process);
    return true;
  }

  function follow(process: FunctionProcess): void {
    processes.add(process);
    starting += 1;
    process.ready.then(
      () => {
        starting -= 1;
        failures = 0;
      },
      (error: unknown) => {
        starting -= 1;
        const failure = failed(error);
        waiting.shift()?.take(failure);
      },
    );
    void process.ended.then(() => {
      processes.delete(process);
      returning.delete(process);
      remove(process);
      // Whoever waits may have another one in its place.
      grow();
      becameFree();
    });
  }

  function becameIdle(process: FunctionProcess): void {
    returning.delete(process);
    const next = waiting.shift();
    if (next !== undefined) return next.take(process);
    if (isRetired) return process.kill();
    idle.push(process);
    const eviction = setTimeout(() => {
      remove(process);
      process.kill();
    }, IDLE_TIME);
    eviction.unref();
    evictions.set(process, eviction);
    becameFree();
  }

  function remove(process: FunctionProcess): void {
    const at = idle.indexOf(process);
    if (at >= 0) idle.splice(at, 1);
    clearTimeout(evictions.get(process));
    evictions.delete(process);
  }

  /** So many are on their way as are waited for. */
  function grow(): void {
    while (starting + returning.size < waiting.length && Date.now() >= notBefore) if (!add()) break;
    // Nobody is on the way, and will not be for a while. Where there is no room, there may be in a moment.
    if (processes.size === 0 && failures > 0) for (const one of waiting.splice(0)) one.take(lastFailure);
  }

  function acquire(): Promise<FunctionProcess | 'throttled' | Error> {
    const ready = idle.at(-1);
    if (ready !== undefined) {
      remove(ready);
      return Promise.resolve(ready);
    }
    if (waiting.length >= MOST_WAITING) return Promise.resolve('throttled');
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        waiting.splice(waiting.indexOf(waiter), 1);
        resolve('throttled');
      }, PATIENCE);
      const waiter: Waiter = {
        take(process) {
          clearTimeout(late);
          resolve(process);
        },
      };
      waiting.push(waiter);
      grow();
    });
  }

  return {
    async run(event, limit) {
      lastUsed = Date.now();
      const process = await acquire();
      if (process === 'throttled') return nothing({ kind: 'throttled' });
      if (process instanceof Error) return failedRun(process.message);
      const isCold = !used.has(process);
      used.add(process);
      const { ending, lines, duration, peakMemory } = await process.run(event, randomUUID(), limit);
      if (processes.has(process) && !process.isIdle) returning.add(process);
      lastUsed = Date.now();
      const about = { lines, duration, peakMemory, initDuration: isCold ? process.initDuration : undefined };
      if (ending.kind === 'failed') return { ...about, ending };
      return { ...about, ending: parsed(ending.text) };
    },
    yieldOne() {
      const [oldest] = idle;
      oldest?.kill();
      if (oldest !== undefined) remove(oldest);
      return oldest !== undefined;
    },
    get lastUsed() {
      return lastUsed;
    },
    grow: () => {
      if (waiting.length > 0) grow();
    },
    retire() {
      isRetired = true;
      for (const process of idle.splice(0)) process.kill();
    },
    close() {
      for (const process of processes) process.kill();
      for (const one of waiting.splice(0)) one.take('throttled');
    },
  };
}

/** One that never began. */
export function failedRun(message: string): LambdaRun {
  return nothing({ kind: 'failed', message });
}

function nothing(ending: LambdaRun['ending']): LambdaRun {
  return { ending, lines: [], duration: 0, initDuration: undefined, peakMemory: 0 };
}

function parsed(text: string): LambdaRun['ending'] {
  try {
    return { kind: 'returned', result: JSON.parse(text) as unknown };
  } catch {
    // A bootstrap of ours writes JSON; a handler that speaks for itself may not.
    return { kind: 'failed', message: 'Runtime.InvalidResponse: the response is not JSON' };
  }
}
