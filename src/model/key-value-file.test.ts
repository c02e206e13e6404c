import { expect, test } from 'bun:test';
import { readKeyValueFile } from './key-value-file.ts';
import { utf8Length } from './key-value-store.ts';

const file = (...pairs: readonly unknown[]): string => JSON.stringify({ data: pairs });
const pair = (key: unknown, value: unknown): object => ({ key, value });

const rows: [name: string, text: string, want: string][] = [
  ['pairs', file(pair('a', '1'), pair('é', '')), '[["a","1"],["é",""]]'],
  ['none', file(), '[]'],
  ['further members, and a byte order mark', `\uFEFF{"data":[{"key":"a","value":"1","more":1}],"version":1}`, '[["a","1"]]'],
  ['no JSON', '{"data":[', 'it is not JSON'],
  ['no object', '[]', 'it must be an object with a list named "data"'],
  ['no list', '{"data":{}}', 'it must be an object with a list named "data"'],
  ['an item that is none', file(pair('a', '1'), 'b'), 'data[1] must be an object with "key" and "value"'],
  ['no key', file({ value: '1' }), 'data[0].key must be a string'],
  ['a number', file(pair('a', 1)), 'data[0].value must be a string'],
  ['an empty key', file(pair('', '1')), 'data[0]: a key must have at least one character'],
  ['a key twice', file(pair('a', '1'), pair('b', '1'), pair('a', '2')), 'data[2]: the key a is there twice'],
  ['a key of 512 bytes', file(pair('é'.repeat(256), '')), `[["${'é'.repeat(256)}",""]]`],
  ['a key of 513 bytes', file(pair(`${'é'.repeat(256)}x`, '')), 'data[0]: the key'],
  ['a value of 1 KB', file(pair('a', 'x'.repeat(1024))), `[["a","${'x'.repeat(1024)}"]]`],
  ['a longer value', file(pair('a', 'x'.repeat(1025))), 'data[0]: the value of the key a is longer than 1024 bytes'],
  ['half a character', `{"data":[{"key":"a","value":"\\ud800"}]}`, 'data[0]: the key a or its value is not Unicode text'],
];
test.each(rows)('%s', (_name, text, want) => {
  const read = readKeyValueFile(text);
  expect(read.kind === 'pairs' ? JSON.stringify(read.pairs) : read.why).toStartWith(want);
});

test('more than 5 MB in all is too large', () => {
  const pairs = Array.from({ length: 5 * 1024 }, (_, index) => pair(String(index).padStart(4, '0'), 'x'.repeat(1020)));
  const full = file(...pairs);
  expect(readKeyValueFile(full).kind).toBe('pairs');
  expect(readKeyValueFile(file(...pairs, pair('more', '')))).toMatchObject({ kind: 'refused', isTooLarge: true });
});

test.each(['', 'abc', 'é', '€', '😀', 'a😀é', '\ud800', '\udc00a'])('utf8Length(%j) is what an encoder makes', (text) => {
  expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
});
