/**
 * When does another worker take the place of one that has died? At once, as long as they live; one that keeps dying young is given more
 * and more time, so that a fault at every start costs little and is seen. Ours throughout.
 */
import { SECOND, type Duration, type Instant } from '../model/units.ts';

/** A worker that lived so long did not die of its start. */
export const GROWN_UP: Duration = 30 * SECOND;
const FIRST_DELAY: Duration = SECOND / 4;
const LONGEST_DELAY: Duration = 30 * SECOND;

/** How the workers of one slot have been dying young, one after the other. */
export interface Mortality {
  readonly youngDeaths: number;
}

export const NO_DEATHS: Mortality = { youngDeaths: 0 };

export interface Respawn extends Mortality {
  readonly delay: Duration;
  /** It is worth a word of its own: they keep dying. */
  readonly isLoop: boolean;
}

export function decideRespawn({ youngDeaths: before }: Mortality, startedAt: Instant, diedAt: Instant): Respawn {
  const youngDeaths = diedAt - startedAt >= GROWN_UP ? 0 : before + 1;
  const delay = youngDeaths <= 1 ? 0 : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (youngDeaths - 2));
  return { youngDeaths, delay, isLoop: youngDeaths >= 3 };
}
