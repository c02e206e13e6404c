/**
 * The bans this edge has applied, newest last, and the one question asked of them: has this stored response been invalidated
 * since it was fetched? Each stored object remembers the newest ban it was checked against, so a lookup only looks at what came
 * later, and an invalidation costs the same whatever it covers (design section 4). How a ban matches: core/cache/invalidation.ts.
 */
import { compileBan, isBanned, type CompiledBan } from '../core/cache/invalidation.ts';
import type { Ban } from '../model/snapshot.ts';
import type { StoredResponse } from '../core/cache/stored-response.ts';

export interface Bans {
  /** `rootObject`: the distribution's default root object, which `/` stands for. */
  apply(ban: Ban, rootObject?: string): void;
  /** Sequence of the newest ban applied; 0 before the first. */
  readonly newest: number;
  readonly count: number;
  /** True when a ban newer than `checked` forgets the response. */
  forgets(stored: StoredResponse, checked: number): boolean;
  /** Everything stored has been checked up to `sequence`: older bans can be let go. */
  forgetThrough(sequence: number): void;
}

export function createBans(): Bans {
  const byDistribution = new Map<string, CompiledBan[]>();
  let newest = 0;
  let count = 0;
  return {
    apply(ban, rootObject) {
      // Delivery may repeat a ban after a reconnection; the sequence says which are news.
      if (ban.sequence <= newest) return;
      newest = ban.sequence;
      count += 1;
      const list = byDistribution.get(ban.distributionId);
      if (list === undefined) byDistribution.set(ban.distributionId, [compileBan(ban, rootObject)]);
      else list.push(compileBan(ban, rootObject));
    },
    get newest() {
      return newest;
    },
    get count() {
      return count;
    },
    forgets(stored, checked) {
      if (checked >= newest) return false;
      const list = byDistribution.get(stored.distributionId);
      if (list === undefined) return false;
      for (let i = list.length - 1; i >= 0; i -= 1) {
        const ban = list[i];
        if (ban === undefined || ban.sequence <= checked) return false;
        if (isBanned(ban, stored)) return true;
      }
      return false;
    },
    forgetThrough(sequence) {
      for (const [id, list] of byDistribution) {
        const kept = list.filter((ban) => ban.sequence > sequence);
        count -= list.length - kept.length;
        if (kept.length === 0) byDistribution.delete(id);
        else byDistribution.set(id, kept);
      }
    },
  };
}
