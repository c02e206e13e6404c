import { expect, test } from 'bun:test';
import { asciiOfText, inOctetsReceived, octetsOfText, textOfOctets } from './octet-text.ts';

const rows: [name: string, text: string, octets: string, ascii: string][] = [
  ['ASCII', 'a%20b %zz', 'a%20b %zz', 'a%20b %zz'],
  ['two octets', 'é%41', 'Ã©%41', '%C3%A9%41'],
  ['four octets', '😀', '\xf0\x9f\x98\x80', '%F0%9F%98%80'],
];
test.each(rows)('%s', (_, text, octets, ascii) => {
  expect(octetsOfText(text)).toBe(octets);
  expect(textOfOctets(octets)).toBe(text);
  expect(asciiOfText(text)).toBe(ascii);
});

test('octets that are not UTF-8 are read as ISO-8859-1', () => expect(textOfOctets('caf\xe9')).toBe('café'));

test('what was read as ISO-8859-1 and is given back goes on as it came', () => {
  const fields = [
    ['a', 'Ã©'],
    ['b', 'Ã©'],
  ] as const;
  expect(inOctetsReceived(fields, [['a', '\xe9']])).toEqual([['a', '\xe9'], fields[1]]);
  expect(inOctetsReceived(fields, [['a', 'Ã©']])).toBe(fields);
});

test('half a surrogate pair has no octets', () => {
  expect(octetsOfText('\ud800')).toBeUndefined();
  expect(asciiOfText('\ud800')).toBeUndefined();
});
