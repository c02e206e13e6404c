/**
 * The bans this edge has applied, newest last, and the one question asked of them: has this stored response been invalidated
 * since it was fetched? Each stored object remembers the newest ban it was checked against, so a lookup only looks at what came
 * later, and an invalidation costs the same whatever it covers (docs/architecture.md). How a ban matches: core/cache/invalidation.ts.
 */
import { compileBan, isBanned, type CompiledBan } from '../core/cache/invalidation.ts';
import type { Ban } from '../model/snapshot.ts';
import type { StoredResponse } from '../core/cache/stored-response.ts';

/** Ours: so many bans can be named in explanations after everything they forget is gone. */
const REMEMBERED = 20;

export interface Bans {
  /** `rootObject`: the distribution's default root object, which `/` stands for. */
  apply(ban: Ban, rootObject?: string): void;
  /** Sequence of the newest ban applied. */
  readonly newest: number;
  readonly count: number;
  /** True when a ban newer than `checked` forgets the response. */
  forgets(stored: StoredResponse, checked: number): boolean;
  /** The ban that does. */
  forgetting(stored: StoredResponse, checked: number): Ban | undefined;
  /** The last bans applied, newest first, whether or not anything they forget can still be there. */
  readonly recent: readonly CompiledBan[];
  /** The oldest soft ban newer than `checked` that names the response: stale since then. */
  softening(stored: StoredResponse, checked: number): Ban | undefined;
  /** Everything stored has been checked up to `sequence`: older bans can be let go, but for the soft ones that still `matter`. */
  forgetThrough(sequence: number, matter: ReadonlySet<number>): void;
}

/** `checkedThrough`: what is stored was checked against all bans up to this one. */
export function createBans(checkedThrough = 0): Bans {
  const byDistribution = new Map<string, CompiledBan[]>();
  let newest = checkedThrough;
  let count = 0;
  let softCount = 0;
  let recent: readonly CompiledBan[] = [];

  function forgetting(stored: StoredResponse, checked: number): Ban | undefined {
    if (checked >= newest) return undefined;
    const list = byDistribution.get(stored.distributionId);
    if (list === undefined) return undefined;
    for (let i = list.length - 1; i >= 0; i -= 1) {
      const ban = list[i];
      if (ban === undefined || ban.sequence <= checked) return undefined;
      if (ban.source.soft !== true && isBanned(ban, stored)) return ban.source;
    }
    return undefined;
  }

  function softening(stored: StoredResponse, checked: number): Ban | undefined {
    if (softCount === 0 || checked >= newest) return undefined;
    const list = byDistribution.get(stored.distributionId);
    return list?.find((ban) => ban.source.soft === true && ban.sequence > checked && isBanned(ban, stored))?.source;
  }

  return {
    apply(ban, rootObject) {
      // Delivery may repeat a ban after a reconnection; the sequence says which are news.
      if (ban.sequence <= newest) return;
      newest = ban.sequence;
      count += 1;
      if (ban.soft === true) softCount += 1;
      const compiled = compileBan(ban, rootObject);
      recent = [compiled, ...recent].slice(0, REMEMBERED);
      const list = byDistribution.get(ban.distributionId);
      if (list === undefined) byDistribution.set(ban.distributionId, [compiled]);
      else list.push(compiled);
    },
    get newest() {
      return newest;
    },
    get count() {
      return count;
    },
    forgets: (stored, checked) => forgetting(stored, checked) !== undefined,
    forgetting,
    get recent() {
      return recent;
    },
    softening,
    forgetThrough(sequence, matter) {
      for (const [id, list] of byDistribution) {
        const kept = list.filter((ban) => ban.sequence > sequence || matter.has(ban.sequence));
        if (kept.length === 0) byDistribution.delete(id);
        else byDistribution.set(id, kept);
      }
      const inForce = [...byDistribution.values()].flat();
      count = inForce.length;
      softCount = inForce.filter(({ source }) => source.soft === true).length;
    },
  };
}
