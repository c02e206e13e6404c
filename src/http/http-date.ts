/**
 * HTTP dates: RFC 9110 5.6.7. All three formats are read, IMF-fixdate alone is written.
 * Computed without Date, so that nothing here can read a clock: `now` only settles the century of a two-digit year.
 */
import type { Instant } from '../model/units.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const MONTH = MONTHS.join('|');
const TIME = '([0-9]{2}):([0-9]{2}):([0-9]{2})';
const IMF_FIXDATE = new RegExp(`^(?:${WEEKDAYS.join('|')}), ([0-9]{2}) (${MONTH}) ([0-9]{4}) ${TIME} GMT$`);
const RFC850 = new RegExp(`^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, ([0-9]{2})-(${MONTH})-([0-9]{2}) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^(?:${WEEKDAYS.join('|')}) (${MONTH}) ([0-9 ][0-9]) ${TIME} ([0-9]{4})$`);

const DAY_MS = 86_400_000;

/** Undefined when `value` is no HTTP date. */
export function parseHttpDate(value: string, now: Instant): Instant | undefined {
  const fixed = IMF_FIXDATE.exec(value);
  if (fixed !== null) {
    const [, day, month, year, hour, minute, second] = fixed;
    return instant(Number(year), month, day, hour, minute, second);
  }
  const long = RFC850.exec(value);
  if (long !== null) {
    const [, day, month, year, hour, minute, second] = long;
    return instant(fullYear(Number(year), now), month, day, hour, minute, second);
  }
  const c = ASCTIME.exec(value);
  if (c !== null) {
    const [, month, day, hour, minute, second, year] = c;
    return instant(Number(year), month, day, hour, minute, second);
  }
  return undefined;
}

/** The same, whatever the case of its letters: RFC 9111 4.2 asks that of caches, against "common problems in date parsing". */
export function parseHttpDateInAnyCase(value: string, now: Instant): Instant | undefined {
  const named = value.toLowerCase().replaceAll(/[a-z]+/g, (word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return parseHttpDate(named.replace(/ Gmt$/, ' GMT'), now);
}

/** IMF-fixdate, in whole seconds: `Sun, 06 Nov 1994 08:49:37 GMT`. Years 0 to 9999. */
export function formatHttpDate(at: Instant): string {
  const days = Math.floor(at / DAY_MS);
  const second = Math.floor((at - days * DAY_MS) / 1000);
  const { year, month, day } = civilFromDays(days);
  const weekday = WEEKDAYS[(((days + 4) % 7) + 7) % 7];
  const time = `${pad(Math.floor(second / 3600), 2)}:${pad(Math.floor(second / 60) % 60, 2)}:${pad(second % 60, 2)}`;
  return `${weekday}, ${pad(day, 2)} ${MONTHS[month - 1]} ${pad(year, 4)} ${time} GMT`;
}

function instant(
  year: number,
  monthName: string | undefined,
  dayText: string | undefined,
  hourText: string | undefined,
  minuteText: string | undefined,
  secondText: string | undefined,
): Instant | undefined {
  const month = MONTHS.findIndex((name) => name === monthName) + 1;
  const [day, hour, minute, second] = [Number(dayText), Number(hourText), Number(minuteText), Number(secondText)];
  // RFC 9110 5.6.7: 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000;
}

/** RFC 9110 5.6.7: a two-digit year more than 50 years ahead lies in the past. */
function fullYear(twoDigits: number, now: Instant): number {
  const thisYear = civilFromDays(Math.floor(now / DAY_MS)).year;
  const candidate = thisYear - (thisYear % 100) + twoDigits;
  return candidate > thisYear + 50 ? candidate - 100 : candidate;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years are counted from March so that the leap day comes last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
