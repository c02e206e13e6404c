import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Fields } from '../../http/fields.ts';
import { multipartFields, multipartRanges } from './multipart-ranges.ts';

const FIELDS: Fields = [
  ['content-type', 'text/plain; charset=utf-8'],
  ['etag', '"a"'],
];
const TWO = [
  { first: 0, last: 1 },
  { first: 5, last: 6 },
];

test('each part says type and place; the whole says neither', () => {
  const multipart = multipartRanges(FIELDS, TWO, 26, 'aB-_9==');
  const [one, two] = multipart.parts.map(({ head }) => head);
  expect(one).toBe('--aB-_9\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/26\r\n\r\n');
  expect(two).toBe('\r\n--aB-_9\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 5-6/26\r\n\r\n');
  expect(multipart.end).toBe('\r\n--aB-_9--\r\n');
  expect(multipartFields(FIELDS, multipart)).toEqual([
    ['content-type', 'multipart/byteranges; boundary=aB-_9'],
    ['etag', '"a"'],
  ]);
});

test('an object without a type has parts without one', () => {
  expect(multipartRanges([], TWO, 26, 'x').parts[0]?.head).toBe('--x\r\nContent-Range: bytes 0-1/26\r\n\r\n');
});

test('the length is what is sent', () => {
  const range = fc.tuple(fc.nat(500), fc.nat(499)).map(([first, more]) => ({ first, last: Math.min(first + more, 999) }));
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 9 }), (ranges) => {
      const { parts, end, length } = multipartRanges(FIELDS, ranges, 1000, 'boundary');
      const sent = parts.map((part) => part.head + 'x'.repeat(part.range.last - part.range.first + 1)).join('') + end;
      expect(length).toBe(sent.length);
    }),
  );
});
