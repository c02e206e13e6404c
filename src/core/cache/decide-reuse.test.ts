import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { canRevalidate, currentAge, decideReuse, decideStaleOnError, excuse } from './decide-reuse.ts';
import type { Freshness, StoredResponse } from './stored-response.ts';

const FRESHNESS: Freshness = {
  requestTime: 1_000_000,
  responseTime: 1_000_000,
  initialAge: 0,
  lifetime: 60_000,
  staleWhileRevalidate: undefined,
  staleIfError: undefined,
  alwaysRevalidate: false,
};
const ETAG: Fields = [['etag', '"a"']];

function stored(freshness: Partial<Freshness> = {}, change: Partial<StoredResponse> = {}): StoredResponse {
  return {
    key: 'k',
    distributionId: 'E1',
    uri: '/',
    method: 'GET',
    status: 200,
    fields: ETAG,
    bodyLength: 0,
    tags: [],
    banSequence: 0,
    freshness: { ...FRESHNESS, ...freshness },
    ...change,
  };
}

/** `after`: milliseconds since the response came. */
type Row = [name: string, stored: StoredResponse | undefined, method: string, after: number, want: string];
const SWR = { staleWhileRevalidate: 10_000 };
const ROWS: readonly Row[] = [
  ['nothing stored', undefined, 'GET', 0, 'fetch uri-miss'],
  ['just arrived', stored(), 'GET', 0, 'hit 0 60000'],
  ['the last fresh instant', stored(), 'GET', 59_999, 'hit 59999 1'],
  ['the instant the lifetime is over', stored(), 'GET', 60_000, 'revalidate stale'],
  ['stale without validators', stored({}, { fields: [] }), 'GET', 60_000, 'fetch stale'],
  ['stale with a date only', stored({}, { fields: [['last-modified', 'x']] }), 'GET', 60_000, 'revalidate stale'],
  ['stale redirect: a validator of another thing', stored({}, { status: 301 }), 'GET', 60_000, 'fetch stale'],
  ['stale error: a validator of another thing', stored({}, { status: 404 }), 'GET', 60_000, 'fetch stale'],
  ['it was old on arrival', stored({ initialAge: 50_000 }), 'GET', 9_999, 'hit 59999 1'],
  ['it was old on arrival, and is stale now', stored({ initialAge: 50_000 }), 'GET', 10_000, 'revalidate stale'],
  ['it was stale on arrival', stored({ initialAge: 61_000 }), 'GET', 0, 'revalidate stale'],
  ['a lifetime of 0', stored({ lifetime: 0 }), 'GET', 0, 'revalidate stale'],
  ['a clock set back', stored(), 'GET', -500_000, 'hit 0 60000'],
  ['always revalidate, though fresh', stored({ alwaysRevalidate: true }), 'GET', 1, 'revalidate stale'],
  ['always revalidate, without a validator', stored({ alwaysRevalidate: true }, { fields: [] }), 'GET', 1, 'fetch stale'],
  [
    'Vary: *: always fetched, without conditions',
    stored({ alwaysRevalidate: true, unconditional: true }),
    'GET',
    1,
    'fetch stale',
  ],
  ['GET answers HEAD', stored(), 'HEAD', 1, 'hit 1 59999'],
  ['HEAD answers HEAD', stored({}, { method: 'HEAD' }), 'HEAD', 1, 'hit 1 59999'],
  ['HEAD never answers GET', stored({}, { method: 'HEAD' }), 'GET', 1, 'fetch uri-miss'],
  ['OPTIONS answers OPTIONS', stored({}, { method: 'OPTIONS' }), 'OPTIONS', 1, 'hit 1 59999'],
  ['OPTIONS never answers GET', stored({}, { method: 'OPTIONS' }), 'GET', 1, 'fetch uri-miss'],
  ['GET never answers OPTIONS', stored(), 'OPTIONS', 1, 'fetch uri-miss'],
  ['stale while revalidating: fresh', stored(SWR), 'GET', 59_999, 'hit 59999 1'],
  ['stale while revalidating: the first stale instant', stored(SWR), 'GET', 60_000, 'hit-stale 60000 stale-while-revalidate'],
  ['stale while revalidating: the last instant', stored(SWR), 'GET', 70_000, 'hit-stale 70000 stale-while-revalidate'],
  ['stale while revalidating: over', stored(SWR), 'GET', 70_001, 'revalidate stale'],
  ['stale while revalidating: a window of 0', stored({ staleWhileRevalidate: 0 }), 'GET', 60_000, 'revalidate stale'],
  [
    'stale while revalidating: forbidden by no-cache',
    stored({ ...SWR, alwaysRevalidate: true }),
    'GET',
    60_001,
    'revalidate stale',
  ],
  ['excused after an error: before the end', stored({ excusedUntil: 1_080_000 }), 'GET', 79_999, 'hit-stale 79999 origin-error'],
  ['excused after an error: over', stored({ excusedUntil: 1_080_000 }), 'GET', 80_000, 'revalidate stale'],
  ['excused, but not for as long', stored({ excusedUntil: 1_080_000, staleIfError: 5000 }), 'GET', 65_001, 'revalidate stale'],
  [
    'excused within stale-if-error',
    stored({ excusedUntil: 1_080_000, staleIfError: 5000 }),
    'GET',
    65_000,
    'hit-stale 65000 stale-if-error',
  ],
];
test.each(ROWS)('%s', (_name, response, method, after, want) => {
  const reuse = decideReuse(response, method, 1_000_000 + after);
  const { kind, ...rest } = reuse;
  expect([kind, ...Object.values<unknown>(rest)].join(' ')).toBe(want);
});

type ErrorRow = [name: string, stored: StoredResponse | undefined, failure: number | 'unreachable', after: number, want: string];
const ON_ERROR: readonly ErrorRow[] = [
  ['nothing stored', undefined, 502, 0, 'error nothing-stored'],
  ['a 404 is returned', stored(), 404, 90_000, 'error not-a-server-error'],
  ['a 499 is returned', stored(), 499, 90_000, 'error not-a-server-error'],
  ['a 500 is covered', stored(), 500, 90_000, 'serve-stale 90000 origin-error'],
  ['a 599 is covered', stored(), 599, 90_000, 'serve-stale 90000 origin-error'],
  ['out of reach', stored(), 'unreachable', 90_000, 'serve-stale 90000 origin-error'],
  ['however old', stored(), 503, 1e12, 'serve-stale 1000000000000 origin-error'],
  ['stale-if-error=0', stored({ staleIfError: 0 }), 503, 90_000, 'error forbidden'],
  ['stale-if-error: the last instant', stored({ staleIfError: 30_000 }), 503, 90_000, 'serve-stale 90000 stale-if-error'],
  ['stale-if-error: over', stored({ staleIfError: 30_000 }), 503, 90_001, 'error too-stale'],
  ['a stored error answers nothing', stored({}, { status: 404 }), 503, 90_000, 'error stored-error'],
  ['a stored redirect does', stored({}, { status: 301 }), 503, 90_000, 'serve-stale 90000 origin-error'],
  ['what must always be asked about', stored({ alwaysRevalidate: true }), 503, 90_000, 'error forbidden'],
];
test.each(ON_ERROR)('on error: %s', (_name, response, failure, after, want) => {
  const { kind, ...rest } = decideStaleOnError(response, failure, 1_000_000 + after);
  expect([kind, ...Object.values<unknown>(rest)].join(' ')).toBe(want);
});

test('an excuse lasts for the error caching minimum, and the next validation ends it', () => {
  const excused = excuse(stored(), 10_000, 1_070_000);
  expect(excused.freshness.excusedUntil).toBe(1_080_000);
  expect(decideReuse(excused, 'GET', 1_075_000).kind).toBe('hit-stale');
  expect(decideReuse(excused, 'GET', 1_080_000).kind).toBe('revalidate');
});

test('current age is what it was on arrival and the time since', () => {
  expect(currentAge({ initialAge: 7, responseTime: 100 }, 130)).toBe(37);
});

test('a 206 or a 200 can be revalidated, whatever is not a success cannot', () => {
  expect([200, 206, 299, 300, 404].map((status) => canRevalidate(stored({}, { status })))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
