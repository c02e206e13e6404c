/**
 * A function that overruns its limits costs every viewer of the edge. Ours: what it has used up beyond them is a debt, paid off as time goes
 * by; while the debt is too high, its requests are answered without running it. CloudFront: functions that keep exceeding the limits are
 * throttled (FunctionThrottledError).
 */
import type { Duration, Instant } from '../../model/units.ts';

/** The share of one core that overruns may take in the long run, and how far they may run ahead of it. */
const SHARE = 0.05;
const MOST_DEBT: Duration = 100;

export interface Throttle {
  isThrottled(now: Instant): boolean;
  /** A run has failed after so long. */
  overran(now: Instant, took: Duration): void;
}

export function createThrottle(): Throttle {
  let debt: Duration = 0;
  let since: Instant = 0;
  const pay = (now: Instant): void => {
    debt = Math.max(0, debt - Math.max(0, now - since) * SHARE);
    since = now;
  };
  return {
    isThrottled(now) {
      if (debt === 0) return false;
      pay(now);
      return debt > MOST_DEBT;
    },
    overran(now, took) {
      pay(now);
      debt += took;
    },
  };
}
