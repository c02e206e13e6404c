import { expect, test } from 'bun:test';
import { parseDictionary } from './structured-dictionary.ts';

test.each<[text: string, want: readonly (readonly [string, unknown])[] | undefined]>([
  ['', []],
  ['a', [['a', true]]],
  [
    'a=1, b=2',
    [
      ['a', 1],
      ['b', 2],
    ],
  ],
  [
    'a=1,b=-2.5 , c',
    [
      ['a', 1],
      ['b', -2.5],
      ['c', true],
    ],
  ],
  [
    'a=1, b, a=2',
    [
      ['b', true],
      ['a', 2],
    ],
  ],
  ['a=?0', [['a', false]]],
  ['a="x, \\"y\\""', [['a', 'x, "y"']]],
  [
    'a=tok/en;q=1;r="s", b',
    [
      ['a', 'tok/en'],
      ['b', true],
    ],
  ],
  ['a=(1 "b" c);d', [['a', [1, 'b', 'c']]]],
  ['a=:aGk=:', [['a', 'aGk=']]],
  ['max-age=99999999999', [['max-age', 99_999_999_999]]],
  ['a=1,', undefined],
  ['A=1', undefined],
  ['a =1', undefined],
  ['a= 1', undefined],
  ['a=1 b=2', undefined],
  ['a=1, &&&', undefined],
  ['a=1.', undefined],
  ['a=1234567890123456', undefined],
  ['a="x', undefined],
  ['a=(1 2', undefined],
  ['a=?2', undefined],
  ['a;=1', undefined],
])('%p', (text, want) => {
  const members = parseDictionary(text);
  const plain =
    members &&
    [...members].map(([key, member]) => [key, member.kind === 'list' ? member.items.map((item) => item.value) : member.value]);
  expect(plain).toEqual(want as typeof plain);
});
