/**
 * How often each value occurs, for those that occur often, in bounded memory: Misra and Gries' counters. Nothing is counted that was not
 * there; a value is short by at most the count of all divided by `most`.
 */
export interface HeavyValues {
  add(value: string): void;
  entries(): Iterable<readonly [value: string, count: number]>;
  clear(): void;
}

export function createHeavyValues(most: number): HeavyValues {
  const counts = new Map<string, number>();
  return {
    add(value) {
      const count = counts.get(value);
      if (count !== undefined) counts.set(value, count + 1);
      else if (counts.size < most) counts.set(value, 1);
      else {
        // Everybody pays for one that finds no room: what each is paid for it has been counted before.
        for (const [other, others] of counts) {
          if (others === 1) counts.delete(other);
          else counts.set(other, others - 1);
        }
      }
    },
    entries: () => counts.entries(),
    clear: () => counts.clear(),
  };
}
