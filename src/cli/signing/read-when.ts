/**
 * A time as people give it to `warmfront sign`: epoch seconds, a date, or how long from now. CloudFront counts whole seconds.
 */
import { DAY, HOUR, MINUTE, SECOND, type Duration, type Instant } from '../../model/units.ts';
import { UsageError } from '../usage-error.ts';

const UNITS: Readonly<Record<string, Duration>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Epoch seconds. `flag` is named in the complaint. */
export function readWhen(text: string, flag: string, now: Instant): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const [, count, unit] = /^\+?(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Math.ceil((now + Number(count) * (UNITS[unit ?? ''] ?? 0)) / SECOND);
  const instant = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new UsageError(
      `${flag} must be epoch seconds, a date such as 2030-01-31T12:00:00Z, or a time from now such as 1h, not "${text}"`,
    );
  }
  return Math.floor(instant / SECOND);
}
