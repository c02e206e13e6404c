/**
 * Who serves, and who has the slot's folder, when workers die while others begin. The processes are stood in for, so that a test says when
 * each is ready and when it dies; real ones: test/faults/workers.faults.ts.
 */
import { expect, test } from 'bun:test';
import { createVirtualClock } from '../adapters/clock/virtual-clock.ts';
import { readSettings } from '../cli/read-settings.ts';
import { SECOND } from '../model/units.ts';
import { supervise } from './supervise.ts';
import type { ExpectedWorker, WorkerProcess } from './worker-process.ts';
import type { WorkerLines } from './worker-lines.ts';

interface Worker extends WorkerProcess {
  readonly asked: string[];
  isAlive: boolean;
  /** As a process does that was sent SIGSTOP. */
  standsStill: boolean;
  becomeReady(): Promise<void>;
}

function startSupervisor() {
  const workers: Worker[] = [];
  const lines: WorkerLines = {
    start({ edgeId, slot }, mayListen) {
      const ready = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<string>();
      ready.promise.catch(() => undefined);
      const end = (how: string): void => {
        Object.assign(worker, { isAlive: false, isReady: false });
        ready.reject(new Error(how));
        ended.resolve(how);
      };
      const worker = {
        edgeId,
        slot,
        pid: workers.length + 1,
        tierAddress: edgeId,
        isReady: false,
        isAlive: true,
        standsStill: false,
        asked: [] as string[],
        ready: ready.promise,
        ended: ended.promise,
        async ask(name: string) {
          worker.asked.push(name);
          if (!worker.isAlive) throw new Error('gone');
          if (worker.standsStill) return ended.promise.then(() => Promise.reject(new Error('gone')));
          if (name === 'finish') end('exit code 0');
          return { checkedSequence: 0, metrics: {} };
        },
        kill: () => end('SIGKILL'),
        async becomeReady() {
          await mayListen({ worker, listening: Promise.resolve({ httpPort: 1, httpsPort: 2 }) } as unknown as ExpectedWorker);
          worker.isReady = true;
          ready.resolve();
        },
      };
      workers.push(worker as unknown as Worker);
      return worker as unknown as Worker;
    },
    close: () => {},
  };
  const clock = createVirtualClock();
  const settings = readSettings(
    { settings: new Map(), config: undefined },
    { WARMFRONT_WORKERS: '1', WARMFRONT_DATA: '/nowhere' },
    '/',
  ).settings;
  const serverLog = { error: () => {}, warning: () => {}, info: () => {}, read: () => ({}) };
  return { supervisor: supervise({ settings, lines, clock, serverLog }), workers, clock, settings };
}

/** All that can happen without anybody's doing has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('who took the place of a worker that died during a reload leaves as it would have', async () => {
  const { supervisor, workers, settings } = startSupervisor();
  await workers[0]!.becomeReady();
  await supervisor.started;
  const reloaded = supervisor.reload(settings);
  await turn();
  workers[0]!.kill();
  await turn();
  await workers[2]!.becomeReady();
  await workers[1]!.becomeReady();
  await reloaded;
  expect(workers.map(({ edgeId, isAlive }) => [edgeId, isAlive])).toEqual([
    ['FRA-1', false],
    ['FRA-1.2', true],
    ['FRA-1.3', false],
  ]);
  expect(workers[1]!.asked).toContain('takeDisk');
});

test('a worker that comes into a slot that nobody keeps takes the folder', async () => {
  const { supervisor, workers, clock, settings } = startSupervisor();
  await workers[0]!.becomeReady();
  await supervisor.started;
  // The second to die young is replaced only after a while.
  workers[0]!.kill();
  await turn();
  await workers[1]!.becomeReady();
  const reloaded = supervisor.reload(settings);
  await turn();
  workers[1]!.kill();
  await turn();
  await workers[2]!.becomeReady();
  await reloaded;
  expect(clock.waiting).toBe(1);
  clock.advance(1000);
  expect(workers.map(({ isAlive }) => isAlive)).toEqual([false, false, true]);
  expect(workers[2]!.asked).toContain('takeDisk');
});

test('a worker that stands still is no worker: nobody waits for it longer than for its viewers', async () => {
  const { supervisor, workers, clock, settings } = startSupervisor();
  await workers[0]!.becomeReady();
  await supervisor.started;
  workers[0]!.standsStill = true;
  const read = supervisor.read();
  clock.advance(5 * SECOND);
  expect(await read).toEqual([]);
  expect(supervisor.isComplete).toBe(false);
  const reloaded = supervisor.reload(settings);
  await turn();
  clock.advance(5 * SECOND);
  await turn();
  await workers[1]!.becomeReady();
  await turn();
  clock.advance(60 * SECOND);
  expect(await reloaded).toEqual(['FRA-1.2']);
  expect(workers.map(({ isAlive }) => isAlive)).toEqual([false, true]);
  expect(supervisor.isComplete).toBe(true);
});
