/**
 * Memory above, disk below: one Store. What is put goes to both, so that a crash loses nothing that memory had; what only the disk
 * has is read from there, and held again when it is small. Bodies too large to be held go to the disk as they come.
 */
import type { Store, StoredObject } from '../../edge/ports.ts';
import { MIB, type Bytes } from '../../model/units.ts';
import type { DiskStore } from './disk-store.ts';

/** Ours: what is asked for on the disk has been asked for before; up to this size it returns to memory. Larger bodies stream. */
const LARGEST_PROMOTED: Bytes = MIB;

export function createTieredStore(memory: Store, disk: DiskStore): Store {
  const get = (key: string): StoredObject | undefined => memory.get(key) ?? disk.get(key);

  async function promoted(key: string, loading: Promise<StoredObject | undefined>): Promise<StoredObject | undefined> {
    const object = await loading;
    const whole = object === undefined ? undefined : await asHeld(object);
    // Who was faster, or has put something newer meanwhile, is right; and what was forgotten meanwhile stays so.
    const held = get(key);
    if (held !== undefined || whole === undefined) return held;
    if (!disk.has(key)) return undefined;
    memory.put(whole);
    return whole;
  }

  return {
    get,
    load(key) {
      const loading = disk.load(key);
      return loading && promoted(key, loading);
    },
    put(object) {
      const isHeld = memory.put(object);
      return disk.put(object) || isHeld;
    },
    fill(length) {
      const fill = disk.fill(length);
      if (fill === undefined) return undefined;
      return {
        ...fill,
        commit(response) {
          memory.delete(response.key);
          return fill.commit(response);
        },
      };
    },
    refresh(response) {
      const isHeld = memory.refresh(response);
      return disk.refresh(response) || isHeld;
    },
    delete(key) {
      memory.delete(key);
      disk.delete(key);
    },
    peek: async (key) => (await memory.peek(key)) ?? disk.peek(key),
    keys: () => memory.keys(),
    async sweep(isForgotten, pause) {
      await memory.sweep(isForgotten, pause);
      await disk.sweep(isForgotten, pause);
    },
    checkedThrough: (sequence) => disk.checkedThrough(sequence),
    checkedSequence: disk.checkedSequence,
    get stats() {
      const [held, kept] = [memory.stats, disk.stats];
      return {
        ...kept,
        objects: Math.max(held.objects, kept.objects),
        bytes: held.bytes + kept.bytes,
        capacity: held.capacity + kept.capacity,
      };
    },
  };
}

/** With its body in memory where that is small enough. Undefined when it turns out to be damaged. */
async function asHeld(object: StoredObject): Promise<StoredObject | undefined> {
  const { body } = object;
  if (body instanceof Uint8Array || body.length > LARGEST_PROMOTED) return object;
  const bytes = new Uint8Array(body.length);
  let filled: Bytes = 0;
  try {
    for await (const chunk of body.read(0, body.length - 1).chunks) {
      bytes.set(chunk, filled);
      filled += chunk.byteLength;
    }
  } catch {
    // The disk store has said so and dropped it.
    return undefined;
  }
  return { ...object, body: bytes };
}
