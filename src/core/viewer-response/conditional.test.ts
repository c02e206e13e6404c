import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { decideConditional, notModifiedFields } from './conditional.ts';

const NOW = Date.UTC(2026, 0, 2);
const OLDER = 'Wed, 31 Dec 2025 00:00:00 GMT';
const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';
const NEWER = 'Fri, 02 Jan 2026 00:00:00 GMT';
const BOTH: Fields = [
  ['etag', '"a"'],
  ['last-modified', DATE],
];
const TAG: Fields = [['etag', '"a"']];
const WEAK: Fields = [['etag', 'W/"a"']];
const DATED: Fields = [['last-modified', DATE]];

type Row = [name: string, asked: Fields, fields: Fields, want: number, status?: number];
const ROWS: readonly Row[] = [
  ['nothing asked', [], BOTH, 200],
  ['other fields', [['accept', 'x']], BOTH, 200],
  // If-None-Match
  ['If-None-Match: the tag', [['if-none-match', '"a"']], TAG, 304],
  ['If-None-Match: another', [['if-none-match', '"b"']], TAG, 200],
  ['If-None-Match: among others', [['if-none-match', '"b", "a"']], TAG, 304],
  [
    'If-None-Match: over two lines',
    [
      ['if-none-match', '"b"'],
      ['if-none-match', '"a"'],
    ],
    TAG,
    304,
  ],
  ['If-None-Match: a comma inside a tag', [['if-none-match', '"b,"a""']], TAG, 200],
  ['If-None-Match: weak asked, strong stored', [['if-none-match', 'W/"a"']], TAG, 304],
  ['If-None-Match: strong asked, weak stored', [['if-none-match', '"a"']], WEAK, 304],
  ['If-None-Match: *', [['if-none-match', '*']], [], 304],
  ['If-None-Match: * among tags is garbage', [['if-none-match', '*, "a"']], TAG, 200],
  ['If-None-Match: without quotes', [['if-none-match', 'a']], TAG, 200],
  ['If-None-Match: no tag stored', [['if-none-match', '"a"']], DATED, 200],
  ['If-None-Match: a stored tag that is none', [['if-none-match', '"a"']], [['etag', 'a']], 200],
  ['If-None-Match: case counts', [['if-none-match', '"A"']], TAG, 200],
  // If-Modified-Since
  ['If-Modified-Since: the date', [['if-modified-since', DATE]], DATED, 304],
  ['If-Modified-Since: newer', [['if-modified-since', NEWER]], DATED, 304],
  ['If-Modified-Since: older', [['if-modified-since', OLDER]], DATED, 200],
  ['If-Modified-Since: obsolete format', [['if-modified-since', 'Thursday, 01-Jan-26 00:00:00 GMT']], DATED, 304],
  ['If-Modified-Since: garbage', [['if-modified-since', 'yesterday']], DATED, 200],
  [
    'If-Modified-Since: two lines are garbage',
    [
      ['if-modified-since', DATE],
      ['if-modified-since', DATE],
    ],
    DATED,
    200,
  ],
  ['If-Modified-Since: no date stored', [['if-modified-since', DATE]], TAG, 200],
  ['If-Modified-Since: a stored date that is none', [['if-modified-since', DATE]], [['last-modified', 'x']], 200],
  // Precedence of RFC 9110 13.2.2
  [
    'another tag outweighs the date',
    [
      ['if-none-match', '"b"'],
      ['if-modified-since', DATE],
    ],
    BOTH,
    200,
  ],
  [
    'the tag outweighs an older date',
    [
      ['if-none-match', '"a"'],
      ['if-modified-since', OLDER],
    ],
    BOTH,
    304,
  ],
  [
    'a malformed tag still outweighs the date',
    [
      ['if-none-match', 'x'],
      ['if-modified-since', DATE],
    ],
    BOTH,
    200,
  ],
  [
    'If-Match holds, then If-None-Match',
    [
      ['if-match', '"a"'],
      ['if-none-match', '"a"'],
    ],
    BOTH,
    304,
  ],
  [
    'If-Match fails first',
    [
      ['if-match', '"b"'],
      ['if-none-match', '"a"'],
    ],
    BOTH,
    412,
  ],
  [
    'If-Match outweighs If-Unmodified-Since',
    [
      ['if-match', '"a"'],
      ['if-unmodified-since', OLDER],
    ],
    BOTH,
    200,
  ],
  [
    'If-Unmodified-Since fails before If-None-Match',
    [
      ['if-unmodified-since', OLDER],
      ['if-none-match', '"a"'],
    ],
    BOTH,
    412,
  ],
  // If-Match
  ['If-Match: the tag', [['if-match', '"a"']], TAG, 200],
  ['If-Match: another', [['if-match', '"b"']], TAG, 412],
  ['If-Match: weak never matches', [['if-match', 'W/"a"']], WEAK, 412],
  ['If-Match: strong asked, weak stored', [['if-match', '"a"']], WEAK, 412],
  ['If-Match: *', [['if-match', '*']], [], 200],
  ['If-Match: no tag stored', [['if-match', '"a"']], DATED, 412],
  // If-Unmodified-Since
  ['If-Unmodified-Since: the date', [['if-unmodified-since', DATE]], DATED, 200],
  ['If-Unmodified-Since: newer', [['if-unmodified-since', NEWER]], DATED, 200],
  ['If-Unmodified-Since: older', [['if-unmodified-since', OLDER]], DATED, 412],
  ['If-Unmodified-Since: garbage', [['if-unmodified-since', 'x']], DATED, 200],
  ['If-Unmodified-Since: no date stored', [['if-unmodified-since', OLDER]], TAG, 200],
  // Only of successes
  ['of a 404', [['if-none-match', '"a"']], TAG, 200, 404],
  ['of a redirect', [['if-none-match', '"a"']], TAG, 200, 301],
  ['If-Match of a 404', [['if-match', '"b"']], TAG, 200, 404],
];
test.each(ROWS)('%s', (_name, asked, fields, want, status = 200) => {
  expect<number>(decideConditional(asked, { status, fields }, NOW)).toBe(want);
});

test('where cookies are forwarded no condition counts', () => {
  const asked: Fields = [
    ['if-none-match', '"a"'],
    ['if-match', '"b"'],
  ];
  expect(decideConditional(asked, { status: 200, fields: BOTH }, NOW, true)).toBe(200);
});

test('a 304 carries what guides caches and browsers, nothing of the body', () => {
  const kept: Fields = [
    ['etag', '"a"'],
    ['cache-control', 'max-age=1'],
    ['date', NEWER],
    ['expires', NEWER],
    ['vary', 'cookie'],
    ['content-location', '/x'],
    ['access-control-allow-origin', '*'],
  ];
  const dropped: Fields = [
    ['content-type', 'a/b'],
    ['content-length', '1'],
    ['content-encoding', 'gzip'],
    ['content-language', 'en'],
    ['content-range', 'x'],
    ['accept-ranges', 'bytes'],
    ['last-modified', DATE],
  ];
  expect(notModifiedFields([...dropped, ...kept])).toEqual(kept);
});

test('without a tag, a 304 keeps Last-Modified', () => {
  expect(notModifiedFields(DATED)).toEqual(DATED);
});
