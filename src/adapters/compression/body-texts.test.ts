import { expect, test } from 'bun:test';
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createBodyTexts } from './body-texts.ts';

const LIMIT = 64 * 1024;
const { read } = createBodyTexts();
const head = '<script src="//evil.example/a.js"></script>';
/** Fifty times the limit, and as regular as tables are. */
const row = (index: number): string =>
  `<tr><td class="number">${(index * 2_654_435_761) % 65_521}</td><td class="text">row</td></tr>`;
const large = head + Array.from({ length: 50_000 }, (_, index) => row(index)).join('');

const codings: readonly (readonly [coding: string, code: (text: string) => Uint8Array])[] = [
  ['identity', (text) => Buffer.from(text)],
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })],
  ['zstd', zstdCompressSync],
];

test.each(codings)('%s: what is whole, what is cut off, and what inflates to far more', (coding, code) => {
  expect(read([code(head)], coding, LIMIT)).toBe(head);
  const coded = code(large);
  const text = read([coded], coding, LIMIT)!;
  expect([text.startsWith(head), text.length]).toEqual([true, LIMIT]);
  expect(read([coded.subarray(0, coded.byteLength / 2)], coding, LIMIT)).toStartWith(head);
});

test('what inflates a thousandfold is read, and no further than the limit', () => {
  const text = read([gzipSync(head + ' '.repeat(64 * LIMIT))], 'gzip', LIMIT)!;
  expect([text.startsWith(head), text.length <= LIMIT]).toEqual([true, true]);
});

test.each(['constructor', '__proto__', 'exi', ''])('a coding that there is not: %p', (coding) => {
  expect(read([Buffer.from(head)], coding, LIMIT)).toBeUndefined();
});

test('damaged', () => {
  expect(read([Buffer.from(head)], 'gzip', LIMIT)).toBeUndefined();
});
