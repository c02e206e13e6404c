import { expect, test } from 'bun:test';
import type { Field, Fields } from '../../http/fields.ts';
import type { CompiledDistribution } from '../../model/compile.ts';
import { describedLength, relayedFields, storedFields, tagsOf } from './prepare-stored.ts';

const DATE: Field = ['date', 'Fri, 02 Jan 2026 03:04:05 GMT'];
const keepsInVary = (name: string): boolean => name === 'accept-encoding' || name === 'cookie' || name === 'x-keyed';
const NO_COOKIES = { forwardsCookies: false, keepsInVary };
const COOKIES = { forwardsCookies: true, keepsInVary };
const EDGE: readonly string[] = ['via', 'x-cache', 'x-amz-cf-pop', 'x-amz-cf-id', 'age', 'cache-status', 'content-length'];
const HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const of = (names: readonly string[]): Fields => names.map((name): Field => [name, 'x']);

type Row = [name: string, behavior: typeof COOKIES, fields: Fields, want: Fields];
const ROWS: readonly Row[] = [
  [
    'the origin keeps its fields, in order',
    NO_COOKIES,
    of(['server', 'etag', 'x-amz-request-id', 'x-custom']),
    of(['server', 'etag', 'x-amz-request-id', 'x-custom']),
  ],
  ['Content-Type leads', NO_COOKIES, of(['server', 'content-type']), of(['content-type', 'server'])],
  ['what belongs to the connection goes', NO_COOKIES, of([...HOP, 'etag']), of(['etag'])],
  [
    'what Connection names goes',
    NO_COOKIES,
    [
      ['connection', 'close, X-Private'],
      ['x-private', '1'],
      ['x-kept', '2'],
    ],
    [['x-kept', '2']],
  ],
  ['what the edge writes goes', NO_COOKIES, of([...EDGE, 'etag']), of(['etag'])],
  [
    'repeated fields stay repeated',
    NO_COOKIES,
    [
      ['link', 'a'],
      ['link', 'b'],
    ],
    [
      ['link', 'a'],
      ['link', 'b'],
    ],
  ],
  [
    'Set-Cookie goes where cookies are not forwarded',
    NO_COOKIES,
    [
      ['set-cookie', 'a=1'],
      ['etag', 'x'],
    ],
    [['etag', 'x']],
  ],
  [
    'Set-Cookie stays where they are',
    COOKIES,
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  ],
  [
    'no-cache="Set-Cookie" keeps it out of the cache',
    COOKIES,
    [
      ['set-cookie', 'a=1'],
      ['cache-control', 'no-cache="Set-Cookie"'],
    ],
    [['cache-control', 'no-cache="Set-Cookie"']],
  ],
  [
    'among other names, too',
    COOKIES,
    [
      ['set-cookie', 'a=1'],
      ['cache-control', 'max-age=1, private="x, set-cookie"'],
    ],
    [['cache-control', 'max-age=1, private="x, set-cookie"']],
  ],
  [
    'no-cache for another field leaves it',
    COOKIES,
    [
      ['set-cookie', 'a=1'],
      ['cache-control', 'no-cache="x"'],
    ],
    [
      ['set-cookie', 'a=1'],
      ['cache-control', 'no-cache="x"'],
    ],
  ],
  [
    'Vary keeps what is forwarded',
    NO_COOKIES,
    [['vary', 'Accept-Encoding, User-Agent, X-Keyed']],
    [['vary', 'Accept-Encoding, X-Keyed']],
  ],
  [
    'Vary over several lines',
    NO_COOKIES,
    [
      ['vary', 'Origin'],
      ['etag', 'x'],
      ['vary', 'Cookie, cookie'],
    ],
    [
      ['vary', 'Cookie'],
      ['etag', 'x'],
    ],
  ],
  ['Vary with nothing left goes', NO_COOKIES, [['vary', 'Origin, User-Agent']], []],
  ['Vary: * goes', NO_COOKIES, [['vary', '*']], []],
  ['Vary, malformed, goes', NO_COOKIES, [['vary', ', ,']], []],
];
test.each(ROWS)('%s', (_name, behavior, fields, want) => {
  expect(storedFields(behavior, { fields: [...fields, DATE] }, 0)).toEqual([...want, DATE]);
});

test('Date is when the response came, where the origin does not say', () => {
  expect(storedFields(NO_COOKIES, { fields: [] }, Date.UTC(2026, 0, 2, 3, 4, 5))).toEqual([DATE]);
});

test('the viewer who caused the fetch gets the cookie that is not stored', () => {
  const head = {
    fields: [
      ['set-cookie', 'a=1'],
      ['cache-control', 'no-cache="set-cookie"'],
    ] as Fields,
  };
  expect(relayedFields(COOKIES, head)).toEqual(head.fields);
});

function distribution(cacheTagField: string | undefined) {
  return { source: { cacheTagField } as CompiledDistribution['source'] };
}
const many = Array.from({ length: 60 }, (_, index) => `t${index}`);
const TAGS: ReadonlyArray<[name: string, value: string, want: readonly string[]]> = [
  ['one', 'product-1', ['product-1']],
  ['several', 'a, b,c', ['a', 'b', 'c']],
  ['lower case, once each', 'A, a, B', ['a', 'b']],
  ['empty members', ', a,, ', ['a']],
  ['a space inside is no tag', 'a b, c', ['c']],
  ['beyond ASCII is no tag', 'caf\u00e9, c', ['c']],
  ['the longest', 'x'.repeat(256), ['x'.repeat(256)]],
  ['longer', `${'x'.repeat(257)}, c`, ['c']],
  ['fifty at most', many.join(','), many.slice(0, 50)],
];
test.each(TAGS)('tags: %s', (_name, value, want) => {
  expect(tagsOf(distribution('x-tags'), [['x-tags', value]])).toEqual(want);
});
test('tags over several lines; none where tags are off or absent', () => {
  const fields: Fields = [
    ['x-tags', 'a'],
    ['x-tags', 'b'],
  ];
  expect([
    tagsOf(distribution('x-tags'), fields),
    tagsOf(distribution(undefined), fields),
    tagsOf(distribution('x-other'), fields),
  ]).toEqual([['a', 'b'], [], []]);
});

test.each([
  ['120', 120],
  ['-1', undefined],
  ['12, 12', undefined],
  ['9'.repeat(16), undefined],
])('a Content-Length of %s describes %p', (value, want) => {
  expect(describedLength({ fields: [['content-length', value]] })).toBe(want);
});
