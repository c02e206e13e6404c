/**
 * The workers of one Warmfront: so many slots, in each of which one worker serves. One that dies is replaced; a reload puts a new one in
 * each slot, one slot after the other, and lets the old one finish. The supervisor itself serves no viewer.
 *
 *     slot   a share of the cache, with a folder of the disk cache that one worker at a time may have
 *            serving: takes viewers        leaving: answers those it has, and keeps the folder until it has gone
 *
 * What a worker is told and asked: worker-calls.ts; how its process and its connection go together: worker-process.ts.
 */
import { serveBus } from '../adapters/bus/socket-bus.ts';
import type { InProcessBus } from '../adapters/bus/in-process-bus.ts';
import type { CertificateSources } from '../adapters/certificates/viewer-certificates.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { Clock } from '../edge/ports.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Instant } from '../model/units.ts';
import { openCalls, type Calls } from '../sockets/calls.ts';
import { listenOnUnixSocket } from '../sockets/unix-sockets.ts';
import type { Settings } from '../tables/settings.ts';
import { decideRespawn, NO_DEATHS, type Mortality } from './respawn.ts';
import type { BucketLookup } from './resolve-origins.ts';
import type { SocketFolder } from './socket-folder.ts';
import type { Answers, Assignment, ListenOrder, SupervisorCalls, ViewerPorts, WorkerReading } from './worker-calls.ts';
import { startWorker, type ExpectedWorker, type WorkerProcess } from './worker-process.ts';

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly sockets: SocketFolder;
  readonly bus: InProcessBus;
  readonly clock: Clock;
  readonly serverLog: ServerLog;
  /** Resolves when the control plane can be asked; workers begin to start before. */
  readonly opened: Promise<ControlAnswers>;
}

/** What the control plane answers to workers. */
export interface ControlAnswers {
  readonly certificatesFor: CertificateSources['certificatesFor'];
  readonly bucketLookup: BucketLookup;
}

export interface Supervisor {
  /** Resolves when every worker serves; rejects with the first failure, and then none is left. */
  readonly started: Promise<ViewerPorts>;
  readonly slotCount: number;
  /** A worker serves in every slot. */
  readonly isComplete: boolean;
  /** What each of the workers that serve says of itself. */
  read(): Promise<readonly WorkerReading[]>;
  explain(request: ViewerRequest): Promise<Explanation>;
  /** New workers in place of all, with these settings, one after the other. Rejects when one cannot be had; the old ones then go on. */
  reload(settings: Settings): Promise<void>;
  /** Resolves when no worker accepts viewers any more and those who were there have their answers. */
  drain(): Promise<void>;
  /** Ends all workers. */
  stop(): Promise<void>;
}

interface Slot {
  readonly number: number;
  serving: WorkerProcess | undefined;
  /** Who may have the folder of the disk cache. */
  keeper: WorkerProcess | undefined;
  /** Counts its workers. */
  generation: number;
  mortality: Mortality;
}

export async function supervise(options: SupervisorOptions): Promise<Supervisor> {
  const { sockets, bus, clock, serverLog } = options;
  let { settings } = options;
  const place = settings.pops[0] ?? 'FRA';
  const expected = new Map<string, ExpectedWorker>();
  const slots: Slot[] = [];
  let ports: Promise<ViewerPorts> | undefined;
  let state: 'starting' | 'serving' | 'stopping' = 'starting';
  let reloading: Promise<void> = Promise.resolve();

  const socketPath = sockets.path('supervisor');
  const server = await listenOnUnixSocket(socketPath, (socket) => {
    let greeted: ExpectedWorker | undefined;
    const known = (): ExpectedWorker => {
      if (greeted === undefined) throw new Error('say hello first');
      return greeted;
    };
    const answers: Answers<SupervisorCalls> = {
      async hello(hello) {
        const found = expected.get(hello.secret);
        if (found === undefined) throw new Error('nobody of this name is expected');
        found.greeted(hello, calls);
        greeted = found;
        await options.opened;
        return found.assignment;
      },
      mayListen: () => mayListen(known()),
      listening: (found) => claims.get(known())?.resolve(found),
      ready: () => known().becameReady(),
      failed: (failure) => known().failed(failure),
      certificates: async ({ hosts }) => (known(), (await options.opened).certificatesFor(hosts)),
      bucketPort: async ({ bucket }) => (known(), (await (await options.opened).bucketLookup(bucket)) ?? null),
    };
    const { join, leave } = serveBus(bus, () => calls);
    const calls: Calls = openCalls(socket, {
      ...answers,
      join: (argument: never) => (known(), join?.(argument)),
      leave: (argument: never) => (known(), leave?.(argument)),
    });
  });

  /** The first worker finds out where the others listen with it. */
  const claims = new Map<ExpectedWorker, PromiseWithResolvers<ViewerPorts>>();
  async function mayListen(claimant: ExpectedWorker): Promise<ListenOrder> {
    if (ports !== undefined) return { ...(await ports), isShared: true };
    const claim = Promise.withResolvers<ViewerPorts>();
    claims.set(claimant, claim);
    ports = claim.promise;
    claimant.worker.ready.catch((error: unknown) => claim.reject(error));
    // Who waits for it hears of it.
    ports.catch(() => undefined);
    return { httpPort: settings.httpPort, httpsPort: settings.httpsPort, isShared: false };
  }

  function spawn(slot: Slot, heldByAnother?: number): WorkerProcess {
    slot.generation += 1;
    const assignment: Assignment = {
      settings,
      slot: slot.number,
      edgeId: slot.generation === 1 ? `${place}-${slot.number}` : `${place}-${slot.number}.${slot.generation}`,
      memory: Math.floor(settings.memory / workerCount(settings)),
      disk: Math.floor(settings.disk / workerCount(settings)),
      ...(heldByAnother !== undefined && { heldByAnother }),
    };
    const { worker } = startWorker(assignment, socketPath, expected);
    if (heldByAnother === undefined) slot.keeper = worker;
    const startedAt = clock.now();
    void worker.ended.then((how) => hasEnded(slot, worker, startedAt, how));
    return worker;
  }

  function hasEnded(slot: Slot, worker: WorkerProcess, startedAt: Instant, how: string): void {
    if (slot.keeper === worker) slot.keeper = undefined;
    if (slot.serving === worker) {
      slot.serving = undefined;
      if (state === 'serving') replace(slot, worker, startedAt, how);
    } else handOver(slot);
  }

  /** The folder of the disk cache goes to the worker that serves now. */
  function handOver(slot: Slot): void {
    const { serving } = slot;
    if (slot.keeper !== undefined || serving === undefined || state === 'stopping') return;
    slot.keeper = serving;
    serving.ask('takeDisk').catch((error: unknown) => serverLog.warning(`worker ${serving.edgeId} has no disk cache`, error));
  }

  function replace(slot: Slot, dead: WorkerProcess, startedAt: Instant, how: string): void {
    const respawn = decideRespawn(slot.mortality, startedAt, clock.now());
    slot.mortality = respawn;
    const when = respawn.delay === 0 ? 'another takes its place' : `another takes its place in ${respawn.delay / 1000} s`;
    serverLog[respawn.isLoop ? 'error' : 'warning'](
      respawn.isLoop
        ? `worker ${dead.edgeId} (process ${dead.pid}) has ended: ${how}; workers keep dying (${respawn.youngDeaths} in a row); ${when}`
        : `worker ${dead.edgeId} (process ${dead.pid}) has ended: ${how}; ${when}`,
    );
    if (respawn.delay === 0) return put(slot);
    clock.after(respawn.delay, () => put(slot));
  }

  function put(slot: Slot): void {
    if (state !== 'serving' || slot.serving !== undefined || !slots.includes(slot)) return;
    const worker = spawn(slot);
    slot.serving = worker;
    worker.ready.catch((error: unknown) => serverLog.error(`worker ${worker.edgeId} could not start`, error));
  }

  async function start(): Promise<ViewerPorts> {
    for (let number = 1; number <= workerCount(settings); number += 1) {
      const slot: Slot = { number, serving: undefined, keeper: undefined, generation: 0, mortality: NO_DEATHS };
      slots.push(slot);
      slot.serving = spawn(slot);
    }
    try {
      await Promise.all(serving().map(({ ready }) => ready));
      if (ports === undefined) throw new Error('no worker has asked where to listen');
      const found = await ports;
      state = 'serving';
      return found;
    } catch (error) {
      await stop();
      throw error;
    }
  }

  const ready = (): readonly WorkerProcess[] => serving().filter((worker) => worker.isReady);
  const serving = (): readonly WorkerProcess[] => slots.flatMap((slot) => slot.serving ?? []);

  async function reload(changed: Settings): Promise<void> {
    settings = changed;
    const wanted = workerCount(changed);
    for (let number = slots.length + 1; number <= wanted; number += 1) {
      slots.push({ number, serving: undefined, keeper: undefined, generation: 0, mortality: NO_DEATHS });
    }
    for (const slot of slots.slice(0, wanted)) await renew(slot);
    for (const slot of slots.splice(wanted)) {
      const { serving: old } = slot;
      slot.serving = undefined;
      if (old !== undefined) await retire(old);
    }
  }

  /** A new worker takes over the slot; the old one finishes what it has begun. */
  async function renew(slot: Slot): Promise<void> {
    const old = slot.serving;
    const held = slot.keeper === undefined ? undefined : (await slot.keeper.ask('read')).checkedSequence;
    const fresh = spawn(slot, held);
    try {
      await fresh.ready;
    } catch (error) {
      fresh.kill();
      throw error;
    }
    slot.serving = fresh;
    slot.mortality = NO_DEATHS;
    if (old !== undefined) await retire(old);
    handOver(slot);
  }

  async function retire(worker: WorkerProcess): Promise<void> {
    try {
      await worker.ask('drain');
      await worker.ask('finish');
    } catch {
      // It has ended on its own, which is what was asked for.
    }
    await worker.ended;
  }

  async function stop(): Promise<void> {
    const isStarted = state === 'serving';
    state = 'stopping';
    await reloading.catch(() => undefined);
    const all = serving();
    if (!isStarted) for (const worker of all) worker.kill();
    await Promise.all(all.map((worker) => (isStarted ? retire(worker) : worker.ended)));
    server.close();
  }

  return {
    started: start(),
    get slotCount() {
      return slots.length;
    },
    get isComplete() {
      return slots.every((slot) => slot.serving?.isReady === true);
    },
    async read() {
      const answers = await Promise.allSettled(ready().map((worker) => worker.ask('read')));
      // Who has gone meanwhile says nothing.
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    },
    explain(request) {
      const [worker] = ready();
      if (worker === undefined) throw new Error('no worker serves at the moment');
      return worker.ask('explain', request);
    },
    reload(changed) {
      // One at a time; whoever asks meanwhile has a reload of their own.
      const turn = reloading.catch(() => undefined).then(() => reload(changed));
      reloading = turn;
      return turn;
    },
    async drain() {
      await Promise.all(serving().map((worker) => worker.ask('drain').catch(() => undefined)));
    },
    stop,
  };
}

function workerCount({ workers }: Settings): number {
  return workers ?? 1;
}
