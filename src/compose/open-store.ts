/**
 * The store of one edge: memory above, disk below, within its share of the bounds. A disk that cannot be used is said so and done
 * without. How either works: adapters/store.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import { openDiskStore } from '../adapters/store/disk-store.ts';
import { createMemoryStore } from '../adapters/store/memory-store.ts';
import { createTieredStore } from '../adapters/store/tiered-store.ts';
import { createS3Fifo } from '../core/cache/eviction.ts';
import { createNumberMap } from '../core/cache/number-map.ts';
import { createSizeAwareFifo } from '../core/cache/size-aware-eviction.ts';
import type { Store } from '../edge/ports.ts';
import type { Bytes } from '../model/units.ts';
import type { Settings } from '../tables/settings.ts';

/** Ours: so much of the memory is for the index of what lies on the disk. */
const INDEX_SHARE = 0.25;

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

export async function openStore(settings: Settings, serverLog: ServerLog): Promise<OpenedStore> {
  const inMemory = (capacity: Bytes): Store => createMemoryStore({ capacity, eviction: createSizeAwareFifo });
  const directory = join(settings.data, 'cache');
  if (settings.disk > 0) {
    try {
      const { ino, birthtimeMs } = statSync(join(settings.data, 'state.db'));
      const indexMemory = Math.floor(settings.memory * INDEX_SHARE);
      const disk = await openDiskStore({
        directory,
        capacity: settings.disk,
        indexMemory,
        owner: `${ino}-${birthtimeMs}`,
        clock,
        report: serverLog.warning,
        eviction: (capacity) => createS3Fifo(capacity, createNumberMap()),
        numberMap: createNumberMap(),
      });
      return { store: createTieredStore(inMemory(settings.memory - indexMemory), disk), close: disk.close };
    } catch (error) {
      serverLog.warning(`the disk cache in ${directory} cannot be used; caching in memory only`, error);
    }
  }
  return { store: inMemory(settings.memory), close: async () => undefined };
}
