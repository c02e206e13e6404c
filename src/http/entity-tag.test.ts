import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseEntityTag, parseEntityTagList, strongEqual, weakEqual } from './entity-tag.ts';

const lists: [value: string, want: string | undefined][] = [
  ['*', '*'],
  [' * ', '*'],
  ['"a"', '"a"'],
  ['W/"a", "b"', 'W/"a" "b"'],
  ['"a,b","c"', '"a,b" "c"'],
  [',"a",,', '"a"'],
  ['""', '""'],
  ['a', undefined],
  ['"a" "b"', undefined],
  ['"a', undefined],
  ['w/"a"', undefined],
  ['"a", *', undefined],
  ['', undefined],
];

test.each(lists)('the list %p', (value, want) => {
  const list = parseEntityTagList(value);
  const seen = list === undefined || list === '*' ? list : list.map((tag) => `${tag.weak ? 'W/' : ''}"${tag.opaque}"`).join(' ');
  expect(seen).toBe(want);
});

/** RFC 9110 8.8.3.2, table 3. */
const comparisons: [one: string, other: string, strong: boolean, weak: boolean][] = [
  ['W/"1"', 'W/"1"', false, true],
  ['W/"1"', 'W/"2"', false, false],
  ['W/"1"', '"1"', false, true],
  ['"1"', '"1"', true, true],
];

test.each(comparisons)('%s and %s', (one, other, strong, weak) => {
  const [left, right] = [parseEntityTag(one)!, parseEntityTag(other)!];
  expect([strongEqual(left, right), weakEqual(left, right)]).toEqual([strong, weak]);
});

test('a tag that is read alone is read in a list', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(W\/)?"[!#-~]*"$/), (tag) => {
      expect(parseEntityTagList(`"x", ${tag}`)).toEqual([{ weak: false, opaque: 'x' }, parseEntityTag(tag)!]);
    }),
  );
});
