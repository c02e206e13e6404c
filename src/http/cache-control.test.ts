import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { MAX_DELTA_SECONDS, parseCacheControl, type CacheControl } from './cache-control.ts';

const rows: [value: string | undefined, want: Partial<CacheControl>][] = [
  [undefined, { maxAge: undefined, noStore: false, noCache: false, private: false }],
  ['max-age=60', { maxAge: 60 }],
  ['MAX-AGE=60, S-MaxAge=5', { maxAge: 60, sMaxage: 5 }],
  ['max-age="60"', { maxAge: 60 }],
  ['max-age=0', { maxAge: 0 }],
  ['max-age', { maxAge: 'invalid' }],
  ['max-age=', { maxAge: 'invalid' }],
  ['max-age=-1', { maxAge: 'invalid' }],
  ['max-age=1.5', { maxAge: 'invalid' }],
  ['max-age=60s', { maxAge: 'invalid' }],
  ['max-age= 60', { maxAge: 'invalid' }],
  ['max-age =60', { maxAge: undefined, malformed: ['max-age =60'] }],
  ['max-age=99999999999999999999', { maxAge: MAX_DELTA_SECONDS }],
  ['max-age=10, max-age=20', { maxAge: 10, duplicates: ['max-age'] }],
  ['no-store,no-cache , private', { noStore: true, noCache: true, private: true }],
  ['no-cache="Set-Cookie, X-A"', { noCache: ['set-cookie', 'x-a'] }],
  ['private=x-a', { private: ['x-a'] }],
  ['private=""', { private: true }],
  ['no-cache="unterminated', { noCache: true }],
  ['a="x, no-store", public', { noStore: false, public: true, unknown: [['a', 'x, no-store']] }],
  ['a="\\", no-store"', { noStore: false, unknown: [['a', '", no-store']] }],
  ['max-age=600, stale-while-revalidate=30, stale-if-error=60', { staleWhileRevalidate: 30, staleIfError: 60 }],
  ['max-stale', { maxStale: true }],
  ['max-stale=5', { maxStale: 5 }],
  [
    'immutable, must-revalidate, foo, bar=1',
    {
      immutable: true,
      mustRevalidate: true,
      unknown: [
        ['foo', undefined],
        ['bar', '1'],
      ],
    },
  ],
  [', ,max-age=1,,', { maxAge: 1, malformed: [] }],
];

test.each(rows)('%p', (value, want) => expect(parseCacheControl(value)).toMatchObject(want));

test('a directive counts wherever it stands among others', () => {
  const others = fc.array(fc.constantFrom('public', 'x=1', 'y="a, max-age=9"', 'no-transform', ''), { maxLength: 5 });
  fc.assert(
    fc.property(others, others, fc.nat(), (before, after, age) => {
      expect(parseCacheControl([...before, `max-age=${age}`, ...after].join(',')).maxAge).toBe(Math.min(age, MAX_DELTA_SECONDS));
    }),
  );
});

test('any text at all is read without throwing', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(parseCacheControl(value)).toBeObject();
    }),
  );
});
