/**
 * The workers of one Warmfront: so many slots, in each of which one worker serves. One that dies is replaced; a reload puts a new one in
 * each slot, one slot after the other, and lets the old one finish. The supervisor itself serves no viewer.
 *
 *     slot     a share of the cache, with a folder of the disk cache that one process at a time may have: its keeper
 *     worker   starting -> serving -> leaving (answers the viewers it has, and still answers for its slot's keys) -> gone
 *
 * What workers are told and asked: worker-calls.ts; who is on the line: worker-lines.ts; who answers for which key: core/tiers.
 */
import { DRAIN_LIMIT } from '../adapters/listen/listener.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { TierNode, TierRing } from '../adapters/tier/tier-client.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Clock } from '../edge/ports.ts';
import { mergeFindings } from '../insight/guard/merge-findings.ts';
import { countersOf, mergeReadings } from '../insight/metrics/merge-readings.ts';
import type { Explanation } from '../model/explanation.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import { inOrder, type FunctionRunQuery, type RecordedFunctionRuns } from '../model/function-trace.ts';
import { SECOND, type Duration, type Instant } from '../model/units.ts';
import type { MetricsReading } from '../tables/metrics.ts';
import type { Settings } from '../tables/settings.ts';
import { answerWithin, NoAnswer } from './answer-within.ts';
import { removeForeignCaches } from './open-store.ts';
import { recordedFunctionRuns } from './recorded-function-runs.ts';
import { decideRespawn, NO_DEATHS, type Mortality } from './respawn.ts';
import type { ListenOrder, ViewerPorts, WorkerReading } from './worker-calls.ts';
import { wafOfWorkers, type WafOfWorkers } from './waf-of-workers.ts';
import type { ExpectedWorker, WorkerProcess } from './worker-process.ts';
import type { WorkerLines } from './worker-lines.ts';

/**
 * Ours: how long the viewers of a worker that leaves may stay idle and still be answered, and told to connect anew. Whoever asks this
 * often loses nothing; of the others, RFC 9112 9.5 expects that they ask again.
 */
const MOVING_TIME: Duration = 3 * SECOND;
/** Ours: a worker that says nothing for so long to what it can answer at once stands still. */
const ANSWER_LIMIT: Duration = 5 * SECOND;
/** Ours: what a worker may need beyond the time that its viewers have, to write down what it keeps. */
const CLOSING_TIME: Duration = 15 * SECOND;
/** Ours: a large disk cache is read in before it is taken. */
const DISK_LIMIT: Duration = 60 * SECOND;

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly lines: WorkerLines;
  readonly clock: Clock;
  readonly serverLog: ServerLog;
}

export interface Supervisor {
  /** Resolves when every worker serves; rejects with the first failure, and then none is left. */
  readonly started: Promise<ViewerPorts>;
  /** A worker serves in every slot, and none is known to stand still. */
  readonly isComplete: boolean;
  readonly slotCount: number;
  /** What each of the workers that serve says of itself. */
  read(): Promise<readonly WorkerReading[]>;
  /** What all workers have counted, those that have gone among them: no total ever falls. */
  readMetrics(): Promise<MetricsReading>;
  /** Told by the worker that answers for the request's key. */
  explain(request: ViewerRequest): Promise<Explanation>;
  readonly waf: WafOfWorkers;
  /** Those of all workers, the oldest first. */
  functionRuns(query: FunctionRunQuery): Promise<RecordedFunctionRuns>;
  /** What the guard has found in all workers. */
  findings(): Promise<readonly FindingGroup[]>;
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
  /** Those that stand still: they did not answer when they were last asked, and have not since. */
  const silent = new Set<WorkerProcess>();
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
        if (worker.isReady) await answerWithin(clock, ANSWER_LIMIT, told).catch(() => undefined);
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
    silent.delete(worker);
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
      await answerWithin(clock, DISK_LIMIT, heir.ask('takeDisk'));
    } catch (error) {
      // One that has ended is replaced, and who replaces it opens the folder.
      if (error instanceof NoAnswer) serverLog.error(`worker ${heir.edgeId} does not say that it has its disk cache`, error);
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
    // One that does not say had checked as much as when it was last asked, at least.
    const reading = slot.keeper === undefined ? undefined : await readWorker(slot.keeper).catch(() => undefined);
    if (reading !== undefined) slot.checkedSequence = reading.checkedSequence;
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
    await endUnless(worker, async () => {
      await drainWorker(worker, patience);
      retired.add(worker);
      await publishRing();
      await readWorker(worker).catch(() => undefined);
      await answerWithin(clock, DRAIN_LIMIT + CLOSING_TIME, worker.ask('finish'));
      await answerWithin(clock, CLOSING_TIME, worker.ended);
    });
    await worker.ended;
  }

  async function drainWorker(worker: WorkerProcess, patience: Duration): Promise<void> {
    await answerWithin(clock, DRAIN_LIMIT + patience + CLOSING_TIME, worker.ask('drain', { patience }));
  }

  /** A worker that does not do in time what it was told cannot be told anything else. */
  async function endUnless(worker: WorkerProcess, isDone: () => Promise<void>): Promise<void> {
    try {
      await isDone();
    } catch (error) {
      // It has ended on its own, which is what was asked for.
      if (!(error instanceof NoAnswer)) return;
      serverLog.error(`worker ${worker.edgeId} (process ${worker.pid}) does not do what it is told, and is killed`, error);
      worker.kill();
    }
  }

  async function readWorker(worker: WorkerProcess): Promise<WorkerReading> {
    const asked = worker.ask('read');
    asked.then(() => silent.delete(worker)).catch(() => undefined);
    try {
      const reading = await answerWithin(clock, ANSWER_LIMIT, asked);
      if (alive.has(worker)) counted.set(worker, reading.metrics);
      return reading;
    } catch (error) {
      if (error instanceof NoAnswer && alive.has(worker) && !silent.has(worker)) {
        silent.add(worker);
        serverLog.error(`worker ${worker.edgeId} (process ${worker.pid}) stands still`, error);
      }
      throw error;
    }
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
      return slots.every((slot) => slot.serving?.isReady === true && !silent.has(slot.serving));
    },
    get slotCount() {
      return slots.length;
    },
    read: () => readAll(ready()),
    async readMetrics() {
      await readAll([...alive].filter((worker) => worker.isReady));
      const readings = [...counted].map(([worker, reading]) => (silent.has(worker) ? countersOf(reading) : reading));
      return mergeReadings([...readings, countedByGone]);
    },
    async explain(request) {
      const [first] = ready();
      if (first === undefined) throw new Error('no worker serves at the moment');
      const { ownedBy, explanation } = await answerWithin(clock, ANSWER_LIMIT, first.ask('explain', request));
      const owner = ready().find((worker) => worker.tierAddress === ownedBy && worker !== first);
      return owner === undefined
        ? explanation
        : (await answerWithin(clock, ANSWER_LIMIT, owner.ask('explain', request))).explanation;
    },
    waf: wafOfWorkers(ready, clock, ANSWER_LIMIT),
    async functionRuns(query) {
      const asked = ready().map((worker) => answerWithin(clock, ANSWER_LIMIT, worker.ask('functionRuns', query)));
      // Who has gone meanwhile, or stands still, has none to tell.
      const told = (await Promise.allSettled(asked)).flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      const runs = told.toSorted(inOrder);
      return { mostPerWorker: recordedFunctionRuns(settings), runs: runs.slice(-query.last) };
    },
    async findings() {
      return mergeFindings(await Promise.all(ready().map((worker) => answerWithin(clock, ANSWER_LIMIT, worker.ask('findings')))));
    },
    async reopenLogs() {
      const reopened = [...alive].map((worker) => answerWithin(clock, ANSWER_LIMIT, worker.ask('reopenLog')));
      await Promise.all(reopened.map((one) => one.catch(() => undefined)));
    },
    reload(changed) {
      // One at a time; whoever asks meanwhile has a reload of their own.
      const turn = reloading.catch(() => undefined).then(() => reload(changed));
      reloading = turn;
      return turn;
    },
    async drain() {
      await Promise.all([...alive].map((worker) => endUnless(worker, () => drainWorker(worker, 0))));
    },
    stop,
  };
}

function workerCount({ workers }: Settings): number {
  return workers ?? navigator.hardwareConcurrency;
}
