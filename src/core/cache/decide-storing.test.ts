import { describe, expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import type { CustomErrorResponse, Origin, OriginGroup } from '../../model/distribution.ts';
import { seconds } from '../../model/units.ts';
import { maySharePending, decideCollapsing } from './collapsing.ts';
import { decideStoring, type StoringInput } from './decide-storing.ts';

const cc = (value: string): Fields => [['cache-control', value]];
const source = { targetOriginId: 'o' } as StoringInput['behavior']['source'];

function ttls(min: number, standard: number, max: number): StoringInput['behavior']['ttls'] {
  return { minTtl: seconds(min), defaultTtl: seconds(standard), maxTtl: seconds(max) };
}

const BEHAVIOR: StoringInput['behavior'] = { source, ttls: ttls(0, 100, 1000), cachingDisabled: false, cachesOptions: false };
const errors: CustomErrorResponse[] = [
  { errorCode: 404, errorCachingMinTtl: seconds(300), page: undefined },
  { errorCode: 503, errorCachingMinTtl: 0, page: undefined },
  { errorCode: 500, errorCachingMinTtl: seconds(5000), page: undefined },
];
const DISTRIBUTION: StoringInput['distribution'] = {
  customErrors: new Map(errors.map((entry) => [entry.errorCode, entry])),
  origins: new Map(),
  originGroups: new Map(),
};

function decide(status: number, fields: Fields, change: Partial<StoringInput> & { behavior?: StoringInput['behavior'] } = {}) {
  const input = {
    request: { method: 'GET', fields: [] },
    method: 'GET',
    behavior: BEHAVIOR,
    distribution: DISTRIBUTION,
    requestTime: 0,
    responseTime: 0,
  };
  return decideStoring({ ...input, head: { status, fields }, ...change });
}

/** Seconds of freshness, or why not. */
function result(storing: ReturnType<typeof decide>): number | string {
  return storing.kind === 'pass' ? storing.reason : storing.freshness.lifetime / 1000;
}

const METHODS: ReadonlyArray<[method: string, cachesOptions: boolean, want: number | string]> = [
  ['GET', false, 100],
  ['HEAD', false, 100],
  ['OPTIONS', false, 'method'],
  ['OPTIONS', true, 100],
  ['POST', true, 'method'],
  ['PUT', true, 'method'],
  ['DELETE', true, 'method'],
  ['PATCH', true, 'method'],
  ['get', true, 'method'],
];
test.each(METHODS)('%s (OPTIONS cached: %p)', (method, cachesOptions, want) => {
  expect(result(decide(200, [], { request: { method, fields: [] }, method, behavior: { ...BEHAVIOR, cachesOptions } }))).toBe(
    want,
  );
});

const STATUSES: ReadonlyArray<[status: number, fields: Fields, want: number | string]> = [
  [200, [], 100],
  [203, [], 100],
  [204, [], 100],
  [206, cc('max-age=60'), 'partial'],
  [300, [], 100],
  [301, [], 100],
  [302, cc('max-age=60'), 60],
  [303, [], 100],
  [304, cc('max-age=60'), 'status'],
  [307, [], 100],
  [308, [], 100],
  [100, [], 'status'],
  [200, cc('no-store'), 'no-store'],
  [200, cc('private'), 'private'],
  [200, cc('no-cache'), 0],
  [200, cc('max-age=0'), 0],
  [301, cc('no-store'), 'no-store'],
  [200, [['set-cookie', 'a=1']], 100],
  [200, [['vary', '*']], 100],
];
test.each(STATUSES)('%d %j', (status, fields, want) => {
  expect(result(decide(status, fields))).toBe(want);
});

const ERRORS: ReadonlyArray<[name: string, status: number, fields: Fields, want: number | string]> = [
  ['404 with its own minimum', 404, [], 300],
  ['404 with a longer max-age', 404, cc('max-age=600'), 600],
  ['404 with a shorter max-age', 404, cc('max-age=6'), 300],
  ['404 with max-age above MaxTTL', 404, cc('max-age=6000'), 1000],
  ['404 with s-maxage before max-age', 404, cc('max-age=900, s-maxage=400'), 400],
  ['404 with no-store is cached all the same', 404, cc('no-store'), 300],
  ['404 with Expires: not asked', 404, [['expires', 'Fri, 31 Dec 9999 23:59:59 GMT']], 300],
  ['502 without an entry', 502, [], 10],
  ['504 without an entry', 504, [], 10],
  ['414 without an entry', 414, [], 10],
  ['503 with a minimum of 0', 503, [], 'error-ttl-0'],
  ['503 with a minimum of 0 and max-age', 503, cc('max-age=5'), 5],
  ['500 with a minimum above MaxTTL', 500, [], 5000],
  ['400 without max-age', 400, [], 'error-without-max-age'],
  ['400 with max-age', 400, cc('max-age=60'), 60],
  ['403 without max-age', 403, cc('public'), 'error-without-max-age'],
  ['403 with s-maxage', 403, cc('s-maxage=60'), 60],
  ['403 with max-age=0', 403, cc('max-age=0'), 10],
  ['403 with a bad max-age', 403, cc('max-age=-1'), 10],
  ['405 with max-age', 405, cc('max-age=60'), 60],
  ['412 without max-age', 412, [], 'error-without-max-age'],
  ['412 with max-age', 412, cc('max-age=60'), 60],
  ['415 with max-age', 415, cc('max-age=60'), 60],
  ['416', 416, cc('max-age=60'), 'error-status'],
  ['401', 401, cc('max-age=60'), 'error-status'],
  ['410', 410, cc('max-age=60'), 'error-status'],
  ['429', 429, cc('max-age=60'), 'error-status'],
  ['599', 599, cc('max-age=60'), 'error-status'],
  ['501 with no-cache from a custom origin', 501, cc('no-cache'), 10],
];
test.each(ERRORS)('error: %s', (_name, status, fields, want) => {
  expect(result(decide(status, fields))).toBe(want);
});

describe('501 from S3', () => {
  const s3 = { id: 's3', kind: { kind: 's3' } } as Origin;
  const origins = new Map([['s3', s3]]);
  const originGroups = new Map([['g', { id: 'g', primaryOriginId: 's3' } as OriginGroup]]);
  const rows: ReadonlyArray<[name: string, targetOriginId: string, fields: Fields, want: number | string]> = [
    ['with no-cache', 's3', cc('no-cache'), 'not-implemented'],
    ['with private', 's3', cc('private'), 'not-implemented'],
    ['with no-store, through a group', 'g', cc('no-store'), 'not-implemented'],
    ['without a word', 's3', [], 10],
  ];
  test.each(rows)('%s', (_name, targetOriginId, fields, want) => {
    const behavior = { ...BEHAVIOR, source: { ...source, targetOriginId } };
    expect(result(decide(501, fields, { behavior, distribution: { ...DISTRIBUTION, origins, originGroups } }))).toBe(want);
  });
});

test('caching disabled keeps nothing, errors neither', () => {
  const behavior = { ...BEHAVIOR, ttls: ttls(0, 0, 0), cachingDisabled: true };
  expect([200, 404, 502].map((status) => result(decide(status, cc('max-age=60'), { behavior })))).toEqual([
    'caching-disabled',
    'caching-disabled',
    'caching-disabled',
  ]);
});

test('says why', () => {
  const because = (status: number, fields: Fields): string | undefined => {
    const storing = decide(status, fields);
    return storing.kind === 'store' ? storing.because : undefined;
  };
  expect(because(200, cc('max-age=6000'))).toBe('min(max-age 6000, MaxTTL 1000) = 1000');
  expect(because(404, [])).toBe('ErrorCachingMinTTL 300');
  expect(because(404, cc('max-age=6000'))).toBe('max(ErrorCachingMinTTL 300, min(max-age 6000, MaxTTL 1000)) = 1000');
  expect(because(404, cc('s-maxage=6'))).toBe('max(ErrorCachingMinTTL 300, s-maxage 6) = 300');
});

test('an error TTL counts from arrival, and the origin is asked when it is over', () => {
  const storing = decide(404, [['age', '50'], ...cc('stale-while-revalidate=9, stale-if-error=9')], { responseTime: seconds(2) });
  expect(storing).toMatchObject({
    freshness: { initialAge: seconds(52), lifetime: seconds(352), staleWhileRevalidate: undefined, staleIfError: 0 },
  });
});

const SHARED: ReadonlyArray<[name: string, status: number, fields: Fields, want: boolean]> = [
  ['fresh', 200, cc('max-age=60'), true],
  ['by default', 200, [], true],
  ['an error', 404, [], true],
  ['max-age=0', 200, cc('max-age=0'), false],
  ['s-maxage=0', 200, cc('s-maxage=0, max-age=60'), false],
  ['no-cache', 200, cc('no-cache'), false],
  ['no-store', 200, cc('no-store'), false],
  ['private', 200, cc('private'), false],
  ['Vary: *', 200, [['vary', '*']], false],
  ['too old on arrival', 200, [...cc('max-age=60'), ['age', '60']], false],
  ['a 401', 401, [], false],
];
test.each(SHARED)('those who waited may take what is %s', (_name, status, fields, want) => {
  expect(maySharePending(decide(status, fields))).toBe(want);
});

test.each<[name: string, change: object, method: string, want: string]>([
  ['GET', {}, 'GET', 'collapse'],
  ['HEAD', {}, 'HEAD', 'collapse'],
  ['POST', {}, 'POST', 'method'],
  ['OPTIONS', {}, 'OPTIONS', 'method'],
  ['OPTIONS when cached', { cachesOptions: true }, 'OPTIONS', 'collapse'],
  ['caching disabled', { cachingDisabled: true }, 'GET', 'caching-disabled'],
  ['cookies forwarded', { forwardsCookies: true }, 'GET', 'cookies-forwarded'],
])('collapsing: %s', (_name, change, method, want) => {
  const got = decideCollapsing({ cachesOptions: false, cachingDisabled: false, forwardsCookies: false, ...change }, { method });
  expect<string>(got.kind === 'alone' ? got.reason : got.kind).toBe(want);
});
