import { expect, test } from 'bun:test';
import type { CustomErrorResponse } from '../../model/distribution.ts';
import { decideCustomError } from './custom-error.ts';

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
