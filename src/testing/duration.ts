/**
 * Durations as people write them in tests: `10s`, `5m`, `36h`, `1d`, `250ms`.
 */
import { DAY, HOUR, MINUTE, SECOND, type Duration } from '../model/units.ts';

const UNITS: Readonly<Record<string, Duration>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Throws a RangeError that names the text when it is not a duration. */
export function parseDuration(text: string | Duration): Duration {
  if (typeof text === 'number') return text;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) throw new RangeError(`'${text}' is not a duration: write 250ms, 10s, 5m, 36h or 1d`);
  return Number(match[1]) * unit;
}
