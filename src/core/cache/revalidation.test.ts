import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import type { Distribution } from '../../model/distribution.ts';
import { seconds } from '../../model/units.ts';
import { decideReuse } from './decide-reuse.ts';
import { applyNotModified, conditionalFields, isSameBody, type NotModifiedInput } from './revalidation.ts';
import type { StoredResponse } from './stored-response.ts';

const STORED: StoredResponse = {
  key: 'k',
  distributionId: 'E1',
  uri: '/',
  method: 'GET',
  status: 200,
  fields: [
    ['content-type', 'text/css'],
    ['etag', '"a"'],
    ['last-modified', 'Fri, 02 Jan 2026 00:00:00 GMT'],
    ['cache-control', 'max-age=60'],
    ['date', 'Fri, 02 Jan 2026 03:04:05 GMT'],
  ],
  bodyLength: 10,
  tags: [],
  banSequence: 3,
  freshness: {
    requestTime: 0,
    responseTime: 0,
    initialAge: 0,
    lifetime: seconds(60),
    staleWhileRevalidate: undefined,
    staleIfError: undefined,
    alwaysRevalidate: false,
    excusedUntil: seconds(100),
  },
};

function apply(fields: Fields, change: Partial<StoredResponse> = {}, minTtl = 0) {
  const input: NotModifiedInput = {
    stored: { ...STORED, ...change },
    head: { fields },
    request: { method: 'GET', fields: [] },
    behavior: {
      source: { targetOriginId: 'o' } as NotModifiedInput['behavior']['source'],
      ttls: { minTtl: seconds(minTtl), defaultTtl: seconds(100), maxTtl: seconds(1000) },
      cachingDisabled: false,
      cachesOptions: false,
      forwardsCookies: false,
      keepsInVary: (name) => name === 'accept-encoding',
    },
    distribution: {
      customErrors: new Map(),
      origins: new Map(),
      originGroups: new Map(),
      source: { cacheTagField: 'x-tags' } as Distribution,
    },
    requestTime: seconds(200),
    responseTime: seconds(201),
  };
  return applyNotModified(input);
}

const WITHOUT: Fields = [['content-type', 'text/css']];
const CONDITIONS: ReadonlyArray<[name: string, change: Partial<StoredResponse>, want: Fields]> = [
  [
    'both',
    {},
    [
      ['if-none-match', '"a"'],
      ['if-modified-since', 'Fri, 02 Jan 2026 00:00:00 GMT'],
    ],
  ],
  ['a weak tag', { fields: [['etag', 'W/"a"']] }, [['if-none-match', 'W/"a"']]],
  ['a date', { fields: [['last-modified', 'x']] }, [['if-modified-since', 'x']]],
  ['nothing', { fields: WITHOUT }, []],
  ['a stored error', { status: 404 }, []],
  ['Vary: *', { freshness: { ...STORED.freshness, unconditional: true } }, []],
];
test.each(CONDITIONS)('conditions: %s', (_name, change, want) => {
  expect(conditionalFields({ ...STORED, ...change })).toEqual(want);
});

test('a 304 makes the response fresh from its arrival', () => {
  const got = apply([
    ['etag', '"a"'],
    ['date', 'Sat, 03 Jan 2026 00:00:00 GMT'],
  ]);
  expect(got).toMatchObject({
    kind: 'applied',
    because: 'min(max-age 60, MaxTTL 1000) = 60',
    notStored: undefined,
    stored: {
      bodyLength: 10,
      banSequence: 3,
      freshness: { requestTime: seconds(200), responseTime: seconds(201), initialAge: seconds(1), lifetime: seconds(60) },
    },
  });
  if (got.kind !== 'applied') throw new Error('not applied');
  expect(got.stored.freshness.excusedUntil).toBeUndefined();
  expect(decideReuse(got.stored, 'GET', seconds(202)).kind).toBe('hit');
});

const MERGED: ReadonlyArray<[name: string, received: Fields, changed: Fields]> = [
  ['a field with a new value', [['cache-control', 'max-age=5']], [['cache-control', 'max-age=5']]],
  ['a new field', [['x-new', '1']], [['x-new', '1']]],
  [
    'a field that comes twice',
    [
      ['x-new', '1'],
      ['x-new', '2'],
    ],
    [
      ['x-new', '1'],
      ['x-new', '2'],
    ],
  ],
  [
    'fields of the body stay',
    [
      ['content-type', 'a/b'],
      ['content-length', '0'],
      ['content-encoding', 'gzip'],
      ['content-range', 'bytes 0-1/2'],
    ],
    [],
  ],
  ['the tag stays in its stored form', [['etag', 'W/"a"']], []],
  [
    'fields of the connection go',
    [
      ['connection', 'x-hop'],
      ['x-hop', '1'],
      ['keep-alive', '5'],
      ['transfer-encoding', 'chunked'],
    ],
    [],
  ],
  [
    'fields of the edge go',
    [
      ['via', 'x'],
      ['x-cache', 'Hit'],
      ['age', '0'],
    ],
    [],
  ],
  ['cookies are not forwarded', [['set-cookie', 'a=1']], []],
  ['Vary is filtered', [['vary', 'accept-encoding, origin']], [['vary', 'accept-encoding']]],
];
/** In an order of their own, for comparison as sets. */
const lines = (fields: Fields): string[] => fields.map((field) => field.join(': ')).toSorted((a, b) => a.localeCompare(b));

test.each(MERGED)('merging: %s', (_name, received, changed) => {
  const got = apply([...received, ['date', 'Sat, 03 Jan 2026 00:00:00 GMT']]);
  if (got.kind !== 'applied') throw new Error(got.kind);
  const names = new Set([...changed.map(([name]) => name), 'date']);
  const rest = (fields: Fields): Fields => fields.filter(([name]) => !names.has(name));
  expect(rest(got.stored.fields)).toEqual(rest(STORED.fields));
  expect(lines(got.stored.fields.filter(([name]) => names.has(name)))).toEqual(
    lines([...changed, ['date', 'Sat, 03 Jan 2026 00:00:00 GMT']]),
  );
});

test('a 304 without Date is dated by its arrival', () => {
  const got = apply([]);
  expect(got).toMatchObject({ kind: 'applied' });
  if (got.kind === 'applied') expect(got.stored.fields).toContainEqual(['date', 'Thu, 01 Jan 1970 00:03:21 GMT']);
});

const MATCHES: ReadonlyArray<[name: string, change: Partial<StoredResponse>, received: Fields, want: string]> = [
  ['the same tag', {}, [['etag', '"a"']], 'applied'],
  ['the weak form of the tag', {}, [['etag', 'W/"a"']], 'applied'],
  ['no validator at all', {}, [], 'applied'],
  ['another tag', {}, [['etag', '"b"']], 'etag'],
  ['a tag that is none, the same', { fields: [['etag', 'a']] }, [['etag', 'a']], 'applied'],
  ['a tag that is none, another', { fields: [['etag', 'a']] }, [['etag', 'b']], 'etag'],
  [
    'the same tag outweighs another date',
    {},
    [
      ['etag', '"a"'],
      ['last-modified', 'x'],
    ],
    'applied',
  ],
  ['another date', {}, [['last-modified', 'Sat, 03 Jan 2026 00:00:00 GMT']], 'last-modified'],
  ['a tag where only a date is stored', { fields: [['last-modified', 'x']] }, [['etag', '"b"']], 'applied'],
];
test.each(MATCHES)('does it speak of the stored response? %s', (_name, change, received, want) => {
  const got = apply(received, change);
  expect<string>(got.kind === 'unmatched' ? got.reason : got.kind).toBe(want);
});

const FORBIDDING: ReadonlyArray<[name: string, received: Fields, minTtl: number, notStored: string | undefined, next: string]> = [
  ['no-store now', [['cache-control', 'no-store']], 0, 'no-store', 'revalidate'],
  ['private now', [['cache-control', 'private']], 0, 'private', 'revalidate'],
  ['no-store now, with MinTTL', [['cache-control', 'no-store']], 60, undefined, 'hit'],
  ['no-cache now', [['cache-control', 'no-cache']], 0, undefined, 'revalidate'],
  ['Vary: * now', [['vary', '*']], 0, undefined, 'fetch'],
];
test.each(FORBIDDING)('what is fresh no longer: %s', (_name, received, minTtl, notStored, next) => {
  const got = apply(received, {}, minTtl);
  if (got.kind !== 'applied') throw new Error(got.kind);
  expect<string | undefined>(got.notStored).toBe(notStored);
  expect<string>(decideReuse(got.stored, 'GET', seconds(201)).kind).toBe(next);
});

test('the tags of the 304 replace the stored ones', () => {
  const got = apply([['x-tags', 'New']], { tags: ['old'] });
  expect(got).toMatchObject({ stored: { tags: ['new'] } });
});

const LATER = { freshness: { ...STORED.freshness, requestTime: 1 } };
const BODIES: ReadonlyArray<[name: string, other: Partial<StoredResponse>, want: boolean]> = [
  ['of one fetch', { fields: [['x', 'renewed']] }, true],
  ['of two fetches, with the same validators', LATER, true],
  ['of two fetches, with another tag', { ...LATER, fields: [['etag', '"b"']] }, false],
  ['of two fetches, one without its date', { ...LATER, fields: [['etag', '"a"']] }, false],
  ['of one fetch, but of another length', { bodyLength: 11 }, false],
  ['an answer to HEAD', { method: 'HEAD' }, false],
  ['an error', { status: 404 }, false],
];
test.each(BODIES)('the same body? %s', (_name, other, want) => {
  expect(isSameBody(STORED, { ...STORED, ...other })).toBe(want);
});
test('without validators only one fetch brings one body', () => {
  const bare = { ...STORED, fields: [] };
  expect([isSameBody(bare, bare), isSameBody(bare, { ...bare, ...LATER })]).toEqual([true, false]);
});
