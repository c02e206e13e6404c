/**
 * The ghost of an eviction: which keys left not long ago, without their objects. A key that comes back while remembered has shown
 * that it is wanted. First in, first out, bounded by the sizes of what left; keys are kept as 32-bit hashes, and a collision only
 * means that one stranger is welcomed as a friend.
 */
import type { Bytes } from '../../model/units.ts';
import type { EvictionKey } from './eviction-queue.ts';
import { createNumberMap } from './number-map.ts';

export interface Ghost {
  remember(key: EvictionKey, size: Bytes): void;
  /** True when the key was remembered; it no longer is. */
  forget(key: EvictionKey): boolean;
  readonly count: number;
}

export function createGhost(capacity: Bytes): Ghost {
  /** Hash -> the number of its arrival. */
  const arrivals = createNumberMap();
  // The queue: entry `n` of both lists is arrival `first + n`; a size of 0 marks one that was forgotten.
  let hashes: number[] = [];
  let sizes: Bytes[] = [];
  let first = 0;
  let oldest = 0;
  let bytes: Bytes = 0;

  function dropOldest(): void {
    const at = oldest - first;
    const hash = hashes[at] ?? 0;
    bytes -= sizes[at] ?? 0;
    if (arrivals.get(hash) === oldest) arrivals.delete(hash);
    oldest += 1;
    // Amortised: the lists are cut when more than half of them has left.
    if (at > 1024 && at * 2 > hashes.length) {
      hashes = hashes.slice(at + 1);
      sizes = sizes.slice(at + 1);
      first = oldest;
    }
  }

  return {
    remember(key, size) {
      const hash = hashOf(key);
      if (size > capacity || arrivals.has(hash)) return;
      arrivals.set(hash, first + hashes.length);
      hashes.push(hash);
      sizes.push(size);
      bytes += size;
      while (bytes > capacity) dropOldest();
    },
    forget(key) {
      const hash = hashOf(key);
      const arrival = arrivals.get(hash);
      if (arrival === undefined) return false;
      arrivals.delete(hash);
      bytes -= sizes[arrival - first] ?? 0;
      sizes[arrival - first] = 0;
      return true;
    },
    get count() {
      return arrivals.size;
    },
  };
}

/** FNV-1a over UTF-16 code units: spreads well, allocates nothing. A number stands for a hash already. */
function hashOf(key: EvictionKey): number {
  if (typeof key === 'number') return key % 0x1_0000_0000;
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
