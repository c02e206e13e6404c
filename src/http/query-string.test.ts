import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { selectParameters } from './query-string.ts';

const rows: [query: string, names: readonly string[], want: string | undefined][] = [
  ['a=1&b=2&c=3', ['c', 'a'], 'a=1&c=3'],
  ['c=3&a=1', ['c', 'a'], 'c=3&a=1'],
  ['a', ['a'], 'a'],
  ['a=', ['a'], 'a='],
  ['a=1&a=2', ['a'], 'a=1&a=2'],
  ['A=1', ['a'], undefined],
  ['a=1;b=2', ['a', 'b'], 'a=1;b=2'],
  ['%61=1', ['a'], undefined],
  ['a=b=c', ['a'], 'a=b=c'],
  ['', ['a'], undefined],
  ['&&a', ['a'], 'a'],
];

test.each(rows)('%p with %p: %p', (query, names, want) =>
  expect(selectParameters(query, (name) => names.includes(name))).toBe(want),
);

test('selecting everything changes nothing', () => {
  fc.assert(
    fc.property(fc.string(), (query) => {
      expect(selectParameters(query, () => true)).toBe(query);
    }),
  );
});
