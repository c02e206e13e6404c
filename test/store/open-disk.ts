/** A disk store as compose opens it, for the tests and the measurements beside this file. */
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openDiskStore, type DiskStore, type DiskStoreOptions } from '../../src/adapters/store/disk-store.ts';
import { createS3Fifo } from '../../src/core/cache/eviction.ts';
import { createNumberMap } from '../../src/core/cache/number-map.ts';
import { MIB } from '../../src/model/units.ts';

export function openDisk(
  options: Pick<DiskStoreOptions, 'directory' | 'capacity'> & Partial<DiskStoreOptions>,
): Promise<DiskStore> {
  return openDiskStore({
    clock: systemClock,
    report: (message, cause) => {
      throw new Error(message, { cause });
    },
    eviction: (capacity) => createS3Fifo(capacity, createNumberMap()),
    numberMap: createNumberMap(),
    indexMemory: 1024 * MIB,
    owner: 'test',
    ...options,
  });
}
