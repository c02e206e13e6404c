import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import type { DiskStore } from '../../src/adapters/store/disk-store.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createTieredStore } from '../../src/adapters/store/tiered-store.ts';
import { createS3Fifo } from '../../src/core/cache/eviction.ts';
import { createSizeAwareFifo } from '../../src/core/cache/size-aware-eviction.ts';
import { openDisk } from '../store/open-disk.ts';
import { inMemory, storeContract, type Bounds, type OpenStore } from './store.ts';
import type { Store } from '../../src/edge/store-ports.ts';

function onDisk(above: (disk: DiskStore, bounds: Bounds) => Store): OpenStore {
  return async (bounds) => {
    const directory = mkdtempSync(join(tmpdir(), 'warmfront-store-'));
    const disk = await openDisk({ ...bounds, directory, clock: createVirtualClock() });
    return {
      store: above(disk, bounds),
      settled: disk.settled,
      async close() {
        await disk.close();
        rmSync(directory, { recursive: true });
      },
    };
  };
}

storeContract(
  'the memory store, size-aware',
  inMemory((bounds) => createMemoryStore({ ...bounds, eviction: createSizeAwareFifo })),
);
storeContract(
  'the memory store, S3-FIFO',
  inMemory((bounds) => createMemoryStore({ ...bounds, eviction: createS3Fifo })),
);
storeContract(
  'the disk store',
  onDisk((disk) => disk),
  { unit: 32, runs: 20 },
);
storeContract(
  'the disk store below memory',
  onDisk((disk, { capacity }) =>
    createTieredStore(createMemoryStore({ capacity: capacity / 100, eviction: createSizeAwareFifo }), disk),
  ),
  { unit: 32, runs: 20 },
);
