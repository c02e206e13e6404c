/**
 * A Clock that stands still until it is moved: tests and simulations decide when time passes.
 * Timers run in order of their due time, those of the same time in the order they were set, each seeing its own due time as now.
 */
import type { Clock } from '../../edge/ports.ts';
import type { Duration, Instant } from '../../model/units.ts';

export interface VirtualClock extends Clock {
  /** Moves time on, running every timer that falls due on the way, also those set on the way. */
  advance(duration: Duration): void;
  /** How many timers wait. */
  readonly waiting: number;
}

interface Timer {
  readonly due: Instant;
  readonly run: () => void;
}

export function createVirtualClock(start: Instant = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start;
  const timers = new Set<Timer>();

  function nextDue(by: Instant): Timer | undefined {
    let next: Timer | undefined;
    // A set keeps the order of setting, so of equal times the first set is found first.
    for (const timer of timers) if (timer.due <= by && (next === undefined || timer.due < next.due)) next = timer;
    return next;
  }

  return {
    now: () => now,
    after(delay, run) {
      const timer = { due: now + Math.max(0, delay), run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(duration) {
      if (!(duration >= 0)) throw new RangeError(`time does not run backwards: advance(${duration})`);
      const until = now + duration;
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer);
        now = timer.due;
        timer.run();
      }
      now = until;
    },
    get waiting() {
      return timers.size;
    },
  };
}
