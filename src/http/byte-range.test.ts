import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseRange, resolveRange } from './byte-range.ts';
import { formatContentRange, parseContentRange } from './content-range.ts';

const rows: [value: string, want: readonly (readonly [number, number] | undefined)[] | undefined][] = [
  ['bytes=0-9', [[0, 9]]],
  ['BYTES=0-9', [[0, 9]]],
  ['bytes=10-', [[10, 99]]],
  ['bytes=-10', [[90, 99]]],
  ['bytes=-1000', [[0, 99]]],
  ['bytes=90-1000', [[90, 99]]],
  ['bytes=100-', [undefined]],
  ['bytes=-0', [undefined]],
  [
    'bytes=0-0, 5-6 ,-1',
    [
      [0, 0],
      [5, 6],
      [99, 99],
    ],
  ],
  ['bytes=99999999999999999999-', [undefined]],
  ['bytes=9-0', undefined],
  ['bytes=-', undefined],
  ['bytes=', undefined],
  ['bytes=a-b', undefined],
  ['bytes=0-9,x', undefined],
  ['bytes = 0-9', undefined],
  ['items=0-9', undefined],
  ['0-9', undefined],
];

test.each(rows)('%p of 100 bytes', (value, want) => {
  const resolved = parseRange(value)?.map((spec) => resolveRange(spec, 100));
  expect(resolved?.map((range) => range && ([range.first, range.last] as const))).toEqual(want as never);
});

test('a resolved range lies inside the object', () => {
  const spec = fc.oneof(
    fc.record({ kind: fc.constant('suffix' as const), length: fc.nat() }),
    fc.record({ kind: fc.constant('from' as const), first: fc.nat(), last: fc.constant(undefined) }),
  );
  fc.assert(
    fc.property(spec, fc.nat({ max: 1000 }), (range, length) => {
      const resolved = resolveRange(range, length);
      if (resolved === undefined) return;
      expect(resolved.first >= 0 && resolved.first <= resolved.last && resolved.last < length).toBe(true);
    }),
  );
});

const contentRanges: [value: string, want: boolean][] = [
  ['bytes 0-9/100', true],
  ['bytes 0-9/*', true],
  ['bytes */100', true],
  ['bytes 0-100/100', false],
  ['bytes 9-0/100', false],
  ['bytes=0-9/100', false],
  ['bytes */*', false],
  ['bytes 0-9/', false],
];

test.each(contentRanges)('Content-Range %p reads: %p', (value, want) => {
  const parsed = parseContentRange(value);
  expect(parsed !== undefined).toBe(want);
  if (parsed !== undefined) expect(formatContentRange(parsed)).toBe(value);
});
