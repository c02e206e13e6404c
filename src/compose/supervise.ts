/**
 * The workers of one Warmfront: so many slots, in each of which one worker serves. One that dies is replaced; a reload puts a new one in
 * each slot, one slot after the other, and lets the old one finish. The supervisor itself serves no viewer.
 *
 *     slot     a share of the cache, with a folder of the disk cache that one process at a time may have: its keeper
 *     worker   starting -> serving -> leaving (answers the viewers it has, and still answers for its slot's keys) -> gone
 *
 * What workers are told and asked: worker-calls.ts; who is on the line: worker-lines.ts; who answers for which key: core/tiers.
 */
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { TierNode, TierRing } from '../adapters/tier/tier-client.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Clock } from '../edge/ports.ts';
import { countersOf, mergeReadings } from '../insight/metrics/merge-readings.ts';
import type { Explanation } from '../model/explanation.ts';
import { SECOND, type Duration, type Instant } from '../model/units.ts';
import type { MetricsReading } from '../tables/metrics.ts';
import type { Settings } from '../tables/settings.ts';
import { removeForeignCaches } from './open-store.ts';
import { decideRespawn, NO_DEATHS, type Mortality } from './respawn.ts';
import type { ListenOrder, ViewerPorts, WorkerReading } from './worker-calls.ts';
import type { ExpectedWorker, WorkerProcess } from './worker-process.ts';
import type { WorkerLines } from './worker-lines.ts';

/**
 * Ours: how long the viewers of a worker that leaves may stay idle and still be answered, and told to connect anew. Whoever asks this
 * often loses nothing; of the others, RFC 9112 9.5 expects that they ask again.
 */
const MOVING_TIME: Duration = 3 * SECOND;

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly lines: WorkerLines;
  readonly clock: Clock;
  readonly serverLog: ServerLog;
}

export interface Supervisor {
  /** Resolves when every worker serves; rejects with the first failure, and then none is left. */
  readonly started: Promise<ViewerPorts>;
  /** A worker serves in every slot. */
  readonly isComplete: boolean;
  readonly slotCount: number;
  /** What each of the workers that serve says of itself. */
  read(): Promise<readonly WorkerReading[]>;
  /** What all workers have counted, those that have gone among them: no total ever falls. */
  readMetrics(): Promise<MetricsReading>;
  /** Told by the worker that answers for the request's key. */
  explain(request: ViewerRequest): Promise<Explanation>;
  reopenLogs(): Promise<void>;
  /**
   * New workers in place of all, with these settings, one after the other; resolves with their names. Rejects when one cannot be had; the
   * old ones then go on.
   */
  reload(settings: Settings): Promise<readonly string[]>;
  /** Resolves when no worker accepts viewers any more and those who were there have their answers. */
  drain(): Promise<void>;
  /** Ends all workers. */
  stop(): Promise<void>;
}

interface Slot {
  readonly number: number;
  serving: WorkerProcess | undefined;
  /** Who has the folder of the disk cache. */
  keeper: WorkerProcess | undefined;
  /** What lies in the folder was checked against the bans up to this one, when it was last asked. */
  checkedSequence: number;
  /** Counts its workers. */
  generation: number;
  mortality: Mortality;
  /** Resolves when the folder has gone to the worker that serves. */
  handover: Promise<void>;
}

export function supervise({ settings: given, lines, clock, serverLog }: SupervisorOptions): Supervisor {
  let settings = given;
  const place = settings.pops[0] ?? 'FRA';
  const slots: Slot[] = [];
  /** Every process that has not ended. */
  const alive = new Set<WorkerProcess>();
  /** What each has counted when it was last asked, and what those had counted that are no more. */
  const counted = new Map<WorkerProcess, MetricsReading>();
  let countedByGone: MetricsReading = {};
  /** Those that do not answer for keys any more. */
  const retired = new Set<WorkerProcess>();
  let ports: Promise<ViewerPorts> | undefined;
  let state: 'starting' | 'serving' | 'stopping' = 'starting';
  let reloading: Promise<unknown> = Promise.resolve();

  const serving = (): readonly WorkerProcess[] => slots.flatMap((slot) => slot.serving ?? []);
  const ready = (): readonly WorkerProcess[] => serving().filter((worker) => worker.isReady);

  /** The first worker finds out whether the ports can be had and which are picked; the others listen with it. */
  async function mayListen(claimant: ExpectedWorker): Promise<ListenOrder> {
    const ring = ringOf(claimant.worker);
    if (ports !== undefined) return { ...(await ports), isShared: true, ring };
    ports = claimant.listening;
    // Who waits for it hears of it.
    ports.catch(() => undefined);
    return { httpPort: settings.httpPort, httpsPort: settings.httpsPort, isShared: false, ring };
  }

  function ringOf(worker: WorkerProcess): TierRing {
    const owners = slots.flatMap(({ number, keeper }): TierNode[] =>
      keeper?.isReady === true && !retired.has(keeper) ? [{ name: String(number), address: keeper.tierAddress }] : [],
    );
    const others = [...alive].filter((other) => other !== worker && other.isReady);
    return { owners, peers: others.map(({ edgeId, tierAddress }) => ({ name: edgeId, address: tierAddress })) };
  }

  /** Resolves when every worker that serves knows who answers for which key. */
  async function publishRing(): Promise<void> {
    if (state === 'stopping') return;
    await Promise.all(
      [...alive].map(async (worker) => {
        const told = worker.ask('ring', ringOf(worker)).catch(() => undefined);
        // One that starts is told as soon as it can hear.
        if (worker.isReady) await told;
      }),
    );
  }

  function spawn(slot: Slot): WorkerProcess {
    slot.generation += 1;
    const { keeper } = slot;
    const count = workerCount(settings);
    const worker = lines.start(
      {
        settings,
        slot: slot.number,
        edgeId: slot.generation === 1 ? `${place}-${slot.number}` : `${place}-${slot.number}.${slot.generation}`,
        memory: Math.floor(settings.memory / count),
        disk: Math.floor(settings.disk / count),
        ...(keeper !== undefined && { heldByAnother: slot.checkedSequence }),
      },
      mayListen,
    );
    if (keeper === undefined) slot.keeper = worker;
    alive.add(worker);
    const startedAt = clock.now();
    worker.ready.then(publishRing).catch(() => undefined);
    void worker.ended.then((how) => hasEnded(slot, worker, startedAt, how));
    return worker;
  }

  function hasEnded(slot: Slot, worker: WorkerProcess, startedAt: Instant, how: string): void {
    alive.delete(worker);
    retired.delete(worker);
    countedByGone = mergeReadings([countedByGone, countersOf(counted.get(worker) ?? {})]);
    counted.delete(worker);
    if (slot.keeper === worker) slot.keeper = undefined;
    if (slot.serving === worker) {
      slot.serving = undefined;
      if (state === 'serving') replace(slot, worker, startedAt, how);
    } else slot.handover = handOver(slot);
    void publishRing();
  }

  /** The folder of the disk cache goes to the worker that serves now; from then on it answers for the slot's keys. */
  async function handOver(slot: Slot): Promise<void> {
    const { serving: heir } = slot;
    if (slot.keeper !== undefined || heir === undefined || state !== 'serving') return;
    slot.keeper = heir;
    try {
      await heir.ask('takeDisk');
    } catch {
      // It has ended, and whoever replaces it opens the folder.
    }
    await publishRing();
  }

  function replace(slot: Slot, dead: WorkerProcess, startedAt: Instant, how: string): void {
    const respawn = decideRespawn(slot.mortality, startedAt, clock.now());
    slot.mortality = respawn;
    const when = respawn.delay === 0 ? 'another takes its place' : `another takes its place in ${respawn.delay / 1000} s`;
    const loop = respawn.isLoop ? `; ${respawn.youngDeaths} in a row have died young` : '';
    serverLog[respawn.isLoop ? 'error' : 'warning'](
      `worker ${dead.edgeId} (process ${dead.pid}) has ended: ${how}${loop}; ${when}`,
    );
    if (respawn.delay === 0) fillSlot(slot);
    else clock.after(respawn.delay, () => fillSlot(slot));
  }

  function fillSlot(slot: Slot): void {
    if (state !== 'serving' || slot.serving !== undefined || !slots.includes(slot)) return;
    const worker = spawn(slot);
    slot.serving = worker;
    worker.ready.catch((error: unknown) => serverLog.error(`worker ${worker.edgeId} could not serve`, error));
  }

  function addSlots(count: number): readonly Slot[] {
    const added = Array.from({ length: Math.max(0, count - slots.length) }, (_, index): Slot => {
      const number = slots.length + index + 1;
      const none = { serving: undefined, keeper: undefined, checkedSequence: 0, generation: 0 };
      return { number, ...none, mortality: NO_DEATHS, handover: Promise.resolve() };
    });
    slots.push(...added);
    return added;
  }

  async function start(): Promise<ViewerPorts> {
    for (const slot of addSlots(workerCount(settings))) slot.serving = spawn(slot);
    try {
      await Promise.all(serving().map((worker) => worker.ready));
      if (ports === undefined) throw new Error('no worker has asked where to listen');
      const found = await ports;
      state = 'serving';
      await publishRing();
      return found;
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async function reload(changed: Settings): Promise<readonly string[]> {
    const before = settings;
    settings = changed;
    const count = workerCount(changed);
    addSlots(count);
    try {
      for (const slot of slots.slice(0, count)) await renew(slot);
    } catch (error) {
      settings = before;
      // A slot that has never been filled is none.
      for (const slot of slots.splice(workerCount(before))) if (slot.serving !== undefined) slots.push(slot);
      throw error;
    }
    for (const { serving: old } of slots.splice(count)) if (old !== undefined) await retire(old, MOVING_TIME);
    removeForeignCaches(settings.data, count);
    return serving().map(({ edgeId }) => edgeId);
  }

  /** A new worker takes over the slot; the old one finishes what it has begun. */
  async function renew(slot: Slot): Promise<void> {
    if (slot.keeper !== undefined) slot.checkedSequence = (await slot.keeper.ask('read')).checkedSequence;
    const fresh = spawn(slot);
    try {
      await fresh.ready;
    } catch (error) {
      fresh.kill();
      throw error;
    }
    // Whoever serves now: the one that served when this began may have died meanwhile, and another taken its place.
    const old = slot.serving;
    slot.serving = fresh;
    slot.mortality = NO_DEATHS;
    if (old !== undefined) await retire(old, MOVING_TIME);
    // Nobody had the folder to leave it.
    if (slot.keeper === undefined) slot.handover = handOver(slot);
    await slot.handover;
  }

  async function retire(worker: WorkerProcess, patience: Duration = 0): Promise<void> {
    try {
      await worker.ask('drain', { patience });
      retired.add(worker);
      await publishRing();
      await readWorker(worker);
      await worker.ask('finish');
    } catch {
      // It has ended on its own, which is what was asked for.
    }
    await worker.ended;
  }

  async function readWorker(worker: WorkerProcess): Promise<WorkerReading> {
    const reading = await worker.ask('read');
    if (alive.has(worker)) counted.set(worker, reading.metrics);
    return reading;
  }

  /** Who has gone meanwhile says nothing. */
  async function readAll(workers: readonly WorkerProcess[]): Promise<readonly WorkerReading[]> {
    const answers = await Promise.allSettled(workers.map(readWorker));
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  async function stop(): Promise<void> {
    const hasServed = state === 'serving';
    state = 'stopping';
    if (!hasServed) for (const worker of alive) worker.kill();
    await Promise.all([...alive].map((worker) => (hasServed ? retire(worker) : worker.ended)));
    lines.close();
  }

  return {
    started: start(),
    get isComplete() {
      return slots.every((slot) => slot.serving?.isReady === true);
    },
    get slotCount() {
      return slots.length;
    },
    read: () => readAll(ready()),
    async readMetrics() {
      const readings = await readAll([...alive].filter((worker) => worker.isReady));
      return mergeReadings([...readings.map(({ metrics }) => metrics), countedByGone]);
    },
    async explain(request) {
      const [first] = ready();
      if (first === undefined) throw new Error('no worker serves at the moment');
      const { ownedBy, explanation } = await first.ask('explain', request);
      const owner = ready().find((worker) => worker.tierAddress === ownedBy && worker !== first);
      return owner === undefined ? explanation : (await owner.ask('explain', request)).explanation;
    },
    async reopenLogs() {
      await Promise.all([...alive].map((worker) => worker.ask('reopenLog').catch(() => undefined)));
    },
    reload(changed) {
      // One at a time; whoever asks meanwhile has a reload of their own.
      const turn = reloading.catch(() => undefined).then(() => reload(changed));
      reloading = turn;
      return turn;
    },
    async drain() {
      await Promise.all([...alive].map((worker) => worker.ask('drain', { patience: 0 }).catch(() => undefined)));
    },
    stop,
  };
}

function workerCount({ workers }: Settings): number {
  return workers ?? navigator.hardwareConcurrency;
}
