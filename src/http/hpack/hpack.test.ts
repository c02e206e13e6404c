import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Field } from '../fields.ts';
import { hpackDecoders, type HpackDecoder } from './decoder.ts';
import { createDynamicTable, type TableEntry } from './dynamic-table.ts';
import { encodedFieldLimit, encodeField, NO_DYNAMIC_TABLE } from './encode-field.ts';
import { decodeHuffman } from './huffman-decode.ts';
import { encodeHuffman, huffmanLength } from './huffman-encode.ts';

const readText = (octets: Uint8Array, from: number, to: number): string => String.fromCharCode(...octets.subarray(from, to));
const MAX_BLOCK = 4096;
const decoders = hpackDecoders({ classify: (name) => name.length, readText, maxBlock: MAX_BLOCK });

const octetsOf = (hex: string): Uint8Array => Uint8Array.fromHex(hex.replaceAll(' ', ''));

function decode(decoder: HpackDecoder, hex: string, maxLines = 10_000): string[] | 'invalid' {
  const block = octetsOf(hex);
  const lines: TableEntry[] = [];
  if (!decoder.decode(block, 0, block.length, lines, maxLines)) return 'invalid';
  return lines.map(({ field }) => field.join(': '));
}

/** RFC 7541 appendix C. */
describe('the examples of the specification', () => {
  const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
  const third = [
    ':method: GET',
    ':scheme: https',
    ':path: /index.html',
    ':authority: www.example.com',
    'custom-key: custom-value',
  ];
  const answer = (status: string, seconds: string): string[] => [
    `:status: ${status}`,
    'cache-control: private',
    `date: Mon, 21 Oct 2013 20:13:${seconds} GMT`,
    'location: https://www.example.com',
  ];
  // The entries of the table are in the order of their last mention.
  const answers: string[][] = [
    answer('302', '21'),
    [':status: 307', ...answer('307', '21').slice(1)],
    [
      ':status: 200',
      ...answer('200', '22').slice(1),
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
  ];
  const rows: [name: string, tableLimit: number, blocks: string[], want: string[][]][] = [
    ['C.2.1', 4096, ['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'], [['custom-key: custom-header']]],
    ['C.2.2', 4096, ['040c 2f73 616d 706c 652f 7061 7468'], [[':path: /sample/path']]],
    ['C.2.3', 4096, ['1008 7061 7373 776f 7264 0673 6563 7265 74'], [['password: secret']]],
    ['C.2.4', 4096, ['82'], [[':method: GET']]],
    [
      'C.3',
      4096,
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
      [first, [...first, 'cache-control: no-cache'], third],
    ],
    [
      'C.4',
      4096,
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
      [first, [...first, 'cache-control: no-cache'], third],
    ],
    [
      'C.5, with eviction',
      256,
      [
        '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '4803 3330 37c1 c0bf',
        '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
      ],
      answers,
    ],
    [
      'C.6, with eviction',
      256,
      [
        '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
        '4883 640e ffc1 c0bf',
        '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
      ],
      answers,
    ],
  ];
  test.each(rows)('%s', (_name, tableLimit, blocks, want) => {
    const decoder = decoders(tableLimit);
    expect(blocks.map((block) => decode(decoder, block))).toEqual(want);
  });
});

describe('blocks that are none', () => {
  const rows: [name: string, block: string, want: string[] | 'invalid'][] = [
    ['nothing at all', '', []],
    ['entry 0', '80', 'invalid'],
    ['an entry that neither table has', 'be', 'invalid'],
    ['a name by a number that neither table has', '7e 01 61', 'invalid'],
    ['a number that is cut off', 'ff', 'invalid'],
    ['a number that never ends', 'ff 80 80 80 80 80 80 80 80 01', 'invalid'],
    ['a number with idle zeros', '3f 80 80 80 00 82', [':method: GET']],
    ['a string longer than the block', '00 05 61 62', 'invalid'],
    ['no value', '00 01 61', 'invalid'],
    ['no name', '40', 'invalid'],
    ['a length that is cut off', '00 7f', 'invalid'],
    ['a value of no octets', '00 01 61 00', ['a: ']],
    ['Huffman: padding of eight ones', '00 01 61 82 1f ff', 'invalid'],
    ['Huffman: padding with a zero', '00 01 61 81 18', 'invalid'],
    ['Huffman: padding of three ones', '00 01 61 81 1f', ['a: a']],
    ['Huffman: the end of a string', '00 01 61 84 ff ff ff ff', 'invalid'],
    ['Huffman: a code that is cut off', '00 01 61 81 fe', 'invalid'],
    ['a smaller table, first', '20 82', [':method: GET']],
    ['twice', '20 3f e1 1f 82', [':method: GET']],
    ['a larger table than we allow', '3f e2 1f 82', 'invalid'],
    ['a table size behind a line', '82 20', 'invalid'],
    ['a table size alone', '20', []],
  ];
  test.each(rows)('%s', (_name, block, want) => expect(decode(decoders(4096), block)).toEqual(want));

  test('a block above the bound', () => expect(decode(decoders(4096), '82'.repeat(MAX_BLOCK + 1))).toBe('invalid'));

  test('any octets: an answer or none, and never an exception', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 4 }), (blocks) => {
        const decoder = decoders(128);
        for (const block of blocks) decoder.decode(block, 0, block.length, [], 1_000);
      }),
    );
  });
});

test('lines beyond the bound are left out, and still enter the table', () => {
  const decoder = decoders(4096);
  // a: 1, b: 2, c: 3, each to be remembered; a line counts six octets.
  const block = '4001 6101 31 4001 6201 32 4001 6301 33';
  expect(decode(decoder, block, 6)).toEqual(['a: 1', 'b: 2']);
  expect(decode(decoder, 'be')).toEqual(['c: 3']);
});

test('a line is classified when it is spelled out, and once', () => {
  const asked: string[] = [];
  const classify = (name: string): number => asked.push(name);
  const decoder = hpackDecoders({ classify, readText, maxBlock: 100 })(4096);
  asked.length = 0;
  const kinds: number[] = [];
  for (const hex of ['4001 6101 31', 'be', 'be 82']) {
    const block = octetsOf(hex);
    const lines: TableEntry[] = [];
    decoder.decode(block, 0, block.length, lines, 100);
    kinds.push(lines[0]!.kind);
  }
  expect([asked, kinds]).toEqual([['a'], [1, 1, 1]]);
});

const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 200 });

test('Huffman: what is coded is decoded', () => {
  fc.assert(
    fc.property(latin1, (text) => {
      const coded = new Uint8Array(huffmanLength(text) + 2);
      expect(encodeHuffman(text, coded, 1)).toBe(coded.length - 1);
      const decoded = new Uint8Array(text.length + 1);
      expect(decodeHuffman(coded, 1, coded.length - 1, decoded)).toBe(text.length);
      expect(readText(decoded, 0, text.length)).toBe(text);
    }),
  );
});

test('what is encoded is decoded, in the room that was promised', () => {
  const name = fc.oneof(latin1, fc.constantFrom('content-type', ':status', 'etag', 'x-cache'));
  const value = fc.oneof(latin1, fc.constantFrom('200', '', 'gzip, deflate'));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (fields: Field[]) => {
      const room = fields.reduce((total, field) => total + encodedFieldLimit(...field), 1);
      const block = new Uint8Array(room);
      block[0] = NO_DYNAMIC_TABLE;
      let end = 1;
      for (const field of fields) end = encodeField(...field, block, end);
      expect(end).toBeLessThanOrEqual(room);
      const lines: TableEntry[] = [];
      expect(decoders(4096).decode(block, 0, end, lines, 100_000)).toBe(true);
      expect(lines.map(({ field }) => field)).toEqual(fields);
    }),
  );
});

test('the dynamic table holds what a plain list would', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ resize: fc.integer({ min: 0, max: 200 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = createDynamicTable(200);
      const model: TableEntry[] = [];
      let capacity = 200;
      const evict = (): void => {
        const sizes = (): number => model.reduce((total, { field }) => total + field[0].length + 32, 0);
        while (sizes() > capacity) model.pop();
      };
      for (const [number, one] of steps.entries()) {
        if ('resize' in one) capacity = one.resize;
        if ('resize' in one) table.resize(capacity);
        else {
          const entry: TableEntry = { field: ['a'.repeat(one.add), ''], kind: number };
          model.unshift(entry);
          table.add(entry);
        }
        evict();
        for (let index = 0; index <= model.length; index++) expect(table.get(index)).toBe(model[index]);
      }
    }),
  );
});
