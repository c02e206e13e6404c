/**
 * The store as a lookup sees it: a stored response that a ban forgets is not there. Space of forgotten responses is freed later,
 * a slice at a time, so that an invalidation of everything costs no request anything (docs/architecture.md).
 */
import { isSameBody, isSameOctets } from '../core/cache/revalidation.ts';
import { soften } from '../core/cache/soften.ts';
import type { StoredResponse } from '../core/cache/stored-response.ts';
import type { Ban } from '../model/snapshot.ts';
import type { Duration } from '../model/units.ts';
import { createBans, type Bans } from './bans.ts';
import type { Clock } from './ports.ts';
import type { Store, StoredObject } from './store-ports.ts';

/** The pause between two slices of a sweep. */
const SWEEP_PAUSE: Duration = 5;

export type Found = StoredObject | 'invalidated' | undefined;

export interface Cache {
  readonly bans: Bans;
  /** The object held in memory, or 'invalidated' where one was there that a ban has forgotten. */
  find(key: string): Found;
  /** The same for what find() has not found and must be read; undefined where there is nothing to read. Never rejects. */
  load(key: string): Promise<Found> | undefined;
  /**
   * Puts what a later answer says of `stale` in its place; at once where it is held in memory. Nothing changes where another body has come
   * under its key meanwhile, or none is left, or what is known of the same body comes from a later request. Never rejects.
   */
  renew(stale: StoredResponse, renewed: StoredResponse): Promise<void>;
  /**
   * The object with a body that can be read now: where its body lies in the store, it may have gone from there since it was found, or have
   * come anew. Undefined where it has gone. Never rejects.
   */
  present(object: StoredObject): Promise<StoredObject | undefined>;
  /** Frees what bans have forgotten, then lets go of bans that nothing older than them can outlive. */
  sweep(oldestFetch: () => number | undefined): void;
}

export interface CachePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: (message: string, error: unknown) => void;
}

export function createCache({ store, clock, report }: CachePorts): Cache {
  const bans = createBans(store.checkedSequence);
  let sweeping = false;

  function find(key: string): Found {
    const object = store.get(key);
    return object === undefined || object.bansChecked === bans.newest ? object : checked(object);
  }

  function load(key: string): Promise<Found> | undefined {
    return store.load(key)?.then((object) => object && checked(object));
  }

  function checked(object: StoredObject): Found {
    if (bans.forgets(object.response, object.bansChecked)) {
      store.delete(object.response.key);
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

  async function renew(stale: StoredResponse, renewed: StoredResponse): Promise<void> {
    const { key } = stale;
    const there = store.get(key) ?? (await store.peek(key));
    if (there === undefined || !isSameBody(there.response, stale)) return;
    if (there.response.freshness.requestTime <= renewed.freshness.requestTime) store.refresh(renewed);
  }

  async function present(object: StoredObject): Promise<StoredObject | undefined> {
    const { response, body } = object;
    if (body instanceof Uint8Array) return object;
    const found = find(response.key) ?? (await load(response.key));
    return typeof found === 'object' && isSameOctets(found.response, response) ? { ...object, body: found.body } : undefined;
  }

  function sweep(oldestFetch: () => number | undefined): void {
    if (sweeping) return;
    sweeping = true;
    sweepStore(oldestFetch).catch((error: unknown) => {
      sweeping = false;
      report('what bans have forgotten could not be freed', error);
    });
  }

  async function sweepStore(oldestFetch: () => number | undefined): Promise<void> {
    await pause();
    const goal = bans.newest;
    // What a fetch under way stores while the sweep goes on may be older than the goal, and not be seen by it.
    const oldestNow = oldestFetch() ?? goal;
    // What a soft ban names is not written anew for it: the ban stays until nothing older than it is left.
    const matter = new Set<number>();
    const isForgotten = ({ response, bansChecked }: Pick<StoredObject, 'response' | 'bansChecked'>): boolean => {
      if (bans.forgets(response, bansChecked)) return true;
      const soft = bans.softening(response, bansChecked);
      if (soft !== undefined) matter.add(soft.sequence);
      return false;
    };
    await store.sweep(isForgotten, pause);
    sweeping = false;
    const through = Math.min(goal, oldestNow, oldestFetch() ?? goal);
    store.checkedThrough(Math.min(through, ...[...matter].map((sequence) => sequence - 1)));
    bans.forgetThrough(through, matter);
    if (bans.newest > goal) sweep(oldestFetch);
  }

  const pause = (): Promise<void> => new Promise((resolve) => clock.after(SWEEP_PAUSE, resolve));

  return { bans, find, load, renew, present, sweep };
}
