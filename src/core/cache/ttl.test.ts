import { describe, expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { formatHttpDate } from '../../http/http-date.ts';
import { seconds } from '../../model/units.ts';
import { decideTtl, freshnessOf, initialAge } from './ttl.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const at = (offset: number): string => formatHttpDate(NOW + seconds(offset));
const cc = (...lines: string[]): Fields => lines.map((line) => ['cache-control', line]);

type Settings = readonly [min: number, standard: number, max: number];
const ZERO: Settings = [0, 86400, 31536000];
const MIN: Settings = [60, 86400, 31536000];
const CAP: Settings = [0, 100, 1000];
const BOTH: Settings = [60, 100, 1000];
/** UseOriginCacheControlHeaders */
const ORIGIN: Settings = [0, 0, 31536000];
/** A minimum above the default, which the API refuses and an old message may hold. */
const ODD: Settings = [200, 100, 1000];

function ttlsOf([min, standard, max]: Settings) {
  return { minTtl: seconds(min), defaultTtl: seconds(standard), maxTtl: seconds(max) };
}

type Row = [name: string, settings: Settings, fields: Fields, lifetime: number, formula: string];
const LIFETIMES: readonly Row[] = [
  // max-age
  ['max-age within the bounds', ZERO, cc('max-age=300'), 300, 'min(max-age 300, MaxTTL 31536000) = 300'],
  ['max-age above MaxTTL', CAP, cc('max-age=5000'), 1000, 'min(max-age 5000, MaxTTL 1000) = 1000'],
  ['max-age at MaxTTL', CAP, cc('max-age=1000'), 1000, 'min(max-age 1000, MaxTTL 1000) = 1000'],
  ['max-age below MinTTL', MIN, cc('max-age=5'), 60, 'min(max(max-age 5, MinTTL 60), MaxTTL 31536000) = 60'],
  ['max-age between MinTTL and MaxTTL', BOTH, cc('max-age=500'), 500, 'min(max(max-age 500, MinTTL 60), MaxTTL 1000) = 500'],
  ['max-age above MaxTTL with MinTTL', BOTH, cc('max-age=5000'), 1000, 'min(max(max-age 5000, MinTTL 60), MaxTTL 1000) = 1000'],
  ['max-age below DefaultTTL is not raised to it', ZERO, cc('max-age=5'), 5, 'min(max-age 5, MaxTTL 31536000) = 5'],
  ['max-age=0 with MinTTL 0', ZERO, cc('max-age=0'), 0, 'min(max-age 0, MaxTTL 31536000) = 0'],
  ['max-age=0 with MinTTL', MIN, cc('max-age=0'), 60, 'min(max(max-age 0, MinTTL 60), MaxTTL 31536000) = 60'],
  ['public with max-age', ZERO, cc('public, max-age=300'), 300, 'min(max-age 300, MaxTTL 31536000) = 300'],
  ['must-revalidate changes nothing', ZERO, cc('max-age=300, must-revalidate'), 300, 'min(max-age 300, MaxTTL 31536000) = 300'],
  // s-maxage
  ['s-maxage outweighs max-age', ZERO, cc('max-age=300, s-maxage=20'), 20, 'min(s-maxage 20, MaxTTL 31536000) = 20'],
  [
    's-maxage outweighs max-age in any order',
    ZERO,
    cc('s-maxage=20', 'max-age=300'),
    20,
    'min(s-maxage 20, MaxTTL 31536000) = 20',
  ],
  ['s-maxage above MaxTTL', CAP, cc('max-age=3, s-maxage=5000'), 1000, 'min(s-maxage 5000, MaxTTL 1000) = 1000'],
  ['s-maxage below MinTTL', MIN, cc('s-maxage=20'), 60, 'min(max(s-maxage 20, MinTTL 60), MaxTTL 31536000) = 60'],
  ['s-maxage=0 with max-age', ZERO, cc('max-age=300, s-maxage=0'), 0, 'min(s-maxage 0, MaxTTL 31536000) = 0'],
  ['s-maxage=0 with MinTTL', MIN, cc('s-maxage=0'), 60, 'min(max(s-maxage 0, MinTTL 60), MaxTTL 31536000) = 60'],
  // Expires
  ['Expires without Date', ZERO, [['expires', at(120)]], 120, 'min(Expires - now 120, MaxTTL 31536000) = 120'],
  [
    'Expires counts from Date',
    ZERO,
    [
      ['date', at(-100)],
      ['expires', at(120)],
    ],
    220,
    'min(Expires - Date 220, MaxTTL 31536000) = 220',
  ],
  [
    'Expires with a Date that is none',
    ZERO,
    [
      ['date', 'today'],
      ['expires', at(120)],
    ],
    120,
    'min(Expires - now 120, MaxTTL 31536000) = 120',
  ],
  ['Expires above MaxTTL', CAP, [['expires', at(5000)]], 1000, 'min(Expires - now 5000, MaxTTL 1000) = 1000'],
  ['Expires below MinTTL', MIN, [['expires', at(5)]], 60, 'min(max(Expires - now 5, MinTTL 60), MaxTTL 31536000) = 60'],
  ['Expires in the past', ZERO, [['expires', at(-5)]], 0, 'min(Expires - now 0, MaxTTL 31536000) = 0'],
  [
    'Expires in the past with MinTTL',
    MIN,
    [['expires', at(-5)]],
    60,
    'min(max(Expires - now 0, MinTTL 60), MaxTTL 31536000) = 60',
  ],
  [
    'Expires at Date',
    ZERO,
    [
      ['date', at(0)],
      ['expires', at(0)],
    ],
    0,
    'min(Expires - Date 0, MaxTTL 31536000) = 0',
  ],
  ['Expires: 0', ZERO, [['expires', '0']], 0, 'min(invalid Expires 0, MaxTTL 31536000) = 0'],
  ['Expires: -1 with MinTTL', MIN, [['expires', '-1']], 60, 'min(max(invalid Expires 0, MinTTL 60), MaxTTL 31536000) = 60'],
  ['Expires: garbage', ZERO, [['expires', 'Thu, 99 Foo 2026 00:00:00 GMT']], 0, 'min(invalid Expires 0, MaxTTL 31536000) = 0'],
  ['Expires, empty', ZERO, [['expires', '']], 0, 'min(invalid Expires 0, MaxTTL 31536000) = 0'],
  [
    'Expires twice: the first',
    ZERO,
    [
      ['expires', at(120)],
      ['expires', at(999)],
    ],
    120,
    'min(Expires - now 120, MaxTTL 31536000) = 120',
  ],
  ['max-age outweighs Expires', ZERO, [...cc('max-age=7'), ['expires', at(120)]], 7, 'min(max-age 7, MaxTTL 31536000) = 7'],
  [
    'max-age outweighs an Expires in the past',
    ZERO,
    [...cc('max-age=7'), ['expires', '0']],
    7,
    'min(max-age 7, MaxTTL 31536000) = 7',
  ],
  [
    'public does not outweigh Expires',
    ZERO,
    [...cc('public'), ['expires', at(120)]],
    120,
    'min(Expires - now 120, MaxTTL 31536000) = 120',
  ],
  // Silence
  ['nothing said', ZERO, [], 86400, 'DefaultTTL 86400'],
  ['public alone', ZERO, cc('public'), 86400, 'DefaultTTL 86400'],
  ['immutable alone', ZERO, cc('immutable'), 86400, 'DefaultTTL 86400'],
  ['an unknown directive alone', ZERO, cc('foo=1'), 86400, 'DefaultTTL 86400'],
  ['an empty Cache-Control', ZERO, cc(''), 86400, 'DefaultTTL 86400'],
  ['Last-Modified is no hint', CAP, [['last-modified', at(-1_000_000)]], 100, 'DefaultTTL 100'],
  ['nothing said, DefaultTTL 0', ORIGIN, [], 0, 'DefaultTTL 0'],
  ['nothing said, MinTTL above DefaultTTL', ODD, [], 200, 'max(MinTTL 200, DefaultTTL 100) = 200'],
  ['MaxTTL does not bound DefaultTTL', [0, 100, 50], [], 100, 'DefaultTTL 100'],
  // MinTTL over the three that forbid
  ['no-store with MinTTL', MIN, cc('no-store'), 60, 'MinTTL 60, despite no-store'],
  ['no-cache with MinTTL', MIN, cc('no-cache'), 60, 'MinTTL 60, despite no-cache'],
  ['private with MinTTL', MIN, cc('private'), 60, 'MinTTL 60, despite private'],
  ['private and max-age with MinTTL', MIN, cc('private, max-age=500'), 60, 'MinTTL 60, despite private'],
  ['all three with MinTTL', MIN, cc('private, no-cache, no-store'), 60, 'MinTTL 60, despite no-store'],
  ['no-cache with MinTTL 0', ZERO, cc('no-cache'), 0, '0: no-cache, with MinTTL 0'],
  ['no-cache and max-age with MinTTL 0', ZERO, cc('no-cache, max-age=500'), 0, '0: no-cache, with MinTTL 0'],
  // Scoped forms speak of fields only
  ['no-cache for a field', ZERO, cc('no-cache="Set-Cookie", max-age=9'), 9, 'min(max-age 9, MaxTTL 31536000) = 9'],
  ['private for a field', ZERO, cc('private="x-user", max-age=9'), 9, 'min(max-age 9, MaxTTL 31536000) = 9'],
  // Garbage
  ['a quoted number', ZERO, cc('max-age="300"'), 300, 'min(max-age 300, MaxTTL 31536000) = 300'],
  ['directives twice: the first', ZERO, cc('max-age=10, max-age=20'), 10, 'min(max-age 10, MaxTTL 31536000) = 10'],
  ['directives twice over two lines', ZERO, cc('max-age=10', 'max-age=20'), 10, 'min(max-age 10, MaxTTL 31536000) = 10'],
  ['upper case', ZERO, cc('MAX-AGE=300'), 300, 'min(max-age 300, MaxTTL 31536000) = 300'],
  ['a negative number is stale', ZERO, cc('max-age=-5'), 0, 'min(max-age 0, MaxTTL 31536000) = 0'],
  ['words are stale', ZERO, cc('max-age=soon'), 0, 'min(max-age 0, MaxTTL 31536000) = 0'],
  ['a fraction is stale', ZERO, cc('max-age=1.5'), 0, 'min(max-age 0, MaxTTL 31536000) = 0'],
  ['a number is missing', MIN, cc('max-age'), 60, 'min(max(max-age 0, MinTTL 60), MaxTTL 31536000) = 60'],
  [
    'a hundred years at most',
    [0, 0, 9_999_999_999],
    cc('max-age=99999999999999999999'),
    3_155_760_000,
    'min(max-age 3155760000, MaxTTL 9999999999) = 3155760000',
  ],
  [
    'Expires in the year 9999',
    [0, 0, 9_999_999_999],
    [['expires', 'Fri, 31 Dec 9999 23:59:59 GMT']],
    3_155_760_000,
    'min(Expires - now 3155760000, MaxTTL 9999999999) = 3155760000',
  ],
];

describe('lifetime', () => {
  test.each(LIFETIMES)('%s', (_name, settings, fields, lifetime, formula) => {
    const got = decideTtl(ttlsOf(settings), fields, NOW);
    expect([got.lifetime / 1000, got.formula]).toEqual([lifetime, formula]);
  });
});

type Standing = [refusal: string | undefined, alwaysRevalidate: boolean, unconditional: boolean];
const STANDINGS: ReadonlyArray<[name: string, settings: Settings, fields: Fields, want: Standing]> = [
  ['nothing said', ZERO, [], [undefined, false, false]],
  ['no-store', ZERO, cc('no-store, max-age=60'), ['no-store', true, false]],
  ['private', ZERO, cc('private, max-age=60'), ['private', true, false]],
  ['no-cache is stored and asked about', ZERO, cc('no-cache'), [undefined, true, false]],
  ['no-cache and private', ZERO, cc('no-cache, private'), ['private', true, false]],
  ['no-store with MinTTL', MIN, cc('no-store'), [undefined, false, false]],
  ['no-cache with MinTTL', MIN, cc('no-cache'), [undefined, false, false]],
  ['Vary: * with MinTTL 0', ZERO, [['vary', '*']], [undefined, true, true]],
  ['Vary: * among others', ZERO, [['vary', 'accept, *'], ...cc('max-age=60')], [undefined, true, true]],
  ['Vary: * with MinTTL', MIN, [['vary', '*']], [undefined, false, false]],
  ['Vary without *', ZERO, [['vary', 'accept-encoding']], [undefined, false, false]],
  ['max-age=0 is stored, and stale', ZERO, cc('max-age=0'), [undefined, false, false]],
];
test.each(STANDINGS)('standing: %s', (_name, settings, fields, want) => {
  const got = decideTtl(ttlsOf(settings), fields, NOW);
  expect<Standing>([got.refusal, got.alwaysRevalidate, got.unconditional]).toEqual(want);
});

type Windows = [revalidate: number | undefined, error: number | undefined];
const WINDOWS: ReadonlyArray<[name: string, settings: Settings, fields: Fields, want: Windows]> = [
  ['none', ZERO, cc('max-age=60'), [undefined, undefined]],
  ['both', ZERO, cc('max-age=60, stale-while-revalidate=30, stale-if-error=600'), [30, 600]],
  ['TTL and window together within MaxTTL', CAP, cc('max-age=900, stale-while-revalidate=500'), [100, undefined]],
  ['a lifetime at MaxTTL leaves no window', CAP, cc('max-age=5000, stale-while-revalidate=500'), [0, undefined]],
  ['stale-if-error within MaxTTL', CAP, cc('max-age=900, stale-if-error=5000'), [undefined, 1000]],
  ['stale-if-error=0 is said', ZERO, cc('stale-if-error=0'), [undefined, 0]],
  ['garbage is not said', ZERO, cc('max-age=60, stale-while-revalidate=x, stale-if-error=-1'), [undefined, undefined]],
  ['no-cache is never stale by choice', MIN, cc('no-cache, stale-while-revalidate=30, stale-if-error=40'), [undefined, 40]],
];
test.each(WINDOWS)('stale windows: %s', (_name, settings, fields, [revalidate, error]) => {
  const got = decideTtl(ttlsOf(settings), fields, NOW);
  expect([got.staleWhileRevalidate, got.staleIfError]).toEqual(
    [revalidate, error].map((value) => (value === undefined ? undefined : seconds(value))),
  );
});

const AGES: ReadonlyArray<[name: string, fields: Fields, delay: number, want: number]> = [
  ['no Age', [], 0, 0],
  ['no Age, a slow origin', [], 3, 3],
  ['Age and the delay add up', [['age', '100']], 3, 103],
  ['a negative Age is ignored', [['age', '-100']], 0, 0],
  ['an Age of words is ignored', [['age', 'old']], 0, 0],
  ['the first Age of a list', [['age', '5, 9']], 0, 5],
  [
    'the first Age of two lines',
    [
      ['age', '5'],
      ['age', '9'],
    ],
    0,
    5,
  ],
  ['an Age beyond reason', [['age', '99999999999999999999']], 0, 3_155_760_000],
  ['a Date behind our clock does not count', [['date', at(-3600)]], 0, 0],
  ['a Date before our clock does not count', [['date', at(3600)]], 0, 0],
  ['a clock set back meanwhile', [['age', '7']], -50, 7],
];
test.each(AGES)('initial age: %s', (_name, fields, delay, want) => {
  expect(initialAge(fields, NOW - seconds(delay), NOW)).toBe(seconds(want));
});

/** What is left of the lifetime on arrival. */
const LEFT: ReadonlyArray<[name: string, settings: Settings, fields: Fields, want: number]> = [
  ['the origin counts from age 0', ZERO, [...cc('max-age=300'), ['age', '100']], 200],
  ['an Age above max-age', ZERO, [...cc('max-age=300'), ['age', '400']], -100],
  ['MinTTL counts from arrival', MIN, [...cc('max-age=300'), ['age', '400']], 60],
  ['DefaultTTL counts from arrival', CAP, [['age', '400']], 100],
  ['MinTTL despite no-store counts from arrival', MIN, [...cc('no-store'), ['age', '400']], 60],
];
test.each(LEFT)('what is left on arrival: %s', (_name, settings, fields, want) => {
  const ttls = ttlsOf(settings);
  const freshness = freshnessOf(ttls, decideTtl(ttls, fields, NOW), fields, NOW, NOW);
  expect(freshness.lifetime - freshness.initialAge).toBe(seconds(want));
});
