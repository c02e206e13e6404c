/** The Clock of a running edge: the machine's time and timers. Tests move virtual-clock.ts instead. */
import type { Clock } from '../../edge/ports.ts';
import { HOUR, SECOND, type Duration } from '../../model/units.ts';
import { createCoarseTimers } from './coarse-timers.ts';

/** The longest delay a timer takes; longer ones would fire at once. */
const LONGEST_TIMER: Duration = 2 ** 31 - 1;

/** Ours: delays for which a fifth of a second is neither here nor there. */
const COARSE_FROM: Duration = SECOND;
const COARSE_TO: Duration = HOUR;

const coarse = createCoarseTimers(() => performance.now());

export const systemClock: Clock = {
  now: Date.now,
  after(delay, run) {
    if (delay >= COARSE_FROM && delay <= COARSE_TO) return coarse.after(delay, run);
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
