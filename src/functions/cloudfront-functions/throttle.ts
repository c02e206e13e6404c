/**
 * A function that overruns its limits costs every viewer of the edge. Ours: what it has used up is a debt, paid off as time goes by, together
 * with those of all others on the same core; while it owes too much, its requests are answered without running it. CloudFront: functions
 * that keep exceeding the limits are throttled (FunctionThrottledError).
 */
import type { Duration, Instant } from '../../model/units.ts';

/** The share of one core that overruns of all functions may take in the long run: less than what would be seen in one answer of a hundred. */
const SHARE = 0.005;
/** How far a function may run ahead of it; and how far when all together owe a lot: a run or two that went wrong are still forgiven. */
const MOST_DEBT: Duration = 100;
const MOST_DEBT_OF_ALL: Duration = 400;
const FORGIVEN_DEBT: Duration = 40;

/** Of one function. */
export interface Throttle {
  isThrottled(now: Instant): boolean;
  /** A run that was too much has taken so long. */
  overran(now: Instant, took: Duration): void;
}

interface Account {
  debt: Duration;
  since: Instant;
}

/** For all functions that share a core. */
export function createThrottles(): () => Throttle {
  const debtors = new Set<Account>();

  function pay(account: Account, now: Instant): void {
    account.debt -= (Math.max(0, now - account.since) * SHARE) / debtors.size;
    account.since = now;
    if (account.debt > 0) return;
    account.debt = 0;
    debtors.delete(account);
  }

  function debtOfAll(now: Instant): Duration {
    let sum = 0;
    for (const account of debtors) {
      pay(account, now);
      sum += account.debt;
    }
    return sum;
  }

  return () => {
    const own: Account = { debt: 0, since: 0 };
    return {
      isThrottled(now) {
        if (own.debt === 0) return false;
        pay(own, now);
        return own.debt > MOST_DEBT || (own.debt > FORGIVEN_DEBT && debtOfAll(now) > MOST_DEBT_OF_ALL);
      },
      overran(now, took) {
        // The others pay at the rate that was theirs until now.
        debtOfAll(now);
        own.debt += took;
        own.since = now;
        debtors.add(own);
      },
    };
  };
}
