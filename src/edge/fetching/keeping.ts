/**
 * A response that has arrived whole goes into the store, unless something newer is there, or it was forgotten while it came. Which
 * responses may be stored is decided in core/cache/decide-storing.ts.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Cache } from '../cache.ts';
import type { Store, StoredObject, StoreFill } from '../store-ports.ts';
import type { Variants } from '../variants.ts';
import type { FillWork } from './fills.ts';
import type { Arrived } from './pump.ts';

export interface Keeping {
  /** `into`: where it is put; what is found there is found by the store, too. Done when it returns, where nothing has to be read. */
  keep(
    work: FillWork,
    kept: KeptResponse,
    arrived: Arrived,
    bansChecked: number,
    into: Pick<Store, 'put'>,
  ): Promise<void> | undefined;
  /** A later fetch of the same key has already been stored, or a GET's answer must not give way to a HEAD's. */
  isSuperseded(key: string, by: Newcomer): boolean | Promise<boolean>;
  /** What this work brings is out of date before it has come. */
  forget(work: FillWork): void;
}

export type KeptResponse = Omit<StoredResponse, 'key'>;

type Newcomer = Pick<StoredResponse, 'method' | 'banSequence' | 'freshness'>;

export interface KeepingPorts {
  readonly store: Store;
  readonly cache: Cache;
  readonly variants: Variants;
}

export function createKeeping({ store, cache, variants }: KeepingPorts): Keeping {
  const forgotten = new WeakSet<FillWork>();

  function keep(
    work: FillWork,
    kept: KeptResponse,
    arrived: Arrived,
    bansChecked: number,
    into: Pick<Store, 'put'>,
  ): Promise<void> | undefined {
    const nominated = cacheRules(work.visit.distribution).nominatedFields(kept.fields);
    const putting = { work, arrived, bansChecked, into };
    return nominated === undefined ? keepAt(work.key, kept, putting) : keepVariant(nominated, kept, putting);
  }

  async function keepVariant(nominated: readonly string[], kept: KeptResponse, putting: Putting): Promise<void> {
    const { key, visit } = putting.work;
    const place = await variants.place(kept, key, nominated, visit.request, visit.requestId);
    await keepAt(place.key, kept, putting, place.index);
  }

  function keepAt(key: string, kept: KeptResponse, putting: Putting, index?: StoredObject): Promise<void> | undefined {
    const stored: StoredResponse = { ...kept, key };
    const superseded = isSuperseded(key, stored);
    if (superseded instanceof Promise) return superseded.then((is) => (is ? undefined : put(stored, putting, index)));
    return superseded ? undefined : put(stored, putting, index);
  }

  function put(
    stored: StoredResponse,
    { work, arrived, bansChecked, into }: Putting,
    index: StoredObject | undefined,
  ): Promise<void> | undefined {
    if (forgotten.has(work)) return undefined;
    if (index !== undefined) into.put(index);
    if (arrived.fill !== undefined) return commit(stored, work, arrived.fill);
    into.put({ response: stored, body: arrived.bytes, bansChecked });
    return undefined;
  }

  async function commit(stored: StoredResponse, work: FillWork, fill: StoreFill): Promise<void> {
    await fill.commit(stored);
    // Forgotten while it was being written: what was deleted then was not there yet.
    if (forgotten.has(work)) store.delete(stored.key);
  }

  function isSuperseded(key: string, by: Newcomer): boolean | Promise<boolean> {
    const present = store.get(key) ?? store.load(key);
    return present instanceof Promise ? present.then((loaded) => isNewer(loaded, by)) : isNewer(present, by);
  }

  function isNewer(present: StoredObject | undefined, { method, banSequence, freshness }: Newcomer): boolean {
    if (present === undefined) return false;
    if (cache.bans.forgets(present.response, present.bansChecked)) return false;
    if (method === 'HEAD' && present.response.method === 'GET') return true;
    return present.response.banSequence > banSequence || present.response.freshness.requestTime > freshness.requestTime;
  }

  return { keep, isSuperseded, forget: (work) => void forgotten.add(work) };
}

/** What is put, where, and for whom. */
interface Putting {
  readonly work: FillWork;
  readonly arrived: Arrived;
  readonly bansChecked: number;
  readonly into: Pick<Store, 'put'>;
}
