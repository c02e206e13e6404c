/**
 * An answer that is waited for so long and no longer: the other process may stand still with its connection open. What then becomes of it
 * is decided by who asks (supervise.ts). The question stays asked; an answer that comes late is nobody's.
 */
import type { Clock } from '../edge/ports.ts';
import type { Duration } from '../model/units.ts';

export class NoAnswer extends Error {}

/** Rejects with NoAnswer when `limit` has passed. */
export async function answerWithin<Answer>(clock: Clock, limit: Duration, asked: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(limit, () => late.reject(new NoAnswer(`no answer within ${limit / 1000} s`)));
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    timer.cancel();
  }
}
