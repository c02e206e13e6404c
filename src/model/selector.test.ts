import { expect, test } from 'bun:test';
import type { Selection } from './policies.ts';
import { combineSelections, selector, selects } from './selector.ts';

/** `c` is listed by the cache policy, `o` by the origin request policy, `b` by both, `x` by neither. */
const NAMES = ['b', 'c', 'o', 'x'];
const cache = (kind: Selection['kind']): Selection =>
  kind === 'none' || kind === 'all' ? { kind } : { kind, names: ['b', 'c'] };
const forwarded = (kind: Selection['kind']): Selection =>
  kind === 'none' || kind === 'all' ? { kind } : { kind, names: ['b', 'o'] };

/** The interplay table of facts 3.4. */
const rows: [cache: Selection['kind'], forwarded: Selection['kind'], want: string][] = [
  ['none', 'none', ''],
  ['none', 'all', 'bcox'],
  ['none', 'whitelist', 'bo'],
  ['none', 'allExcept', 'cx'],
  ['all', 'none', 'bcox'],
  ['all', 'all', 'bcox'],
  ['all', 'whitelist', 'bcox'],
  ['all', 'allExcept', 'bcox'],
  ['whitelist', 'none', 'bc'],
  ['whitelist', 'all', 'bcox'],
  ['whitelist', 'whitelist', 'bco'],
  ['whitelist', 'allExcept', 'bcx'],
  ['allExcept', 'none', 'ox'],
  ['allExcept', 'all', 'bcox'],
  ['allExcept', 'whitelist', 'box'],
  ['allExcept', 'allExcept', 'x'],
];

test.each(rows)('cache policy %s, origin request policy %s: %s', (inCache, inForwarded, want) => {
  const combined = combineSelections(cache(inCache), forwarded(inForwarded));
  expect(NAMES.filter((name) => selects(combined, name)).join('')).toBe(want);
});

test('names are literal and case-sensitive', () => {
  const chosen = selector({ kind: 'whitelist', names: ['a*', 'B'] });
  expect(['a*', 'ab', 'B', 'b'].map((name) => selects(chosen, name))).toEqual([true, false, true, false]);
});

test('a selection that comes to nothing or everything says so, so that nothing is parsed for it', () => {
  expect(selector({ kind: 'whitelist', names: [] }).kind).toBe('none');
  expect(selector({ kind: 'allExcept', names: [] }).kind).toBe('all');
});
