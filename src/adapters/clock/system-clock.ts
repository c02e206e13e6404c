/** The Clock of a running edge: the machine's time and timers. Tests move virtual-clock.ts instead. */
import type { Clock } from '../../edge/ports.ts';
import type { Duration } from '../../model/units.ts';

/** The longest delay a timer takes; longer ones would fire at once. */
const LONGEST_TIMER: Duration = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  after(delay, run) {
    let timer = start(delay);
    function start(left: Duration): Timer {
      if (left <= LONGEST_TIMER) return setTimeout(run, left);
      return setTimeout(() => {
        timer = start(left - LONGEST_TIMER);
      }, LONGEST_TIMER);
    }
    return { cancel: () => clearTimeout(timer) };
  },
};
