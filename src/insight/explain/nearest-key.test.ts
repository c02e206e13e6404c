import { describe, expect, test } from 'bun:test';
import { parseCacheKey } from '../../core/cache/parse-cache-key.ts';
import { keyDifferences, nearestKey, type Difference } from './nearest-key.ts';

const parsed = (rest: string) => parseCacheKey(`E1${rest}`, 'E1')!;

describe('what differs between two keys', () => {
  const rows: [name: string, requested: string, stored: string, want: Difference[]][] = [
    ['nothing', '/a?x=1\norigin:o', '/a?x=1\norigin:o', []],
    ['a parameter too few', '/a', '/a?utm_source=a', [{ part: 'query', name: 'utm_source', stored: 'a' }]],
    ['a parameter too many', '/a?x=1&fbclid=z', '/a?x=1', [{ part: 'query', name: 'fbclid', requested: 'z' }]],
    ['another value', '/a?x=1&y=2', '/a?x=1&y=3', [{ part: 'query', name: 'y', requested: '2', stored: '3' }]],
    ['another order', '/a?x=1&y=2', '/a?y=2&x=1', [{ part: 'query-order', name: '', requested: 'x=1&y=2', stored: 'y=2&x=1' }]],
    [
      'a repeated name in another order',
      '/a?x=1&x=2',
      '/a?x=2&x=1',
      [{ part: 'query', name: 'x', requested: '1, 2', stored: '2, 1' }],
    ],
    ['a bare name and an empty value', '/a?x', '/a?x=', [{ part: 'query', name: 'x', requested: '(no value)', stored: '' }]],
    ['an empty query and none', '/a?', '/a', [{ part: 'query', name: '', requested: '(no value)' }]],
    [
      'the letters of a name',
      '/a?Q=1',
      '/a?q=1',
      [
        { part: 'query', name: 'Q', requested: '1' },
        { part: 'query', name: 'q', stored: '1' },
      ],
    ],
    ['the path', '/A', '/a', [{ part: 'path', name: '', requested: '/A', stored: '/a' }]],
    ['the method', '/a', '/a\nOPTIONS', [{ part: 'method', name: '', requested: 'GET', stored: 'OPTIONS' }]],
    [
      'a header',
      '/a\naccept-encoding:br',
      '/a\naccept-encoding:gzip',
      [{ part: 'header', name: 'accept-encoding', requested: 'br', stored: 'gzip' }],
    ],
    ['a header that is absent', '/a', '/a\norigin:https://x', [{ part: 'header', name: 'origin', stored: 'https://x' }]],
    ['a cookie', '/a\ncookie:a=1; b=2', '/a\ncookie:a=1', [{ part: 'cookie', name: 'b', requested: '2' }]],
  ];
  test.each(rows)('%s', (_, requested, stored, want) => {
    expect(keyDifferences(parsed(requested), parsed(stored))).toEqual(want);
  });
});

describe('the nearest of several', () => {
  const rows: [name: string, requested: string, stored: string[], want: string | undefined][] = [
    ['of none', '/a', [], undefined],
    ['the fewest differences', '/a?x=1', ['/a?y=1&z=1', '/a?x=1&utm_source=n', '/a?x=2&y=1'], '/a?x=1&utm_source=n'],
    ['the same parameters in another order', '/a?x=1&y=1', ['/a?x=1', '/a?y=1&x=1'], '/a?y=1&x=1'],
    ['rather another value than another path', '/a?x=1', ['/A?x=1', '/a?x=2'], '/a?x=2'],
    ['rather another path than much else', '/a', ['/a?x=1&y=1&z=1', '/A'], '/A'],
    ['the first among equals', '/a', ['/a?x=1', '/a?x=2'], '/a?x=1'],
  ];
  test.each(rows)('%s', (_, requested, stored, want) => {
    const found = nearestKey(
      parsed(requested),
      stored.map((name) => ({ name, parsed: parsed(name) })),
    );
    expect(found?.candidate.name).toBe(want);
  });
});
