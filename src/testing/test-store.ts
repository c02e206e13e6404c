/**
 * The store of the test kit's edge: bounded as a test says, and gone with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDiskStore } from '../adapters/store/disk-store.ts';
import { createMemoryStore } from '../adapters/store/memory-store.ts';
import { createTieredStore } from '../adapters/store/tiered-store.ts';
import { createS3Fifo } from '../core/cache/eviction.ts';
import { createNumberMap } from '../core/cache/number-map.ts';
import { createSizeAwareFifo } from '../core/cache/size-aware-eviction.ts';
import type { Clock } from '../edge/ports.ts';
import type { Store } from '../edge/store-ports.ts';
import { MIB, type Bytes } from '../model/units.ts';

/** Memory, and the disk below it where it has a bound, which goes with what `closing` does. */
export async function openTestStore(
  { memory, disk }: { readonly memory?: Bytes; readonly disk?: Bytes },
  clock: Clock,
  report: (message: string, error?: unknown) => never,
  closing: (() => Promise<void>)[],
): Promise<Store> {
  const held = createMemoryStore({ capacity: memory ?? 64 * MIB, eviction: createSizeAwareFifo });
  if (disk === undefined) return held;
  const directory = mkdtempSync(join(tmpdir(), 'warmfront-test-disk-'));
  const kept = await openDiskStore({
    directory,
    capacity: disk,
    indexMemory: 64 * MIB,
    owner: 'test',
    clock,
    // A test’s clock stands still.
    gathering: 0,
    report,
    eviction: (capacity) => createS3Fifo(capacity, createNumberMap()),
    numberMap: createNumberMap(),
  });
  closing.push(async () => {
    await kept.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return createTieredStore(held, kept);
}
