/**
 * Memory above, disk below: one Store. What is put goes to both, so that a crash loses nothing that memory had; what only the disk
 * has is read from there, and returns to memory when it is small, or asked for often. Bodies too large to be held go to the disk as
 * they come. Who leaves memory, and who the disk, is decided by their evictions.
 */
import type { Store, StoredFile, StoredObject } from '../../edge/store-ports.ts';
import { MIB, type Bytes } from '../../model/units.ts';
import type { DiskStore } from './disk-store.ts';

/** Ours: what is asked for on the disk has been asked for before; up to this size it returns to memory at once. */
const LARGEST_PROMOTED: Bytes = MIB;
/** Ours: a larger body that memory takes at all returns when it is asked for this often, while it is remembered. */
const OFTEN = 3;
const REMEMBERED = 1024;
/** Ours: the share of memory that may be on its way back at once, beside what memory holds. */
const PROMOTING_SHARE = 0.25;

export function createTieredStore(memory: Store, disk: DiskStore): Store {
  /** How often bodies of middling size were asked for, the least lately asked for first. */
  const requests = new Map<string, number>();
  const promotions = new Map<string, Promise<StoredObject | undefined>>();
  let promoting: Bytes = 0;

  const get = (key: string): StoredObject | undefined => memory.get(key) ?? disk.get(key);

  /** Whoever asks for it meanwhile shares it: a body comes back once. */
  function load(key: string): Promise<StoredObject | undefined> | undefined {
    const underWay = promotions.get(key);
    if (underWay !== undefined) return underWay;
    const loading = disk.load(key);
    if (loading === undefined) return undefined;
    const promotion = promoted(key, loading).finally(() => promotions.delete(key));
    promotions.set(key, promotion);
    return promotion;
  }

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

  /** With its body in memory where it should return there. Undefined when it turns out to be damaged. */
  async function asHeld(object: StoredObject): Promise<StoredObject | undefined> {
    const { body } = object;
    if (body instanceof Uint8Array || !returns(object.response.key, body.length)) return object;
    promoting += body.length;
    try {
      return { ...object, body: await wholeOf(body) };
    } catch {
      // The disk store has said so and dropped it.
      return undefined;
    } finally {
      promoting -= body.length;
    }
  }

  function returns(key: string, length: Bytes): boolean {
    const { capacity, largestObject } = memory.stats;
    if (promoting + length > capacity * PROMOTING_SHARE) return false;
    if (length <= LARGEST_PROMOTED) return true;
    if (length * 2 > largestObject) return false;
    const count = (requests.get(key) ?? 0) + 1;
    requests.delete(key);
    if (count >= OFTEN) return true;
    requests.set(key, count);
    for (const oldest of requests.keys()) {
      if (requests.size <= REMEMBERED) break;
      requests.delete(oldest);
    }
    return false;
  }

  return {
    get,
    load,
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
        objects: Math.max(held.objects, kept.objects),
        bytes: held.bytes + kept.bytes,
        capacity: held.capacity + kept.capacity,
        largestObject: Math.max(held.largestObject, kept.largestObject),
        largestFill: kept.largestFill,
        tiers: [...held.tiers, ...kept.tiers],
      };
    },
  };
}

async function wholeOf({ length, read }: StoredFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled: Bytes = 0;
  for await (const chunk of read(0, length - 1).chunks) {
    bytes.set(chunk, filled);
    filled += chunk.byteLength;
  }
  return bytes;
}
