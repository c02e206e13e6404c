import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { decodeUrlSafe, toUrlSafe } from './url-safe-base64.ts';

const ROWS: readonly (readonly [name: string, text: string, want: string | undefined])[] = [
  ['whole', 'Zm9v', 'foo'],
  ['one octet more', 'Zm9vYg__', 'foob'],
  ['two octets more', 'Zm9vYmE_', 'fooba'],
  ['the letters that URLs cannot hold', '-~-~', '\xfb\xff\xbf'],
  ['empty', '', undefined],
  ['without its padding', 'Zm9vYg', undefined],
  ['with half of it', 'Zm9vYg_', undefined],
  ['the usual padding', 'Zm9vYg==', undefined],
  ['the usual letters', '+/+/', undefined],
  ['bits behind the end', 'Zm9vYh__', undefined],
  ['padding inside', 'Zm__Zm9v', undefined],
  ['nothing but padding', '____', undefined],
  ['percent-encoded', 'Zm9vYg%5F%5F', undefined],
  ['a space', 'Zm9 ', undefined],
  ['NUL', 'Zm9\0', undefined],
];

test.each(ROWS)('%s', (_, text, want) => expect(decodeUrlSafe(text)).toBe(want));

const octets = fc.uint8Array({ minLength: 1, maxLength: 300 });

test('property: what is encoded is decoded', () => {
  fc.assert(
    fc.property(octets, (bytes) => {
      const text = toUrlSafe(Buffer.from(bytes).toString('base64'));
      expect(Buffer.from(decodeUrlSafe(text) ?? '', 'latin1')).toEqual(Buffer.from(bytes));
    }),
  );
});

test('property: no two texts say the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('A', 'Q', 'g', 'w', '-', '~', '_'), minLength: 4, maxLength: 12 }), (text) => {
      const decoded = decodeUrlSafe(text);
      if (decoded !== undefined) expect(toUrlSafe(Buffer.from(decoded, 'latin1').toString('base64'))).toBe(text);
    }),
  );
});
