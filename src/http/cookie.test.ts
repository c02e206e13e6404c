import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { cookieField, formatCookies, parseCookies } from './cookie.ts';

const rows: [value: string, want: string | undefined][] = [
  ['b=2; a=1', 'a=1; b=2'],
  ['b=2;a=1', 'a=1; b=2'],
  ['a=1; A=2', 'A=2; a=1'],
  ['a=2; a=1', 'a=2; a=1'],
  ['a=', 'a='],
  ['a="x y"', 'a="x y"'],
  ['a=b=c', 'a=b=c'],
  ['$Version=1; a=1; $Path=/', 'a=1'],
  ['a=1;', 'a=1'],
  ['', undefined],
  ['a', undefined],
  ['a=1; b', undefined],
  ['=1', undefined],
  ['a b=1', undefined],
];

test.each(rows)('%p is keyed and forwarded as %p', (value, want) => {
  const cookies = parseCookies(value);
  expect(cookies === undefined ? undefined : formatCookies(cookies)).toBe(want);
});

test('several lines are one field', () => {
  expect(
    cookieField([
      ['cookie', 'a=1'],
      ['x', 'y'],
      ['cookie', 'b=2'],
    ]),
  ).toBe('a=1; b=2');
  expect(cookieField([['x', 'y']])).toBeUndefined();
});

test('what was formatted parses to the same cookies', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,3}$/);
  const value = fc.stringMatching(/^[!-:<-~]{0,6}$/);
  fc.assert(
    fc.property(fc.array(fc.record({ name, value }), { minLength: 1 }), (cookies) => {
      const formatted = formatCookies(cookies)!;
      expect(formatCookies(parseCookies(formatted)!)).toBe(formatted);
      expect(parseCookies(formatted)).toHaveLength(cookies.length);
    }),
  );
});
