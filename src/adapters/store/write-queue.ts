/**
 * What waits to be written to the disk cache, in the order in which it came: a write costs more than a small object, so what comes within a
 * moment is written together. What a batch is written as: disk-store.ts.
 */
import type { Clock } from '../../edge/ports.ts';
import { KIB, type Bytes, type Duration } from '../../model/units.ts';

/** Ours: how long one may wait for others. */
const GATHERING_TIME: Duration = 50;
/** Ours: so many octets, or so many of them, wait for nobody. */
const ENOUGH_OCTETS: Bytes = 256 * KIB;
const BATCH = 256;

export interface WriteQueue<Item> {
  push(item: Item): void;
  /** Resolves when all that waits has been written, without waiting for more. */
  settled(): Promise<void>;
}

export interface WriteQueueOptions<Item> {
  readonly clock: Clock;
  /** How long one may wait for others; GATHERING_TIME unless given. */
  readonly gathering?: Duration | undefined;
  /** Octets that wait. */
  readonly held: () => Bytes;
  /** Never rejects. */
  readonly write: (batch: readonly Item[]) => Promise<void>;
}

export function createWriteQueue<Item>(options: WriteQueueOptions<Item>): WriteQueue<Item> {
  const { clock, gathering = GATHERING_TIME, held, write } = options;
  let queue: Item[] = [];
  let working: Promise<void> | undefined;
  let hurried = 0;
  let stopGathering: (() => void) | undefined;

  const isEnough = (): boolean => gathering === 0 || hurried > 0 || queue.length >= BATCH || held() >= ENOUGH_OCTETS;

  async function work(): Promise<void> {
    // What is put in the same turn goes together.
    await Promise.resolve();
    while (queue.length > 0) {
      if (!isEnough()) await gathered();
      const batch = queue.slice(0, BATCH);
      queue = queue.slice(BATCH);
      await write(batch);
    }
    working = undefined;
  }

  function gathered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(gathering, resolve);
    stopGathering = () => {
      timer.cancel();
      resolve();
    };
    return promise;
  }

  return {
    push(item) {
      queue.push(item);
      working ??= work();
      if (isEnough()) stopGathering?.();
    },
    async settled() {
      hurried += 1;
      stopGathering?.();
      while (working !== undefined) await working;
      hurried -= 1;
    },
  };
}
