/**
 * A response that has arrived whole goes into the store, unless something newer is there, or it was forgotten while it came. Which
 * responses may be stored is decided in core/cache/decide-storing.ts.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Cache } from '../cache.ts';
import type { Store } from '../store-ports.ts';
import type { Variants } from '../variants.ts';
import type { FillWork } from './fills.ts';
import type { Arrived } from './pump.ts';

export interface Keeping {
  /** `into`: where it is put; what is found there is found by the store, too. */
  keep(work: FillWork, kept: KeptResponse, arrived: Arrived, bansChecked: number, into: Pick<Store, 'put'>): Promise<void>;
  /** A later fetch of the same key has already been stored, or a GET's answer must not give way to a HEAD's. */
  isSuperseded(key: string, by: Pick<StoredResponse, 'method' | 'banSequence' | 'freshness'>): Promise<boolean>;
  /** What this work brings is out of date before it has come. */
  forget(work: FillWork): void;
}

export type KeptResponse = Omit<StoredResponse, 'key'>;

export interface KeepingPorts {
  readonly store: Store;
  readonly cache: Cache;
  readonly variants: Variants;
}

export function createKeeping({ store, cache, variants }: KeepingPorts): Keeping {
  const forgotten = new WeakSet<FillWork>();

  async function keep(
    work: FillWork,
    kept: KeptResponse,
    arrived: Arrived,
    bansChecked: number,
    into: Pick<Store, 'put'>,
  ): Promise<void> {
    const { distribution, request, requestId } = work.visit;
    const nominated = cacheRules(distribution).nominatedFields(kept.fields);
    const place = nominated && (await variants.place(kept, work.key, nominated, request, requestId));
    const stored: StoredResponse = { ...kept, key: place?.key ?? work.key };
    if ((await isSuperseded(stored.key, stored)) || forgotten.has(work)) return;
    if (place !== undefined) into.put(place.index);
    if (arrived.fill === undefined) {
      into.put({ response: stored, body: arrived.bytes, bansChecked });
      return;
    }
    await arrived.fill.commit(stored);
    // Forgotten while it was being written: what was deleted then was not there yet.
    if (forgotten.has(work)) store.delete(stored.key);
  }

  async function isSuperseded(
    key: string,
    { method, banSequence, freshness }: Pick<StoredResponse, 'method' | 'banSequence' | 'freshness'>,
  ): Promise<boolean> {
    const present = store.get(key) ?? (await store.load(key));
    if (present === undefined) return false;
    if (cache.bans.forgets(present.response, present.bansChecked)) return false;
    if (method === 'HEAD' && present.response.method === 'GET') return true;
    return present.response.banSequence > banSequence || present.response.freshness.requestTime > freshness.requestTime;
  }

  return { keep, isSuperseded, forget: (work) => void forgotten.add(work) };
}
