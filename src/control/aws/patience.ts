/**
 * Answers that wait for the edges, so that whoever asked finds there what was said; but an edge that does not answer holds nobody up for
 * longer than PATIENCE (ours).
 */
import type { Clock } from '../../edge/ports.ts';
import { SECOND, type Duration } from '../../model/units.ts';

const PATIENCE: Duration = SECOND;

/** Resolves when `done` does, or after PATIENCE. */
export async function patiently(clock: Pick<Clock, 'after'>, done: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = clock.after(PATIENCE, late.resolve);
  await Promise.race([done, late.promise]);
  timer.cancel();
}
