import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { acceptResponse, LARGEST_CACHED_OBJECT } from './accept-response.ts';

const RANGE: Fields = [['range', 'bytes=0-9']];
const IF_NONE_MATCH: Fields = [['if-none-match', '"a"']];
const part = (value: string): Fields => [['content-range', value]];

type Row = [name: string, asked: Fields, status: number, fields: Fields, bodyLength: number | undefined, want: string];
const ROWS: readonly Row[] = [
  ['a plain 200', [], 200, [], 5, 'accepted'],
  ['a 200 of unknown length', [], 200, [], undefined, 'accepted'],
  ['a 503', [], 503, [], 5, 'accepted'],
  ['a 304 that was asked for', IF_NONE_MATCH, 304, [], 0, 'accepted'],
  ['a 304 by date', [['if-modified-since', 'x']], 304, [], 0, 'accepted'],
  ['a 304 unasked', [], 304, [], 0, 'OriginInvalidResponseError'],
  ['a 304 to If-Match is unasked', [['if-match', '"a"']], 304, [], 0, 'OriginInvalidResponseError'],
  ['an interim status as the final one', [], 100, [], 0, 'OriginInvalidResponseError'],
  ['a handshake that the origin client has judged', [], 101, [], undefined, 'accepted'],
  ['a status beyond HTTP', [], 999, [], 0, 'OriginInvalidResponseError'],
  ['a part that was asked for', RANGE, 206, part('bytes 0-9/20'), 10, 'accepted'],
  ['a part of unknown whole', RANGE, 206, part('bytes 0-9/*'), 10, 'accepted'],
  ['a part of unknown body length', RANGE, 206, part('bytes 0-9/20'), undefined, 'accepted'],
  ['a part unasked', [], 206, part('bytes 0-9/20'), 10, 'OriginInvalidResponseError'],
  ['a part with another length', RANGE, 206, part('bytes 0-9/20'), 9, 'OriginContentRangeLengthError'],
  ['a part without Content-Range', RANGE, 206, [], 10, 'OriginContentRangeLengthError'],
  ['a part that contradicts itself', RANGE, 206, part('bytes 9-0/20'), 10, 'OriginContentRangeLengthError'],
  ['a part beyond the whole', RANGE, 206, part('bytes 0-20/20'), 21, 'OriginContentRangeLengthError'],
  ['several parts', RANGE, 206, [['content-type', 'multipart/byteranges; boundary=x']], 99, 'accepted'],
  ['a range that was ignored', RANGE, 200, [], 20, 'accepted'],
  ['the largest object', [], 200, [], LARGEST_CACHED_OBJECT, 'accepted'],
  ['one octet more', [], 200, [], LARGEST_CACHED_OBJECT + 1, 'OriginError'],
];
test.each(ROWS)('%s', (_name, asked, status, fields, bodyLength, want) => {
  const got = acceptResponse(asked, { status, fields, bodyLength }, false);
  expect<string>(got.kind === 'refused' ? got.detail : got.kind).toBe(want);
});

test('with caching off a response of any length passes', () => {
  expect(acceptResponse([], { status: 200, fields: [], bodyLength: LARGEST_CACHED_OBJECT * 2 }, true).kind).toBe('accepted');
});
