/**
 * The store as a lookup sees it: a stored response that a ban forgets is not there. Space of forgotten responses is freed later,
 * a slice at a time, so that an invalidation of everything costs no request anything (design section 4).
 */
import type { Duration } from '../model/units.ts';
import { createBans, type Bans } from './bans.ts';
import type { Clock, Store, StoredObject } from './ports.ts';

/** Keys looked at in one slice of a sweep, and the pause between slices. */
const SWEEP_SLICE = 500;
const SWEEP_PAUSE: Duration = 5;

export interface Cache {
  readonly bans: Bans;
  /** The stored object, or 'invalidated' where one was there that a ban has forgotten. */
  find(key: string): StoredObject | 'invalidated' | undefined;
  /** Frees what bans have forgotten, then lets go of bans that nothing older than them can outlive. */
  sweep(oldestFetch: () => number | undefined): void;
}

export function createCache({ store, clock }: { readonly store: Store; readonly clock: Clock }): Cache {
  const bans = createBans();
  let sweeping = false;

  function find(key: string): StoredObject | 'invalidated' | undefined {
    const object = store.get(key);
    if (object === undefined || object.bansChecked === bans.newest) return object;
    if (bans.forgets(object.response, object.bansChecked)) {
      store.delete(key);
      return 'invalidated';
    }
    object.bansChecked = bans.newest;
    return object;
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
        if (key !== undefined) find(key);
      }
      if (next < keys.length) {
        clock.after(SWEEP_PAUSE, slice);
        return;
      }
      sweeping = false;
      bans.forgetThrough(Math.min(goal, oldestFetch() ?? goal));
      if (bans.newest > goal) sweep(oldestFetch);
    };
    clock.after(SWEEP_PAUSE, slice);
  }

  return { bans, find, sweep };
}
