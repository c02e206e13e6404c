import { expect, test } from 'bun:test';
import { asciiOfText, octetsOfText, textOfOctets } from './octet-text.ts';

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

test('half a surrogate pair has no octets', () => {
  expect(octetsOfText('\ud800')).toBeUndefined();
  expect(asciiOfText('\ud800')).toBeUndefined();
});
