import { expect, test } from 'bun:test';
import type { Fields } from '../../../http/fields.ts';
import { nominatedFields, placeVariant, selectsSame, variantKeys } from './variants.ts';

const asked = (fields: Fields) => ({ host: 'h', fields });

test.each<[vary: string[], want: readonly string[] | undefined]>([
  [[], undefined],
  [[''], undefined],
  [
    ['Foo, bar', 'FOO'],
    ['bar', 'foo'],
  ],
  [['*'], undefined],
])('Vary %p nominates %p', (lines, want) => expect(nominatedFields(lines.map((line) => ['vary', line]))).toEqual(want));

test.each<[name: string, one: Fields, other: Fields, same: boolean]>([
  [
    'foo',
    [['foo', '1, 2']],
    [
      ['foo', '1'],
      ['foo', '2'],
    ],
    true,
  ],
  ['foo', [['foo', '1,2']], [['foo', ' 1, 2 ']], true],
  ['foo', [['foo', 'a']], [['foo', 'A']], false],
  ['foo', [['foo', 'a, b']], [['foo', 'b, a']], false],
  ['foo', [], [['foo', '']], false],
  ['foo', [], [['bar', '1']], true],
  ['accept-language', [['accept-language', 'en, de;q=0.5']], [['accept-language', 'DE; q=0.5 ,EN']], true],
  ['accept-language', [['accept-language', 'en;q=0.5, de']], [['accept-language', 'en, de;q=0.5']], false],
])('%s: %p and %p', (name, one, other, same) => expect(selectsSame([name], asked(one), asked(other))).toBe(same));

test('a place is found again by the requests that select it, the newest list of fields first', () => {
  const first = placeVariant(undefined, 'k', ['foo'], asked([['foo', '1']]), 'g1');
  const second = placeVariant(first.index, 'k', ['bar', 'foo'], asked([['foo', '1']]), 'g2');
  expect(variantKeys(second.index, 'k', asked([['foo', '1']]))).toEqual([second.key, first.key]);
  expect(
    variantKeys(
      second.index,
      'k',
      asked([
        ['foo', '1'],
        ['bar', '2'],
      ]),
    ),
  ).toEqual(['k\nvariant g1\nbar: 2\nfoo: 1', first.key]);
  // Once the index is gone, nothing leads to what it led to.
  expect(placeVariant(undefined, 'k', ['foo'], asked([['foo', '1']]), 'g2').key).not.toBe(first.key);
});

test('lists of fields are bounded', () => {
  let index = placeVariant(undefined, 'k', ['a'], asked([]), 'g').index;
  for (let n = 0; n < 20; n += 1) index = placeVariant(index, 'k', [`f${n}`], asked([]), 'g').index;
  expect(index.nominations.length).toBe(8);
  expect(placeVariant(index, 'k', ['f19'], asked([]), 'g').index).toEqual(index);
});
