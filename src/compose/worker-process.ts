/**
 * One worker as its supervisor sees it: a process that was started, its connection once it has said who it is, and how both end. The
 * program is read from the disk anew for each. What becomes of workers is decided in supervise.ts.
 */
import { randomBytes } from 'node:crypto';
import type { Calls } from '../sockets/calls.ts';
import {
  CALLS_VERSION,
  SECRET_VARIABLE,
  SOCKET_VARIABLE,
  type Asking,
  type Assignment,
  type Failure,
  type Hello,
  type WorkerCalls,
} from './worker-calls.ts';

export interface WorkerProcess {
  readonly edgeId: string;
  readonly slot: number;
  readonly pid: number;
  /** Calls it once it has said hello. */
  readonly ask: Asking<WorkerCalls>;
  /** Resolves when viewers are served; rejects with what it could not do, or when it has ended before. */
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  /** Resolves when the process is no more, with how it ended: `SIGKILL`, `exit code 1`. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** The supervisor's end of a worker that has not said hello yet. */
export interface ExpectedWorker {
  readonly worker: WorkerProcess;
  readonly assignment: Assignment;
  /** The worker is on the line. Throws when it does not speak this supervisor's language. */
  greeted(hello: Hello, calls: Calls): void;
  becameReady(): void;
  failed(failure: Failure): void;
}

/** Starts the process. `expected`: who may say hello, by secret. */
export function startWorker(assignment: Assignment, socketPath: string, expected: Map<string, ExpectedWorker>): ExpectedWorker {
  const secret = randomBytes(32).toString('hex');
  const child = Bun.spawn([...ownCommand(), 'worker'], {
    env: { ...process.env, [SOCKET_VARIABLE]: socketPath, [SECRET_VARIABLE]: secret },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const connected = Promise.withResolvers<Calls>();
  const ready = Promise.withResolvers<void>();
  const ended = child.exited.then((code) => String(child.signalCode ?? `exit code ${code}`));
  let isReady = false;
  // Whoever waits for the one or the other hears of it; nobody need wait for both.
  connected.promise.catch(() => undefined);
  ready.promise.catch(() => undefined);
  void ended.then((how) => {
    expected.delete(secret);
    const error = new Error(`worker ${assignment.edgeId} ended before it served: ${how}`);
    connected.reject(error);
    ready.reject(error);
  });
  const entry: ExpectedWorker = {
    worker: {
      edgeId: assignment.edgeId,
      slot: assignment.slot,
      pid: child.pid,
      ask: (async (name: string, argument?: unknown) =>
        (await connected.promise).call(name, argument)) as unknown as Asking<WorkerCalls>,
      ready: ready.promise,
      get isReady() {
        return isReady;
      },
      ended,
      kill: () => child.kill('SIGKILL'),
    },
    assignment,
    greeted({ callsVersion }, calls) {
      expected.delete(secret);
      if (callsVersion !== CALLS_VERSION) {
        throw new Error('the program on the disk is of another version and cannot be run beside this one; restart Warmfront');
      }
      connected.resolve(calls);
    },
    becameReady() {
      isReady = true;
      ready.resolve();
    },
    failed: (failure) => ready.reject(Object.assign(new Error(failure.message), failure)),
  };
  expected.set(secret, entry);
  return entry;
}

/** How this program was started, without the words that say what for. */
function ownCommand(): readonly string[] {
  const [, script = ''] = process.argv;
  // An executable that was made of the program has it inside.
  const isOneFile = script.startsWith('/$bunfs/') || script.startsWith('B:\\~BUN\\');
  return isOneFile ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
