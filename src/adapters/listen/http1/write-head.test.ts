import { expect, test } from 'bun:test';
import type { Fields } from '../../../http/fields.ts';
import { ROOM_LIMIT } from '../wire.ts';
import { commonHead, fieldLines, hitHead, isHit } from './write-head.ts';

const FRAMING = { kind: 'length', length: 5, connection: 'keep-alive' } as const;
const EDGE: Fields = [['x-cache', 'Hit from cloudfront']];
const answerOf = (fields: Fields) => ({ status: 200, fields, edgeFields: EDGE, body: { kind: 'none' } }) as const;
const hit = (id: string, age: string): Fields => [
  ['x-amz-cf-id', id],
  ['age', age],
];

test('heads of hits of one stored response, one after the other', () => {
  const stored: Fields = [
    ['content-type', 'text/css'],
    ['etag', '"1"'],
  ];
  const same = hit('a'.repeat(56), '9');
  const turns: readonly Fields[] = [
    same,
    hit('b'.repeat(56), '9'),
    same,
    hit('c'.repeat(56), '8'),
    hit('d'.repeat(56), '10'),
    hit('short', '10'),
    [
      ['x-other-id', 'o'.repeat(5)],
      ['age', '10'],
    ],
    same,
  ];
  for (const own of turns) {
    const common = commonHead(answerOf(stored), FRAMING);
    const want = `HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 5\r\nConnection: keep-alive\r\nETag: "1"\r\nX-Cache: Hit from cloudfront\r\n`;
    if (!isHit(common, own)) throw new Error('a hit has an id and an age');
    expect(hitHead(common, own).toString('latin1')).toBe(`${want}${fieldLines(own)}\r\n`);
    expect(common.octets.toString('latin1')).toBe(want);
  }
});

test('what is no hit, or too large to be copied each time', () => {
  const common = commonHead(answerOf([['a', 'b']]), FRAMING);
  const [id, age] = hit('i', '1');
  for (const own of [undefined, [], [id!], [age!], [age!, id!], [['date', 'd'] as const, id!, age!]])
    expect(isHit(common, own)).toBe(false);
  const large = commonHead(answerOf([['a', 'b'.repeat(ROOM_LIMIT / 2)]]), FRAMING);
  expect(isHit(large, [id!, age!])).toBe(false);
});
