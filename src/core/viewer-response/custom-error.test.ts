import { expect, test } from 'bun:test';
import type { CustomErrorResponse } from '../../model/distribution.ts';
import { sampleBehavior, sampleDistribution, sampleRequest } from '../../../test/samples/distribution.ts';
import type { Fields } from '../../http/fields.ts';
import { compileDistribution } from '../../model/compile.ts';
import { seconds } from '../../model/units.ts';
import { decideCustomError, errorPageBehavior, errorPageRequest } from './custom-error.ts';

const page = { path: '/errors/sorry.html', responseCode: 200 };
const entries: CustomErrorResponse[] = [
  { errorCode: 404, errorCachingMinTtl: 10_000, page },
  { errorCode: 503, errorCachingMinTtl: 10_000, page: undefined },
  { errorCode: 412, errorCachingMinTtl: 10_000, page },
];
const customErrors = new Map(entries.map((entry) => [entry.errorCode, entry]));

const ROWS: ReadonlyArray<[name: string, status: number, want: typeof page | undefined]> = [
  ['an entry with a page', 404, page],
  ['an entry that only sets a TTL', 503, undefined],
  ['a status CloudFront has no pages for', 412, undefined],
  ['a status without an entry', 500, undefined],
  ['not an error', 200, undefined],
];
test.each(ROWS)('%s', (_name, status, want) => {
  expect(decideCustomError({ customErrors }, status)?.page).toEqual(want);
});

const distribution = compileDistribution(
  sampleDistribution({ customErrorResponses: entries, cacheBehaviors: [sampleBehavior({ pathPattern: '/errors/*' })] }),
);
const [explicit] = distribution.behaviors;

const maxAge = (value: string): Fields => [['cache-control', value]];
const TTLS: ReadonlyArray<[name: string, status: number, fields: Fields, want: number]> = [
  ['ErrorCachingMinTTL', 404, [], 10],
  ['the larger max-age of the error', 404, maxAge('max-age=60'), 60],
  ['a smaller one', 404, maxAge('max-age=3'), 10],
  ['s-maxage before max-age', 404, maxAge('max-age=60, s-maxage=90'), 90],
  ['an invalid one', 404, maxAge('max-age=soon'), 10],
  ['a status without an entry', 500, [], 10],
];
test.each(TTLS)('a page of the default behavior is as fresh as its error: %s', (_name, status, fields, want) => {
  const { ttls } = errorPageBehavior(distribution, distribution.defaultBehavior, { status, fields });
  expect(ttls).toEqual({ minTtl: seconds(want), defaultTtl: seconds(want), maxTtl: seconds(want) });
});

test('a behavior made for the page decides for itself, and so does any for 416', () => {
  expect(errorPageBehavior(distribution, explicit!, { status: 404, fields: [] })).toBe(explicit!);
  const { defaultBehavior } = distribution;
  expect(errorPageBehavior(distribution, defaultBehavior, { status: 416, fields: [] })).toBe(defaultBehavior);
});

test('the page is asked for by GET or HEAD, without conditions, ranges or a body', () => {
  const fields: Fields = [
    ['range', 'bytes=0-1'],
    ['if-none-match', '"1"'],
    ['content-type', 'text/plain'],
    ['accept', '*/*'],
  ];
  const asked = { method: 'POST', path: '/form', query: 'a=1', fields, body: { kind: 'length', length: 3 } } as const;
  expect(errorPageRequest(sampleRequest(asked), '/sorry')).toMatchObject({
    method: 'GET',
    path: '/sorry',
    query: undefined,
    fields: [['accept', '*/*']],
    body: { kind: 'none' },
    errorOf: { path: '/form', query: 'a=1' },
  });
  expect(errorPageRequest(sampleRequest({ ...asked, method: 'HEAD' }), '/sorry').method).toBe('HEAD');
});
