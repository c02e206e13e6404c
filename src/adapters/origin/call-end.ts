/**
 * Whether a call is over before its time, with the failure that says why, and who must hear of it: the one step of it that is at work. In
 * place of an AbortSignal, whose events cost as much as everything else that a call sets up.
 */
import type { AttemptFailure } from './failures.ts';

export class CallEnd {
  private reason: AttemptFailure | undefined;
  private hears: ((failure: AttemptFailure) => void) | undefined;

  /** Undefined while the call goes on. */
  get failure(): AttemptFailure | undefined {
    return this.reason;
  }

  end(failure: AttemptFailure): void {
    if (this.reason !== undefined) return;
    this.reason = failure;
    this.hears?.(failure);
  }

  /** `hears` is told from now on, in place of whoever was; at once where the call is over. Undefined: nobody. */
  tell(hears: ((failure: AttemptFailure) => void) | undefined): void {
    this.hears = hears;
    if (this.reason !== undefined) hears?.(this.reason);
  }
}
