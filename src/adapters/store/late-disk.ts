/**
 * A place for a disk store that is not there yet: a worker that takes over from another serves from memory until the other has let go
 * of their disk. Until then nothing is there and nothing is taken; a sweep waits, so that no ban is let go that what lies on the disk has
 * not been checked against. When a worker may have the disk is decided by who runs it (compose/supervise.ts).
 */
import type { DiskStore } from './disk-store.ts';

export interface LateDisk {
  readonly disk: DiskStore;
  /** Once: the store, or undefined where there is none and never will be. */
  attach(store: DiskStore | undefined): void;
}

const NOTHING = { objects: 0, bytes: 0, capacity: 0, largestObject: 0, largestFill: 0, tiers: [] };

/** `checkedSequence`: everything on the disk was checked against the bans up to this one, at least. */
export function createLateDisk(checkedSequence: number): LateDisk {
  const attached = Promise.withResolvers<void>();
  /** Forgotten before they could be; an old body must not come back. */
  const forgotten = new Set<string>();
  let store: DiskStore | undefined;

  return {
    disk: {
      get: (key) => store?.get(key),
      has: (key) => store?.has(key) ?? false,
      load: (key) => store?.load(key),
      put: (object) => store?.put(object) ?? false,
      fill: (length) => store?.fill(length),
      refresh: (response) => store?.refresh(response) ?? false,
      delete(key) {
        if (store === undefined) forgotten.add(key);
        else store.delete(key);
      },
      peek: (key) => store?.peek(key) ?? Promise.resolve(undefined),
      keys: () => store?.keys() ?? [],
      async sweep(isForgotten, pause) {
        await attached.promise;
        await store?.sweep(isForgotten, pause);
      },
      checkedThrough: (sequence) => store?.checkedThrough(sequence),
      checkedSequence,
      get stats() {
        return store?.stats ?? NOTHING;
      },
      settled: () => store?.settled() ?? Promise.resolve(),
      close: () => store?.close() ?? Promise.resolve(),
    },
    attach(given) {
      store = given;
      for (const key of forgotten) given?.delete(key);
      forgotten.clear();
      attached.resolve();
    },
  };
}
