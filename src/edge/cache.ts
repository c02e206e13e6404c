/**
 * The store as a lookup sees it: a stored response that a ban forgets is not there. Space of forgotten responses is freed later,
 * a slice at a time, so that an invalidation of everything costs no request anything (design section 4).
 */
import { placeVariant, variantKeys } from '../core/cache/rfc9111/variants.ts';
import { soften } from '../core/cache/soften.ts';
import type { StoredResponse } from '../core/cache/stored-response.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Ban } from '../model/snapshot.ts';
import type { Duration } from '../model/units.ts';
import { createBans, type Bans } from './bans.ts';
import type { Clock, Store, StoredObject } from './ports.ts';

/** Keys looked at in one slice of a sweep, and the pause between slices. */
const SWEEP_SLICE = 500;
const SWEEP_PAUSE: Duration = 5;

export interface PlaceWanted {
  /** The primary key. */
  readonly key: string;
  readonly request: Pick<ViewerRequest, 'host' | 'fields'>;
  readonly nominated: readonly string[] | undefined;
  /** Never used before: names a new index. */
  readonly generation: string;
}

const NO_BODY = new Uint8Array(0);

export interface Cache {
  readonly bans: Bans;
  /** The stored object that this request selects, or why what is there is none: a ban has forgotten it, or all variants differ. */
  find(key: string, request: Pick<ViewerRequest, 'host' | 'fields'>): StoredObject | 'invalidated' | 'vary-miss' | undefined;
  /** Where a response is to be kept that nominates these request fields (undefined: none), and the record that leads there. */
  place(
    response: Omit<StoredResponse, 'key'>,
    work: PlaceWanted,
  ): { readonly key: string; readonly index: StoredObject | undefined };
  /** Frees what bans have forgotten, then lets go of bans that nothing older than them can outlive. */
  sweep(oldestFetch: () => number | undefined): void;
}

export function createCache({ store, clock }: { readonly store: Store; readonly clock: Clock }): Cache {
  const bans = createBans();
  let sweeping = false;

  function unbanned(key: string): StoredObject | 'invalidated' | undefined {
    const object = store.get(key);
    if (object === undefined || object.bansChecked === bans.newest) return object;
    if (bans.forgets(object.response, object.bansChecked)) {
      store.delete(key);
      return 'invalidated';
    }
    const soft = bans.softening(object.response, object.bansChecked);
    if (soft !== undefined) return softened(object, soft);
    object.bansChecked = bans.newest;
    return object;
  }

  function softened({ response, body }: StoredObject, { issuedAt }: Ban): StoredObject {
    const stale = soften(response, issuedAt, bans.newest);
    store.refresh(stale);
    return { response: stale, body, bansChecked: bans.newest };
  }

  function find(key: string, request: PlaceWanted['request']): ReturnType<Cache['find']> {
    const found = unbanned(key);
    if (typeof found !== 'object' || found.response.variants === undefined) return found;
    for (const variant of variantKeys(found.response.variants, key, request)) {
      const object = unbanned(variant);
      if (typeof object === 'object') return object;
    }
    return 'vary-miss';
  }

  function place(
    response: Omit<StoredResponse, 'key'>,
    { key, nominated, request, generation }: PlaceWanted,
  ): ReturnType<Cache['place']> {
    if (nominated === undefined) return { key, index: undefined };
    const found = unbanned(key);
    const present = typeof found === 'object' && found.response.variants !== undefined ? found : undefined;
    const placed = placeVariant(present?.response.variants, key, nominated, request, generation);
    // The index outlives bans that its older variants do not: it must not be forgotten for a late one's sake.
    const { banSequence } = present?.response ?? response;
    const index = { ...response, key, banSequence, fields: [], bodyLength: 0, variants: placed.index };
    return { key: placed.key, index: { response: index, body: NO_BODY, bansChecked: present?.bansChecked ?? banSequence } };
  }

  function sweep(oldestFetch: () => number | undefined): void {
    if (sweeping) return;
    sweeping = true;
    const goal = bans.newest;
    const keys = [...store.keys()];
    let next = 0;
    const slice = (): void => {
      for (const end = Math.min(next + SWEEP_SLICE, keys.length); next < end; next += 1) {
        const key = keys[next];
        if (key !== undefined) unbanned(key);
      }
      if (next < keys.length) {
        clock.after(SWEEP_PAUSE, slice);
        return;
      }
      sweeping = false;
      // The sweep has made stale what soft bans name.
      bans.forgetThrough(Math.min(goal, oldestFetch() ?? goal), new Set());
      if (bans.newest > goal) sweep(oldestFetch);
    };
    clock.after(SWEEP_PAUSE, slice);
  }

  return { bans, find, place, sweep };
}
