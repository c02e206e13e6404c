/**
 * How often something may happen: so many times at once, and again each second. Time is the caller's.
 */
import { SECOND, type Instant } from '../../../model/units.ts';

export interface Allowance {
  readonly atOnce: number;
  readonly perSecond: number;
}

export class Budget {
  private left: number;
  private filledAt: Instant;

  constructor(
    private readonly allowance: Allowance,
    now: Instant,
  ) {
    this.left = allowance.atOnce;
    this.filledAt = now;
  }

  /** More may happen, up to what may happen at once. */
  earn(count: number): void {
    if (this.left < this.allowance.atOnce) this.left += count;
  }

  /** Once more. False when that is too often. */
  spend(now: () => Instant): boolean {
    if (this.left < 1) {
      const time = now();
      const { atOnce, perSecond } = this.allowance;
      this.left = Math.min(atOnce, this.left + ((time - this.filledAt) / SECOND) * perSecond);
      this.filledAt = time;
    }
    this.left -= 1;
    return this.left >= 0;
  }
}
