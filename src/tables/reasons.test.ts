import { describe, expect, test } from 'bun:test';
import type { CacheOutcome } from '../core/outcome.ts';
import { MISS_REASONS, NOT_STORED_REASONS, reasonOf, STALE_REASONS } from './reasons.ts';

describe('the reason in the log', () => {
  const miss = { kind: 'miss', reason: 'uri-miss', stored: false } as const;
  const rows: [cache: CacheOutcome, want: string | undefined][] = [
    [{ kind: 'none' }, undefined],
    [{ kind: 'none', refused: 'date/expired' }, 'refused/date/expired'],
    [{ kind: 'hit', age: 1, remaining: 1 }, 'hit'],
    [{ kind: 'hit-stale', age: 1, reason: 'origin-error' }, 'hit-stale/origin-error'],
    [{ kind: 'revalidated', age: 1 }, 'revalidated'],
    [{ kind: 'collapsed', reason: 'stale' }, 'collapsed/stale'],
    [{ ...miss, stored: true, notStored: undefined }, 'miss/uri-miss'],
    [{ ...miss, notStored: 'no-store' }, 'miss/uri-miss/no-store'],
    [{ ...miss, notStored: 'connection refused by 192.0.2.1' }, 'miss/uri-miss/origin-failed'],
    [{ ...miss, reason: 'method', notStored: 'method' }, 'miss/method'],
    [{ ...miss, reason: 'bypass', notStored: 'bypass' }, 'miss/bypass'],
  ];
  test.each(rows)('%j', (cache, want) => {
    expect(reasonOf({ cache })).toBe(want);
  });
});

test('every word is one column and every sentence ends a sentence', () => {
  const all = { ...MISS_REASONS, ...STALE_REASONS, ...NOT_STORED_REASONS };
  for (const [word, sentence] of Object.entries(all)) {
    expect(word).toMatch(/^[a-z0-9-]+$/);
    expect(sentence).toMatch(/^[a-z].*[^.]$/i);
  }
});
