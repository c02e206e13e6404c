/**
 * Is the clock right? Without asking anyone outside that cannot be known; but a clock that lies before what has already happened here is
 * wrong, and the machine may know whether it is kept in step. Signatures allow a few minutes, certificates and signed URLs none.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Ours: file systems on other machines may have clocks of their own. */
const TOLERATED = 60_000;
/** When this was written: no clock that is right is before it. */
const NO_EARLIER = Date.UTC(2026, 0, 1);

export interface ClockFacts {
  readonly now: number;
  /** The latest change of a file in the data directory. */
  readonly newestFile: number | undefined;
  /** What systemd says; undefined where it cannot be asked. */
  readonly isSynchronised: boolean | undefined;
}

export function checkClock(data: string): Finding {
  return judgeClock({ now: Date.now(), newestFile: newestIn(data), isSynchronised: askSystemd() });
}

export function judgeClock({ now, newestFile, isSynchronised }: ClockFacts): Finding {
  const shown = new Date(now).toISOString();
  const advice = 'set the clock, and keep it in step with NTP (systemd-timesyncd or chrony)';
  if (now < NO_EARLIER) return problem('clock', `${shown} is in the past`, advice);
  if (newestFile !== undefined && newestFile > now + TOLERATED) {
    return problem('clock', `${shown}, but the data directory was written at ${new Date(newestFile).toISOString()}`, advice);
  }
  if (isSynchronised === false) return warning('clock', `${shown}, not kept in step with NTP`, advice);
  return ok(
    'clock',
    isSynchronised === true ? `${shown}, kept in step with NTP` : `${shown}; nobody here knows if that is right`,
  );
}

function newestIn(data: string): number | undefined {
  try {
    const times = readdirSync(data).map((name) => statSync(join(data, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return times.length === 0 ? undefined : Math.max(...times);
  } catch {
    return undefined;
  }
}

function askSystemd(): boolean | undefined {
  if (Bun.which('timedatectl') === null) return undefined;
  const asked = Bun.spawnSync(['timedatectl', 'show', '--property=NTPSynchronized', '--value'], { stderr: 'ignore' });
  const answer = asked.stdout.toString().trim();
  return answer === 'yes' ? true : answer === 'no' ? false : undefined;
}
