/**
 * A worker: one process that serves viewers, run by the supervisor that it finds in its environment. It is told which worker it is, joins
 * the bus, listens when it is its turn, and does what it is told from then on. It ends with its supervisor: nobody is left holding the
 * ports. What a worker serves with: start-edge.ts.
 */
import { createBusClient } from '../adapters/bus/socket-bus.ts';
import { createCredentials } from '../control/aws/credentials.ts';
import type { RateNews } from '../core/viewer-request/waf/rates/rate-counters.ts';
import { openCalls, type Calls } from '../sockets/calls.ts';
import { connectToUnixSocket } from '../sockets/unix-sockets.ts';
import { openServerLog } from './operator.ts';
import { startEdge, type RunningEdge } from './start-edge.ts';
import {
  CALLS_VERSION,
  SECRET_VARIABLE,
  SOCKET_VARIABLE,
  type Answers,
  type Asking,
  type Failure,
  type SupervisorCalls,
  type WorkerCalls,
} from './worker-calls.ts';

/** Runs until the supervisor says otherwise, or has gone; resolves with the exit code. */
export async function work(): Promise<number> {
  // Ctrl-C reaches the whole process group; what it means is the supervisor's to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});
  const { [SOCKET_VARIABLE]: path = '', [SECRET_VARIABLE]: secret = '' } = process.env;
  delete process.env[SECRET_VARIABLE];

  const finished = Promise.withResolvers<void>();
  const running = Promise.withResolvers<RunningEdge>();
  // Who calls before it runs waits; a start that fails is told below.
  running.promise.catch(() => undefined);
  const answers: Answers<WorkerCalls> = {
    drain: async ({ patience }) => (await running.promise).drain(patience),
    async finish() {
      await (await running.promise).close();
      finished.resolve();
    },
    takeDisk: async () => (await running.promise).takeDisk(),
    reopenLog: async () => (await running.promise).reopenLog(),
    read: async () => (await running.promise).read(),
    ring: async (ring) => (await running.promise).setRing(ring),
    explain: async (request) => (await running.promise).explain(request),
    findings: async () => (await running.promise).findings(),
    wafSamples: async (query) => (await running.promise).wafSamples(query),
    testWebAcl: async (order) => (await running.promise).testWebAcl(order),
    wafLimitedKeys: async (rule) => (await running.promise).wafLimitedKeys(rule),
    functionRuns: async (query) => (await running.promise).functionRuns(query),
  };
  const { bus, callable } = createBusClient(() => calls);
  const calls: Calls = openCalls(await connectToUnixSocket(path), { ...answers, ...callable });
  const ask = calls.call as Asking<SupervisorCalls>;

  void calls.ended.then(() => process.exit(1));
  try {
    const assignment = await ask('hello', { secret, callsVersion: CALLS_VERSION });
    const link = {
      bus,
      credentials: await createCredentials(assignment.settings.data),
      certificatesFor: (hosts: readonly string[]) => ask('certificates', { hosts }),
      shareRates: (news: readonly RateNews[]) => ask('shareRates', news),
      bucketLookup: async (bucket: string) => (await ask('bucketPort', { bucket })) ?? undefined,
    };
    const edge = await startEdge(assignment, link, openServerLog(assignment.settings));
    running.resolve(edge);
    await ask('listening', await edge.listen(await ask('mayListen')));
    await ask('ready');
  } catch (error) {
    running.reject(error);
    await ask('failed', failureOf(error)).catch(() => undefined);
    return 1;
  }
  await finished.promise;
  // The answer to `finish` must have left.
  calls.end();
  return 0;
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, path } = error as NodeJS.ErrnoException;
  return { message, code, path };
}
