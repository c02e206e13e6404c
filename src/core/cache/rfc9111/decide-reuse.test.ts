import { expect, test } from 'bun:test';
import type { Fields } from '../../../http/fields.ts';
import { seconds } from '../../../model/units.ts';
import type { Freshness, StoredResponse } from '../stored-response.ts';
import { decideRfc9111Reuse, decideRfc9111StaleOnError } from './decide-reuse.ts';

/** Fresh for 100 seconds, with a validator. */
function stored(change: Partial<Freshness> = {}, fields: Fields = [['etag', '"a"']]): StoredResponse {
  const freshness: Freshness = {
    requestTime: 0,
    responseTime: 0,
    initialAge: 0,
    lifetime: seconds(100),
    staleWhileRevalidate: undefined,
    staleIfError: undefined,
    alwaysRevalidate: false,
    ...change,
  };
  return {
    key: 'k',
    distributionId: 'E',
    uri: '/',
    method: 'GET',
    status: 200,
    fields,
    bodyLength: 0,
    freshness,
    tags: [],
    banSequence: 0,
  };
}

const rows: [name: string, control: string | undefined, age: number, change: Partial<Freshness>, want: string][] = [
  ['fresh', undefined, 50, {}, 'hit'],
  ['as old as it may be', undefined, 100, {}, 'revalidate stale'],
  ['no-cache asked for', 'no-cache', 50, {}, 'revalidate request'],
  ['young enough', 'max-age=50', 50, {}, 'hit'],
  ['too old for the viewer', 'max-age=49', 50, {}, 'revalidate request'],
  ['fresh for long enough', 'min-fresh=50', 50, {}, 'hit'],
  ['not fresh for long enough', 'min-fresh=51', 50, {}, 'revalidate request'],
  ['stale, and the viewer takes it', 'max-stale=50', 150, {}, 'hit-stale max-stale'],
  ['too stale for the viewer', 'max-stale=49', 150, {}, 'revalidate stale'],
  ['however stale', 'max-stale', 9999, {}, 'hit-stale max-stale'],
  ['never stale', 'max-stale', 150, { neverStale: true }, 'revalidate stale'],
  ['no-cache in the response', 'max-stale', 50, { alwaysRevalidate: true }, 'revalidate stale'],
  ['within stale-while-revalidate', undefined, 109, { staleWhileRevalidate: seconds(10) }, 'hit-stale stale-while-revalidate'],
  ['after it', undefined, 110, { staleWhileRevalidate: seconds(10) }, 'revalidate stale'],
  ['stored or nothing, stale', 'only-if-cached', 150, {}, 'unavailable'],
  ['stored or nothing, stale and taken', 'only-if-cached, max-stale', 150, {}, 'hit-stale max-stale'],
  ['a word nobody knows', 'foo', 50, {}, 'hit'],
];
test.each(rows)('%s', (_, control, age, change, want) => {
  const fields: Fields = control === undefined ? [] : [['cache-control', control]];
  const reuse = decideRfc9111Reuse(stored(change), { method: 'GET', fields }, seconds(age));
  expect(['reason' in reuse ? `${reuse.kind} ${reuse.reason}` : reuse.kind]).toEqual([want]);
});

test('nothing stored, and nobody may be asked', () => {
  const fields: Fields = [['cache-control', 'only-if-cached']];
  expect(decideRfc9111Reuse(undefined, { method: 'GET', fields }, 0)).toEqual({ kind: 'unavailable' });
  expect(decideRfc9111Reuse(undefined, { method: 'GET', fields: [] }, 0)).toEqual({ kind: 'fetch', reason: 'uri-miss' });
});

const failures: [name: string, failure: number | 'unreachable', change: Partial<Freshness>, want: string][] = [
  ['disconnected', 'unreachable', {}, 'origin-error'],
  ['disconnected, must-revalidate', 'unreachable', { neverStale: true }, 'forbidden'],
  ['disconnected, no-cache', 'unreachable', { alwaysRevalidate: true }, 'forbidden'],
  ['503', 503, {}, 'forbidden'],
  ['503 within stale-if-error', 503, { staleIfError: seconds(50) }, 'stale-if-error'],
  ['503 after it', 503, { staleIfError: seconds(49) }, 'too-stale'],
  ['501 is no error of RFC 5861', 501, { staleIfError: seconds(50) }, 'not-a-server-error'],
];
test.each(failures)('%s', (_, failure, change, want) => {
  expect(decideRfc9111StaleOnError(stored(change), failure, seconds(150)).reason).toBe(want as never);
});
