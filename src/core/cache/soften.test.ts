import { expect, test } from 'bun:test';
import { seconds } from '../../model/units.ts';
import { decideReuse } from './decide-reuse.ts';
import { soften } from './soften.ts';
import type { Freshness, StoredResponse } from './stored-response.ts';

function stored(freshness: Partial<Freshness>, status = 200): StoredResponse {
  return {
    key: 'E1/a',
    distributionId: 'E1',
    uri: '/a',
    method: 'GET',
    status,
    fields: [['etag', '"1"']],
    bodyLength: 0,
    freshness: {
      requestTime: 0,
      responseTime: 0,
      initialAge: 0,
      lifetime: seconds(100),
      staleWhileRevalidate: undefined,
      staleIfError: undefined,
      alwaysRevalidate: false,
      ...freshness,
    },
    tags: [],
    banSequence: 1,
  };
}

const rows: [name: string, freshness: Partial<Freshness>, now: number, want: string][] = [
  ['fresh before the ban', {}, 10, 'revalidate'],
  ['at the ban itself', {}, 5, 'revalidate'],
  ['stale while it is renewed', { staleWhileRevalidate: seconds(10) }, 15, 'hit-stale stale-while-revalidate'],
  ['that window counts from the ban', { staleWhileRevalidate: seconds(10) }, 16, 'revalidate'],
  ['no longer excused', { excusedUntil: seconds(60) }, 10, 'revalidate'],
  ['arrived after the ban', { responseTime: seconds(8), initialAge: seconds(1) }, 8, 'revalidate'],
];
test.each(rows)('banned at 5 s: %s', (_name, freshness, now, want) => {
  const softened = soften(stored(freshness), seconds(5), 7);
  const reuse = decideReuse(softened, 'GET', seconds(now));
  expect(reuse.kind === 'hit-stale' ? `${reuse.kind} ${reuse.reason}` : reuse.kind).toBe(want);
  expect(softened.banSequence).toBe(7);
});

test('what was stale already stays as stale as it was', () => {
  const old = stored({ lifetime: seconds(2) });
  expect(soften(old, seconds(5), 7).freshness.lifetime).toBe(seconds(2));
});
