/** A Clock that moves only when told to. Callbacks run in the order of their times, as the clock passes them. */
import type { Clock } from '../../src/edge/ports.ts';
import type { Duration, Instant } from '../../src/model/units.ts';

export interface VirtualClock extends Clock {
  advance(by: Duration): void;
  /** Callbacks still waiting for their time. */
  readonly pending: number;
}

export function createVirtualClock(start: Instant = Date.UTC(2026, 0, 2, 3, 4, 5)): VirtualClock {
  let now = start;
  const waiting = new Set<{ at: Instant; run: () => void }>();
  return {
    now: () => now,
    after(delay, run) {
      const entry = { at: now + delay, run };
      waiting.add(entry);
      return { cancel: () => void waiting.delete(entry) };
    },
    advance(by) {
      const until = now + by;
      for (;;) {
        const due = [...waiting].filter((entry) => entry.at <= until).toSorted((one, other) => one.at - other.at)[0];
        if (due === undefined) break;
        waiting.delete(due);
        now = due.at;
        due.run();
      }
      now = until;
    },
    get pending() {
      return waiting.size;
    },
  };
}
