/**
 * One worker as its supervisor sees it: a process that was started, its connection once it has said who it is, and how both end. The
 * program is read from the disk anew for each. What becomes of workers is decided in supervise.ts.
 */
import type { Calls } from '../sockets/calls.ts';
import {
  CALLS_VERSION,
  SECRET_VARIABLE,
  SOCKET_VARIABLE,
  type Asking,
  type Assignment,
  type Failure,
  type Hello,
  type ViewerPorts,
  type WorkerCalls,
} from './worker-calls.ts';

export interface WorkerProcess {
  readonly edgeId: string;
  readonly slot: number;
  readonly pid: number;
  /** Where other workers ask it. */
  readonly tierAddress: string;
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
  /** Where it listens; rejects when it cannot. */
  readonly listening: Promise<ViewerPorts>;
  listens(ports: ViewerPorts): void;
  becameReady(): void;
  failed(failure: Failure): void;
}

/** Starts the process; whoever says hello with this secret is it. */
export function startWorker(assignment: Assignment, socketPath: string, secret: string): ExpectedWorker {
  const child = Bun.spawn([...ownCommand(), 'worker'], {
    env: { ...process.env, [SOCKET_VARIABLE]: socketPath, [SECRET_VARIABLE]: secret },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const connected = Promise.withResolvers<Calls>();
  const listening = Promise.withResolvers<ViewerPorts>();
  const ready = Promise.withResolvers<void>();
  const ended = child.exited.then((code) => String(child.signalCode ?? `exit code ${code}`));
  let isReady = false;
  const fail = (error: Error): void => {
    for (const waited of [connected, listening, ready]) waited.reject(error);
  };
  // Whoever waits for one of them hears of it; nobody need wait for all.
  for (const { promise } of [connected, listening, ready]) promise.catch(() => undefined);
  void ended.then((how) => {
    isReady = false;
    fail(new Error(`worker ${assignment.edgeId} ended before it served: ${how}`));
  });

  return {
    worker: {
      edgeId: assignment.edgeId,
      slot: assignment.slot,
      pid: child.pid,
      tierAddress: assignment.tier.address,
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
    listening: listening.promise,
    greeted({ callsVersion }, calls) {
      if (callsVersion !== CALLS_VERSION) {
        throw new Error('the program on the disk is of another version and cannot be run beside this one; restart Warmfront');
      }
      connected.resolve(calls);
    },
    listens: (ports) => listening.resolve(ports),
    becameReady() {
      isReady = true;
      ready.resolve();
    },
    failed: (failure) => fail(Object.assign(new Error(failure.message), failure)),
  };
}

/** How this program was started, without the words that say what for. */
function ownCommand(): readonly string[] {
  const [, script = ''] = process.argv;
  // An executable that was made of the program has it inside.
  const isOneFile = script.startsWith('/$bunfs/') || script.startsWith('B:\\~BUN\\');
  return isOneFile ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
