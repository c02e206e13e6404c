import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { sampleBehavior, sampleCachePolicy, sampleDistribution, sampleRequest } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import { blockKey } from './blocks.ts';
import { cacheKey } from './cache-key.ts';
import { cacheKeyParts } from './cache-key-parts.ts';
import { parseCacheKey, type ParsedCacheKey } from './parse-cache-key.ts';

const ID = 'E1';
const WHOLE: ParsedCacheKey = { path: '/a', query: undefined, method: 'GET', headers: [], cookies: [], extent: 'whole' };

describe('a key of each layout', () => {
  const rows: [name: string, key: string, want: ParsedCacheKey | undefined][] = [
    ['a path', 'E1/a', WHOLE],
    ['a query', 'E1/a?x=1&y', { ...WHOLE, query: 'x=1&y' }],
    ['a query with another ?', 'E1/a?x=?', { ...WHOLE, query: 'x=?' }],
    ['OPTIONS', 'E1/a\nOPTIONS', { ...WHOLE, method: 'OPTIONS' }],
    ['a header', 'E1/a\norigin:https://x.test:8', { ...WHOLE, headers: [['origin', 'https://x.test:8']] }],
    ['an empty header', 'E1/a\naccept:', { ...WHOLE, headers: [['accept', '']] }],
    [
      'cookies',
      'E1/a\ncookie:a=1; b=2=3',
      {
        ...WHOLE,
        cookies: [
          { name: 'a', value: '1' },
          { name: 'b', value: '2=3' },
        ],
      },
    ],
    ['a block', blockKey('E1/a', 3), { ...WHOLE, extent: 'block' }],
    ['a variant', 'E1/a\nvariant 7\nfoo: 1', { ...WHOLE, headers: [['foo', '1']], extent: 'variant' }],
    ['another distribution', 'E2/a', undefined],
    ['another distribution whose id begins alike', 'E12/a', undefined],
  ];
  test.each(rows)('%s', (_, key, want) => {
    expect(parseCacheKey(key, ID)).toEqual(want);
  });
});

test('whatever is keyed is read back', () => {
  const policy = sampleCachePolicy({
    headers: ['origin', 'x-a'],
    cookies: { kind: 'all' },
    queryStrings: { kind: 'allExcept', names: ['no'] },
    acceptEncodingGzip: true,
    acceptEncodingBrotli: true,
  });
  const forwarding = { kind: 'policies', cachePolicy: policy, originRequestPolicy: undefined } as const;
  const distribution = compileDistribution(sampleDistribution({ defaultCacheBehavior: sampleBehavior({ forwarding }) }));
  const word = fc.stringMatching(/^[a-z0-9.-]{1,6}$/);
  const request = fc.record({
    query: fc.option(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'no'), word), { minLength: 1, maxLength: 4 }), {
      nil: undefined,
    }),
    headers: fc.array(
      fc.tuple(fc.constantFrom('origin', 'x-a', 'accept-encoding', 'x-b'), fc.constantFrom('gzip', 'br', 'a:b', '')),
    ),
    cookies: fc.uniqueArray(fc.tuple(word, word), { selector: ([name]) => name, maxLength: 3 }),
  });
  fc.assert(
    fc.property(request, ({ query, headers, cookies }) => {
      const asked = sampleRequest({
        query: query?.map(([name, value]) => `${name}=${value}`).join('&'),
        fields: [
          ...headers,
          ...(cookies.length > 0 ? [['cookie', cookies.map((pair) => pair.join('=')).join('; ')] as const] : []),
        ],
      });
      const { key } = cacheKey(distribution, distribution.defaultBehavior, asked, asked.path);
      const kept = cacheKeyParts(distribution, distribution.defaultBehavior, asked, asked.path).filter((part) => part.kept);
      const keptOf = (part: string) => kept.filter((each) => each.part === part).map(({ name, value }) => [name, value ?? '']);
      const parsed = parseCacheKey(key, distribution.source.id)!;
      expect(parsed.path).toBe(asked.path);
      expect(parsed.headers.map((field) => [...field])).toEqual(keptOf('header') as [string, string][]);
      expect(parsed.query).toBe(
        keptOf('query').length === 0
          ? undefined
          : keptOf('query')
              .map((pair) => pair.join('='))
              .join('&'),
      );
      expect(parsed.cookies.map(({ name, value }) => [name, value])).toEqual(
        keptOf('cookie').toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)) as [string, string][],
      );
    }),
  );
});
