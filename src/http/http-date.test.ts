import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatHttpDate, parseHttpDate, parseHttpDateInAnyCase } from './http-date.ts';

const NOW = Date.UTC(2026, 10, 22);

const rows: [value: string, want: number | undefined][] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 784_111_777_000],
  ['Sun Nov  6 08:49:37 1994', 784_111_777_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['Wed, 31 Dec 1969 23:59:59 GMT', -1000],
  ['Sunday, 06-Nov-76 08:49:37 GMT', Date.UTC(2076, 10, 6, 8, 49, 37)],
  ['Sunday, 06-Nov-77 08:49:37 GMT', Date.UTC(1977, 10, 6, 8, 49, 37)],
  ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
  ['Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
  ['Wed, 29 Feb 2023 00:00:00 GMT', undefined],
  ['Thu, 31 Apr 2026 00:00:00 GMT', undefined],
  ['Sun, 06 Nov 1994 24:00:00 GMT', undefined],
  ['Sun, 06 Nov 1994 08:49:37', undefined],
  ['Sun, 06 Nov 1994 08:49:37 UTC', undefined],
  ['Sun, 06 Nov 1994 08:49:37 +0000', undefined],
  ['Sun, 6 Nov 1994 08:49:37 GMT', undefined],
  ['sun, 06 nov 1994 08:49:37 gmt', undefined],
  ['1994-11-06T08:49:37Z', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
];

test.each(rows)('%p', (value, want) => expect(parseHttpDate(value, NOW)).toBe(want));

test.each<[value: string, want: number | undefined]>([
  ['sun, 06 nov 1994 08:49:37 gmt', 784_111_777_000],
  ['SUN, 06 NOV 1994 08:49:37 GMT', 784_111_777_000],
  ['SUNDAY, 06-NOV-94 08:49:37 gMT', 784_111_777_000],
  ['sun nov  6 08:49:37 1994', 784_111_777_000],
  ['sun, 06 nov 1994 08:49:37 utc', undefined],
  ['sun, 06 november 1994 08:49:37 gmt', undefined],
])('in any case: %p', (value, want) => expect(parseHttpDateInAnyCase(value, NOW)).toBe(want));

test('formats as Date does, and reads what it wrote', () => {
  const anySecond = fc.integer({ min: Date.UTC(1, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
  fc.assert(
    fc.property(anySecond, (second) => {
      const written = formatHttpDate(second * 1000);
      expect(written).toBe(new Date(second * 1000).toUTCString());
      expect(parseHttpDate(written, NOW)).toBe(second * 1000);
    }),
  );
});
