/**
 * The bus of a single process: control plane and edges call each other through three lanes per edge.
 *
 *   snapshots   only the newest counts: a newer one takes the place of one not yet delivered, and acknowledges it
 *   bans        every one, in order
 *   key values  every update of a key value store, in order
 *
 * A callback that throws has not acknowledged: the edge is asked again after RETRY_DELAY, with the newest snapshot or the same
 * ban, until it acknowledges or leaves. Why an edge is behind is told to `warn`. What is published when is decided in
 * control/publish/publisher.ts.
 */
import type { Bus, BusSource, Clock, ControlBus, EdgeSubscriber } from '../../edge/ports.ts';
import type { KeyValueUpdate } from '../../model/key-value-store.ts';
import type { Ban, Snapshot } from '../../model/snapshot.ts';
import type { Duration } from '../../model/units.ts';
import { sentence } from '../../model/sentence.ts';

/** Ours: long enough not to spin on an edge that cannot, short enough that nobody notices one hiccup. */
export const RETRY_DELAY: Duration = 250;

export interface InProcessBusOptions {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** An edge that is joining, or has joined. */
export interface Admission {
  /** Resolves when it has the newest snapshot and the bans it missed, or has left. */
  readonly joined: Promise<unknown>;
  /** Nothing is delivered to it any more, and nobody waits for it. */
  leave(): void;
}

export interface InProcessBus extends Bus, ControlBus {
  /** As `join`, for those who may have gone before they have joined. */
  admit(edgeId: string, after: number, subscriber: EdgeSubscriber): Admission;
}

export function createInProcessBus({ clock, warn }: InProcessBusOptions): InProcessBus {
  let source: BusSource | undefined;
  const edges = new Set<Edge>();

  function admit(edgeId: string, after: number, subscriber: EdgeSubscriber): Admission {
    if (source === undefined) throw new Error('the bus has no control plane yet');
    const edge = createEdge(edgeId, after, subscriber, clock, warn);
    edges.add(edge);
    // What is published from here on queues behind what was missed.
    const missed = source.bansAfter(after).map((ban) => edge.bans.push(ban));
    const stores = source.keyValues().map((update) => edge.keyValues(update));
    return {
      joined: Promise.all([edge.snapshots.push(source.snapshot()), ...missed, ...stores]),
      leave() {
        edges.delete(edge);
        edge.snapshots.close();
        edge.bans.close();
        edge.updates.close();
      },
    };
  }

  return {
    admit,
    attach(attached) {
      if (source !== undefined) throw new Error('the bus has its control plane already');
      source = attached;
    },
    async publishSnapshot(snapshot) {
      await Promise.all([...edges].map((edge) => edge.snapshots.push(snapshot)));
    },
    async publishBan(ban) {
      const acknowledgements = [...edges].map(async (edge) =>
        (await edge.bans.push(ban)) ? [{ edgeId: edge.id, acknowledgedAt: clock.now() }] : [],
      );
      return (await Promise.all(acknowledgements)).flat();
    },
    async publishKeyValues(update) {
      await Promise.all([...edges].map((edge) => edge.keyValues(update)));
    },
    edges: () =>
      [...edges].map(({ id, after, snapshots, bans }) => ({
        id,
        snapshotVersion: Math.max(0, snapshots.newest()),
        banSequence: Math.max(after, bans.newest()),
      })),
    async join(edgeId, after, subscriber) {
      const { joined, leave } = admit(edgeId, after, subscriber);
      await joined;
      return { leave: async () => leave() };
    },
  };
}

interface Lane<M> {
  /** Resolves to true when the edge has acknowledged the message, to false when it has left. */
  push(message: M): Promise<boolean>;
  /** The highest number acknowledged; -1 before the first. */
  newest(): number;
  close(): void;
}

interface Edge {
  readonly id: string;
  /** The ban it had applied when it joined. */
  readonly after: number;
  readonly snapshots: Lane<Snapshot>;
  readonly bans: Lane<Ban>;
  readonly updates: Lane<NumberedUpdate>;
  keyValues(update: KeyValueUpdate): Promise<boolean>;
}

/** Updates have no numbers of their own across stores; the order in which an edge is sent them is one. */
interface NumberedUpdate {
  readonly number: number;
  readonly update: KeyValueUpdate;
}

function createEdge(
  edgeId: string,
  after: number,
  subscriber: EdgeSubscriber,
  clock: Clock,
  warn: (message: string) => void,
): Edge {
  const failed = (what: string, error: unknown): void =>
    warn(`edge ${edgeId} did not apply ${what}; trying again: ${sentence(error)}`);
  let sent = 0;
  const updates = createLane<NumberedUpdate>({
    clock,
    deliver: ({ update }) => subscriber.keyValues(update),
    number: ({ number }) => number,
    next: (waiting) => waiting[0],
    failed: ({ update }, error) => failed(`a change of the key value store ${update.storeId}`, error),
  });
  return {
    id: edgeId,
    after,
    snapshots: createLane<Snapshot>({
      clock,
      deliver: (snapshot) => subscriber.snapshot(snapshot),
      number: (snapshot) => snapshot.version,
      next: (waiting) => waiting.reduce((newest, one) => (one.message.version >= newest.message.version ? one : newest)),
      failed: (snapshot, error) => failed(`snapshot ${snapshot.version}`, error),
    }),
    bans: createLane<Ban>({
      clock,
      deliver: (ban) => subscriber.ban(ban),
      number: (ban) => ban.sequence,
      next: (waiting) => waiting[0],
      failed: (ban, error) => failed(`ban ${ban.sequence}`, error),
    }),
    updates,
    keyValues: (update) => updates.push({ number: ++sent, update }),
  };
}

interface Waiting<M> {
  readonly message: M;
  readonly settle: (acknowledged: boolean) => void;
}

interface LaneRules<M> {
  readonly clock: Clock;
  readonly deliver: (message: M) => void | Promise<void>;
  /** Acknowledging a message acknowledges every one of the same or a lower number. */
  readonly number: (message: M) => number;
  /** Which of those waiting goes next. */
  readonly next: (waiting: readonly [Waiting<M>, ...Waiting<M>[]]) => Waiting<M>;
  readonly failed: (message: M, error: unknown) => void;
}

function createLane<M>({ clock, deliver, number, next, failed }: LaneRules<M>): Lane<M> {
  let waiting: readonly Waiting<M>[] = [];
  let newest = -1;
  let state: 'idle' | 'delivering' | 'closed' = 'idle';
  let retry: { cancel(): void } | undefined;

  /** Delivers until nothing waits, or until the edge fails; then the clock calls again. */
  async function run(): Promise<void> {
    state = 'delivering';
    for (let [head, ...rest] = waiting; head !== undefined; [head, ...rest] = waiting) {
      const { message } = next([head, ...rest]);
      try {
        await deliver(message);
      } catch (error) {
        if (isClosed()) return;
        failed(message, error);
        retry = clock.after(RETRY_DELAY, () => void run());
        return;
      }
      if (isClosed()) return;
      newest = Math.max(newest, number(message));
      for (const one of waiting) if (number(one.message) <= newest) one.settle(true);
      waiting = waiting.filter((one) => number(one.message) > newest);
    }
    state = 'idle';
  }
  const isClosed = (): boolean => state === 'closed';

  return {
    newest: () => newest,
    push: (message) =>
      new Promise((settle) => {
        if (isClosed() || number(message) <= newest) {
          settle(!isClosed());
          return;
        }
        waiting = [...waiting, { message, settle }];
        if (state === 'idle') void run();
      }),
    close() {
      state = 'closed';
      retry?.cancel();
      for (const one of waiting) one.settle(false);
      waiting = [];
    },
  };
}
