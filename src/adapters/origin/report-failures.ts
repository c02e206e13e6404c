/**
 * What goes wrong with origins, told to the operator: each kind of failure of each origin with all that is known of it, and then not
 * again for a while, however often it happens. Viewers get CloudFront's page, which says less (facts 12.2).
 */
import type { Clock } from '../../edge/ports.ts';
import { MINUTE } from '../../model/units.ts';
import type { Duration, Instant } from '../../model/units.ts';
import type { AttemptFailure } from './failures.ts';

/** Ours: how long one kind of failure of one origin keeps silent once it has been told. */
const SILENCE: Duration = MINUTE;
/** Ours: origins come and go; those told of longest ago are forgotten first. */
const MOST_REMEMBERED = 1_000;
/** These are the viewer's doing. */
const OF_VIEWERS: ReadonlySet<AttemptFailure['detail']> = new Set(['ClientCommError', 'ClientHungUpRequest']);

export type ReportFailure = (origin: string, failure: AttemptFailure) => void;

export function createReportFailure(clock: Pick<Clock, 'now'>, report: (message: string) => void): ReportFailure {
  const told = new Map<string, { readonly until: Instant; untold: number }>();
  return (origin, failure) => {
    if (OF_VIEWERS.has(failure.detail)) return;
    const kind = `${failure.detail} ${origin}`;
    const last = told.get(kind);
    if (last !== undefined && clock.now() < last.until) {
      last.untold += 1;
      return;
    }
    told.delete(kind);
    told.set(kind, { until: clock.now() + SILENCE, untold: 0 });
    for (const oldest of told.keys()) {
      if (told.size <= MOST_REMEMBERED) break;
      told.delete(oldest);
    }
    const more = last === undefined || last.untold === 0 ? '' : ` (and ${last.untold} times since this was last told)`;
    report(`${failure.message}${more}`);
  };
}
