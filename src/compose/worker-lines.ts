/**
 * The line to each worker: the socket on which the supervisor is called, who may speak on it, and what the control plane answers there.
 * Which workers there are, and what becomes of them, is decided in supervise.ts.
 */
import { randomBytes } from 'node:crypto';
import type { CertificateSources } from '../adapters/certificates/viewer-certificates.ts';
import { serveBus } from '../adapters/bus/socket-bus.ts';
import type { InProcessBus } from '../adapters/bus/in-process-bus.ts';
import { openCalls, type Calls } from '../sockets/calls.ts';
import { listenOnUnixSocket } from '../sockets/unix-sockets.ts';
import { createRateExchange } from './rate-exchange.ts';
import type { BucketLookup } from './resolve-origins.ts';
import type { SocketFolder } from './socket-folder.ts';
import type { Answers, Assignment, ListenOrder, SupervisorCalls } from './worker-calls.ts';
import { startWorker, type ExpectedWorker, type WorkerProcess } from './worker-process.ts';

export interface WorkerLinesOptions {
  readonly sockets: SocketFolder;
  readonly bus: InProcessBus;
  /** Resolves when the control plane can be asked; workers begin to start before. */
  readonly opened: Promise<ControlAnswers>;
}

/** What the control plane answers to workers. */
export interface ControlAnswers {
  readonly certificatesFor: CertificateSources['certificatesFor'];
  readonly bucketLookup: BucketLookup;
}

/** When, and where, may it listen? */
export type MayListen = (worker: ExpectedWorker) => Promise<ListenOrder>;

export interface WorkerLines {
  start(assignment: Omit<Assignment, 'tier'>, mayListen: MayListen): WorkerProcess;
  close(): void;
}

export async function openWorkerLines({ sockets, bus, opened }: WorkerLinesOptions): Promise<WorkerLines> {
  const expected = new Map<string, ExpectedWorker & { readonly mayListen: MayListen }>();
  const rates = createRateExchange();
  const tierSecret = randomBytes(32).toString('hex');
  const socketPath = sockets.path('supervisor');

  const server = await listenOnUnixSocket(socketPath, (socket) => {
    let greeted: (ExpectedWorker & { readonly mayListen: MayListen }) | undefined;
    const known = (): NonNullable<typeof greeted> => {
      if (greeted === undefined) throw new Error('say hello first');
      return greeted;
    };
    const answers: Answers<SupervisorCalls> = {
      async hello(hello) {
        const found = expected.get(hello.secret);
        if (found === undefined) throw new Error('nobody of this name is expected');
        found.greeted(hello, calls);
        greeted = found;
        await opened;
        return found.assignment;
      },
      mayListen: () => known().mayListen(known()),
      listening: (ports) => known().listens(ports),
      ready: () => known().becameReady(),
      failed: (failure) => known().failed(failure),
      certificates: async ({ hosts }) => (known(), (await opened).certificatesFor(hosts)),
      shareRates: (news) => rates.exchange(known().worker.edgeId, news),
      bucketPort: async ({ bucket }) => (known(), (await (await opened).bucketLookup(bucket)) ?? null),
    };
    const { join, leave } = serveBus(bus, () => calls);
    const calls: Calls = openCalls(socket, {
      ...answers,
      join: (argument: never) => (known(), join?.(argument)),
      leave: (argument: never) => (known(), leave?.(argument)),
    });
  });

  return {
    start(assignment, mayListen) {
      const secret = randomBytes(32).toString('hex');
      const tier = { address: sockets.path(`tier-${assignment.edgeId}`), secret: tierSecret };
      const started = startWorker({ ...assignment, tier }, socketPath, secret);
      expected.set(secret, { ...started, mayListen });
      void started.worker.ended.then(() => {
        expected.delete(secret);
        rates.forget(assignment.edgeId);
      });
      return started.worker;
    },
    close: server.close,
  };
}
