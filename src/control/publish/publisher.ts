/**
 * From accepted changes to edges that have them: builds the snapshot of what is stored now, sends it over the bus, and records
 * as deployed what every joined edge acknowledged; the same for invalidations and their bans, and for what is in key value stores. Handlers write first (the change,
 * the next snapshot version and the ban are durable before anybody hears of them) and answer at once; this runs behind them.
 * How messages travel, and when an edge has acknowledged, is the bus's (edge/ports.ts).
 */
import type { Acknowledgement, Clock, ControlBus } from '../../edge/ports.ts';
import type { Distribution } from '../../model/distribution.ts';
import { keyValueStoresOf, type EdgeFunction } from '../../model/edge-function.ts';
import type { LambdaVersion } from '../../model/lambda-version.ts';
import type { Ban } from '../../model/snapshot.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { KeyValueChange, KeyValueUpdate } from '../../model/key-value-store.ts';
import type { WafConfiguration } from '../../model/web-acl.ts';
import type { Duration } from '../../model/units.ts';
import type { State } from '../state/open-state.ts';
import { sentence } from '../../model/sentence.ts';

/** Ours: after a failure to read or write the state, such as a full disk. */
export const RETRY_DELAY: Duration = 1000;

export interface PublisherOptions {
  readonly state: State;
  readonly bus: ControlBus;
  readonly clock: Clock;
  /** How long a change that every edge has stays InProgress, for people who test the transition. */
  readonly deployDelay: Duration;
  readonly warn: (message: string) => void;
  /** Everything that exists now, as edges read it. */
  readonly distributions: () => readonly Distribution[];
  /** The functions that they name. */
  readonly functions: () => readonly EdgeFunction[];
  /** The versions of Lambda functions that they name. */
  readonly lambdas: () => readonly LambdaVersion[];
  /** The web ACLs that these name; undefined: none do. */
  readonly waf: (distributions: readonly Distribution[]) => WafConfiguration | undefined;
  /** Records that every edge has these revisions. */
  readonly deployed: (distributions: readonly Distribution[]) => void;
}

export interface Publisher {
  /** Attaches to the bus and sends again what was not acknowledged before the last stop. Call once, before edges join. */
  start(): void;
  /** Something that edges read has changed. Several calls in one turn make one snapshot. */
  changed(): void;
  /** Sends a ban already stored; resolves when every joined edge has applied it. Calls are in order of sequence. */
  ban(ban: Ban): Promise<readonly Acknowledgement[]>;
  /** Sends a change already stored of a key value store; resolves when every joined edge that reads it has it. Calls are in order of version. */
  changeKeyValues(change: KeyValueChange): Promise<void>;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
  /** Nothing is recorded any more; what is on its way is sent again at the next start. */
  stop(): void;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { state, bus, clock, deployDelay, warn } = options;
  const underway = new Set<Promise<void>>();
  const timers = new Set<{ cancel(): void }>();
  /** The key value stores that every joined edge is kept up to date with. */
  const kept = new Set<string>();
  let isScheduled = false;
  let isStopped = false;

  function snapshot(): Snapshot {
    const distributions = options.distributions();
    const waf = options.waf(distributions);
    return {
      version: state.snapshotVersion(),
      distributions,
      functions: options.functions(),
      lambdas: options.lambdas(),
      ...(waf && { waf }),
    };
  }

  function after(delay: Duration): Promise<void> {
    if (delay <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.after(delay, () => {
        timers.delete(timer);
        resolve();
      });
      timers.add(timer);
    });
  }

  /** Tries until it succeeds; the first failure of a row is told. */
  async function persist(what: string, run: () => void): Promise<void> {
    for (let told = false; !isStopped; told = true) {
      try {
        run();
        return;
      } catch (error) {
        if (!told) warn(`${what}; trying again: ${sentence(error)}`);
        await after(RETRY_DELAY);
      }
    }
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => underway.delete(tracked));
    underway.add(tracked);
  }

  async function publish(): Promise<void> {
    await Promise.resolve();
    isScheduled = false;
    let sent: Snapshot | undefined;
    await persist('the snapshot for the edges could not be made', () => {
      const made = snapshot();
      // At once: a change of what has been read here follows it.
      sendStores(keyValueStoresOf(made.functions ?? []));
      sent = made;
    });
    if (sent === undefined) return;
    const { distributions, functions = [] } = sent;
    await bus.publishSnapshot(sent);
    await persist('what edges need not have any more could not be told', () => forgetStores(functions));
    await after(deployDelay);
    await persist('the deployment could not be recorded', () => options.deployed(distributions));
  }

  /** Those that edges are not kept up to date with yet. The snapshot that names them waits for them at each edge, and not here for all. */
  function sendStores(storeIds: Iterable<string>): void {
    for (const update of contentsOf([...storeIds].filter((id) => !kept.has(id)))) {
      kept.add(update.storeId);
      void bus.publishKeyValues(update);
    }
  }

  function contentsOf(storeIds: readonly string[]): readonly KeyValueUpdate[] {
    return storeIds.flatMap((id) => {
      const contents = state.keyValues.contents(id);
      return contents === undefined ? [] : [{ kind: 'contents', ...contents }];
    });
  }

  /** What neither the snapshot that every edge has by now names, nor the next. */
  function forgetStores(functions: readonly EdgeFunction[]): void {
    const read = keyValueStoresOf([...functions, ...options.functions()]);
    for (const storeId of kept) {
      if (read.has(storeId)) continue;
      kept.delete(storeId);
      void bus.publishKeyValues({ kind: 'gone', storeId });
    }
  }

  function changed(): void {
    if (isScheduled || isStopped) return;
    isScheduled = true;
    track(publish());
  }

  async function complete(sent: Ban, acknowledged: Promise<readonly Acknowledgement[]>): Promise<void> {
    await acknowledged;
    await after(deployDelay);
    await persist(`invalidation ${sent.invalidationId} could not be completed`, () =>
      state.invalidations.complete(sent.sequence, clock.now()),
    );
  }

  function ban(asked: Ban): Promise<readonly Acknowledgement[]> {
    const acknowledged = bus.publishBan(asked);
    track(complete(asked, acknowledged));
    return acknowledged;
  }

  return {
    start() {
      state.invalidations.compact();
      bus.attach({
        snapshot,
        bansAfter: (sequence) => state.invalidations.bansAfter(sequence),
        keyValues: () => contentsOf([...keyValueStoresOf(options.functions()).union(kept)]),
      });
      changed();
      for (const pending of state.invalidations.pendingBans()) void ban(pending);
    },
    changed,
    ban,
    async changeKeyValues(change) {
      if (kept.has(change.storeId)) await bus.publishKeyValues({ kind: 'change', ...change });
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
    stop() {
      isStopped = true;
      for (const timer of timers) timer.cancel();
      timers.clear();
    },
  };
}
