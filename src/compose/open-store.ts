/**
 * The store of one worker: memory above, disk below, its share of the bounds. The disk is a folder of its own, which one worker at a
 * time may have; a disk that cannot be used is said so and done without. How either works: adapters/store.
 *
 *     <data>/cache/<slot>/
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import { openDiskStore, type DiskStore } from '../adapters/store/disk-store.ts';
import { createLateDisk } from '../adapters/store/late-disk.ts';
import { createMemoryStore } from '../adapters/store/memory-store.ts';
import { createTieredStore } from '../adapters/store/tiered-store.ts';
import { createS3Fifo } from '../core/cache/eviction.ts';
import { createNumberMap } from '../core/cache/number-map.ts';
import { createSizeAwareFifo } from '../core/cache/size-aware-eviction.ts';
import type { Store } from '../edge/store-ports.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { Bytes } from '../model/units.ts';

/** Ours: so much of the memory is for the index of what lies on the disk. */
const INDEX_SHARE = 0.25;

export interface StorePlace {
  readonly data: string;
  readonly slot: number;
  readonly memory: Bytes;
  /** 0 for none. */
  readonly disk: Bytes;
  /** Undefined where the folder may be opened at once; else what lies there was checked against the bans up to this one. */
  readonly heldByAnother: number | undefined;
}

export interface OpenedStore {
  readonly store: Store;
  /** The upper half alone: for copies of what another worker keeps. */
  readonly memory: Store;
  /** The other worker has let go of the folder. */
  takeDisk(): Promise<void>;
  close(): Promise<void>;
}

export function cacheFolder(data: string, slot: number): string {
  return join(data, 'cache', String(slot));
}

/** What no worker of ours will use: the folders of slots that are no more. What they hold counts against no bound. */
export function removeForeignCaches(data: string, slots: number): void {
  const folder = join(data, 'cache');
  if (!existsSync(folder)) return;
  const own = new Set(Array.from({ length: slots }, (_, index) => String(index + 1)));
  for (const name of readdirSync(folder)) if (!own.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

export async function openStore(place: StorePlace, serverLog: ServerLog): Promise<OpenedStore> {
  const indexMemory = place.disk > 0 ? Math.floor(place.memory * INDEX_SHARE) : 0;
  const memory = createMemoryStore({ capacity: place.memory - indexMemory, eviction: createSizeAwareFifo });
  const close = async (): Promise<void> => undefined;
  if (place.disk === 0) return { store: memory, memory, takeDisk: close, close };
  const { heldByAnother } = place;
  if (heldByAnother === undefined) {
    const disk = await openDisk(place, indexMemory, serverLog);
    if (disk === undefined) return { store: memory, memory, takeDisk: close, close };
    return { store: createTieredStore(memory, disk), memory, takeDisk: close, close: disk.close };
  }
  const late = createLateDisk(heldByAnother);
  return {
    store: createTieredStore(memory, late.disk),
    memory,
    takeDisk: async () => late.attach(await openDisk(place, indexMemory, serverLog)),
    close: late.disk.close,
  };
}

async function openDisk(
  { data, slot, disk }: StorePlace,
  indexMemory: Bytes,
  serverLog: ServerLog,
): Promise<DiskStore | undefined> {
  const directory = cacheFolder(data, slot);
  try {
    const { ino, birthtimeMs } = statSync(join(data, 'state.db'));
    return await openDiskStore({
      directory,
      capacity: disk,
      indexMemory,
      owner: `${ino}-${birthtimeMs}`,
      clock,
      report: serverLog.warning,
      eviction: (capacity) => createS3Fifo(capacity, createNumberMap()),
      numberMap: createNumberMap(),
    });
  } catch (error) {
    serverLog.warning(`the disk cache in ${directory} cannot be used; caching in memory only`, error);
    return undefined;
  }
}
