import { describe, expect, test } from 'bun:test';
import type { FunctionProcess, ProcessRun } from './function-process.ts';
import { createProcessPool } from './process-pool.ts';

/** A process that does what the test says, and nothing by itself. */
function stage(most = Infinity) {
  const started: ReturnType<typeof scripted>[] = [];
  let freed = 0;
  const pool = createProcessPool({
    start(becameIdle) {
      if (started.filter(({ isGone }) => !isGone()).length >= most) return undefined;
      const made = scripted(becameIdle);
      started.push(made);
      return made.process;
    },
    becameFree: () => (freed += 1),
  });
  return { pool, started, freed: () => freed };
}

function scripted(becameIdle: () => void) {
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const runs: PromiseWithResolvers<ProcessRun>[] = [];
  let isIdle = false;
  let isGone = false;
  const end = (): void => {
    isGone = true;
    isIdle = false;
    ended.resolve();
  };
  const process: FunctionProcess = {
    ready: ready.promise,
    initDuration: 1,
    get isIdle() {
      return isIdle;
    },
    run() {
      isIdle = false;
      const run = Promise.withResolvers<ProcessRun>();
      runs.push(run);
      return run.promise;
    },
    ended: ended.promise,
    kill: end,
  };
  return {
    process,
    runs,
    isGone: () => isGone,
    end,
    fail: (message: string) => (ready.reject(new Error(message)), end()),
    idle() {
      isIdle = true;
      ready.resolve();
      becameIdle();
    },
    answer: (text: string) => runs.at(-1)?.resolve({ ending: { kind: 'returned', text }, lines: [], duration: 1, peakMemory: 0 }),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a pool of processes', () => {
  test('one process serves one after the other, and a second those who ask at once', async () => {
    const { pool, started } = stage();
    const [one, two] = [pool.run('1', 1000), pool.run('2', 1000)];
    expect(started.length).toBe(2);
    for (const each of started) each.idle();
    await turn();
    for (const each of started) each.answer('"done"');
    for (const { ending } of await Promise.all([one, two])) expect(ending).toEqual({ kind: 'returned', result: 'done' });
    // Who has answered and asks for more in a moment is waited for.
    const three = pool.run('3', 1000);
    expect(started.length).toBe(2);
    started[0]!.idle();
    await turn();
    started[0]!.answer('3');
    expect(await three).toMatchObject({ ending: { result: 3 }, initDuration: undefined });
  });

  test('one that cannot start fails who waits, and the next at once', async () => {
    const { pool, started } = stage();
    const first = pool.run('1', 1000);
    started[0]!.fail('Error: no module');
    expect((await first).ending).toEqual({ kind: 'failed', message: 'Error: no module' });
    expect((await pool.run('2', 1000)).ending).toEqual({ kind: 'failed', message: 'Error: no module' });
    expect(started.length).toBe(1);
  });

  test('where there is no room, the next that is free is waited for', async () => {
    const { pool, started, freed } = stage(1);
    const [one, two] = [pool.run('1', 1000), pool.run('2', 1000)];
    started[0]!.idle();
    await turn();
    started[0]!.answer('1');
    await one;
    started[0]!.idle();
    await turn();
    started[0]!.answer('2');
    expect(await two).toMatchObject({ ending: { result: 2 } });
    started[0]!.idle();
    expect(freed()).toBe(1);
    expect(pool.yieldOne()).toBe(true);
    expect(started[0]!.isGone()).toBe(true);
  });

  test('one that is retired answers who has asked, and ends', async () => {
    const { pool, started } = stage();
    const one = pool.run('1', 1000);
    started[0]!.idle();
    await turn();
    pool.retire();
    expect(started[0]!.isGone()).toBe(false);
    started[0]!.answer('1');
    expect(await one).toMatchObject({ ending: { result: 1 } });
    started[0]!.idle();
    expect(started[0]!.isGone()).toBe(true);
  });
});
