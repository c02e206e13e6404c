/**
 * How many fetches are under way, of whatever kind, and the newest ban each of them began with: a ban is let go only when nothing
 * that began before it can still arrive (cache.ts).
 */
export interface UnderWay {
  /** Call what it returns once, when the last byte is in or everything has failed. */
  begin(banSequence: number): () => void;
  readonly count: number;
  /** The oldest ban sequence any fetch under way started with; undefined when none is. */
  oldestBanSequence(): number | undefined;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export function createUnderWay(): UnderWay {
  const all = new Set<{ readonly banSequence: number }>();
  const waiting: (() => void)[] = [];
  return {
    begin(banSequence) {
      const fetch = { banSequence };
      all.add(fetch);
      return () => {
        all.delete(fetch);
        if (all.size > 0) return;
        for (const resolve of waiting.splice(0)) resolve();
      };
    },
    get count() {
      return all.size;
    },
    oldestBanSequence() {
      let oldest: number | undefined;
      for (const { banSequence } of all) oldest = Math.min(oldest ?? banSequence, banSequence);
      return oldest;
    },
    settled() {
      return all.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}
