import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { decideRange, partFields, unsatisfiableFields } from './range.ts';

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';
const FIELDS: Fields = [
  ['etag', '"a"'],
  ['last-modified', DATE],
];

const RANGES: ReadonlyArray<[range: string, length: number, want: string]> = [
  ['bytes=0-0', 100, '0-0'],
  ['bytes=0-99', 100, '0-99'],
  ['bytes=10-19', 100, '10-19'],
  ['bytes=10-', 100, '10-99'],
  ['bytes=99-', 100, '99-99'],
  ['bytes=90-500', 100, '90-99'],
  ['bytes=-1', 100, '99-99'],
  ['bytes=-100', 100, '0-99'],
  ['bytes=-500', 100, '0-99'],
  ['BYTES=0-1', 100, '0-1'],
  ['bytes= 0-1 ', 100, '0-1'],
  ['bytes=,0-1,', 100, '0-1'],
  ['bytes=0-99999999999999999999999', 100, '0-99'],
  ['bytes=100-', 100, 'unsatisfiable'],
  ['bytes=100-200', 100, 'unsatisfiable'],
  ['bytes=99999999999999999999999-', 100, 'unsatisfiable'],
  ['bytes=-0', 100, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-5', 0, 'whole'],
  ['bytes=-0', 0, 'unsatisfiable'],
  ['bytes=0-1,5-6', 100, '0-1 5-6'],
  ['bytes=0-1, ,5-6 , 90-', 100, '0-1 5-6 90-99'],
  ['bytes=0-9,10-19', 100, '0-9 10-19'],
  ['bytes=0-0,-1', 100, '0-0 99-99'],
  ['bytes=0-1,5-600', 100, '0-1 5-99'],
  ['bytes=0-1,200-', 100, '0-1'],
  ['bytes=0-1,200-,5-6', 100, '0-1 5-6'],
  ['bytes=100-,200-300', 100, 'unsatisfiable'],
  [`bytes=${Array.from({ length: 201 }, (_, index) => `${index * 2}-${index * 2}`).join(',')}`, 1000, 'whole'],
  // Overlapping, unordered, and garbage: the whole object
  ['bytes=0-1,0-1', 100, 'whole'],
  ['bytes=0-9,9-19', 100, 'whole'],
  ['bytes=0-,5-6', 100, 'whole'],
  ['bytes=5-6,0-1', 100, 'whole'],
  ['bytes=-1,0-0', 100, 'whole'],
  ['bytes=0-90,-20', 100, 'whole'],
  ['bytes=0-1,5-4', 100, 'whole'],
  ['bytes=0-1,x', 100, 'whole'],
  ['bytes=5-4', 100, 'whole'],
  ['bytes=', 100, 'whole'],
  ['bytes=,', 100, 'whole'],
  ['bytes', 100, 'whole'],
  ['bytes=a-b', 100, 'whole'],
  ['bytes=--5', 100, 'whole'],
  ['bytes=1-2-3', 100, 'whole'],
  ['bytes=-', 100, 'whole'],
  ['bytes=0x1-2', 100, 'whole'],
  ['bytes=+1-2', 100, 'whole'],
  ['bytes=1.5-2', 100, 'whole'],
  ['items=0-1', 100, 'whole'],
  ['0-1', 100, 'whole'],
];
function show(asked: Fields, status: number, fields: Fields, length: number): string {
  const got = decideRange(asked, status, fields, length);
  if (got.kind === 'parts') return got.ranges.map(({ first, last }) => `${first}-${last}`).join(' ');
  return got.kind === 'part' ? `${got.first}-${got.last}` : got.kind;
}
test.each(RANGES)('%s of %d: %s', (range, length, want) => {
  expect(show([['range', range]], 200, FIELDS, length)).toBe(want);
});

const IF_RANGE: ReadonlyArray<[name: string, value: string, fields: Fields, want: string]> = [
  ['the tag', '"a"', FIELDS, '0-1'],
  ['another tag', '"b"', FIELDS, 'whole'],
  ['a weak tag never', 'W/"a"', FIELDS, 'whole'],
  ['a weak stored tag never', '"a"', [['etag', 'W/"a"']], 'whole'],
  ['the date', DATE, FIELDS, '0-1'],
  ['a newer date', 'Fri, 02 Jan 2026 00:00:00 GMT', FIELDS, 'whole'],
  ['the date, none stored', DATE, [['etag', '"a"']], 'whole'],
  ['the tag, none stored', '"a"', [['last-modified', DATE]], 'whole'],
  ['garbage', 'a', FIELDS, 'whole'],
  ['empty', '', FIELDS, 'whole'],
];
test.each(IF_RANGE)('If-Range: %s', (_name, value, fields, want) => {
  expect(
    show(
      [
        ['range', 'bytes=0-1'],
        ['if-range', value],
      ],
      200,
      fields,
      100,
    ),
  ).toBe(want);
});

test('If-Range without Range asks for nothing', () => {
  expect(show([['if-range', '"a"']], 200, FIELDS, 100)).toBe('whole');
});

test.each([204, 206, 301, 404])('a %d has no parts', (status) => {
  expect(show([['range', 'bytes=0-1']], status, FIELDS, 100)).toBe('whole');
});

test('two Range lines are two parts, or garbage: the whole object', () => {
  expect(
    show(
      [
        ['range', 'bytes=0-1'],
        ['range', 'bytes=0-1'],
      ],
      200,
      FIELDS,
      100,
    ),
  ).toBe('whole');
});

test('a part says which it is, and keeps the fields of the whole', () => {
  expect(partFields(FIELDS, { first: 10, last: 19 }, 100)).toEqual([...FIELDS, ['content-range', 'bytes 10-19/100']]);
  expect(unsatisfiableFields(100)).toEqual([['content-range', 'bytes */100']]);
});
