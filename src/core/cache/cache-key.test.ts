import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  sampleBehavior,
  sampleCachePolicy,
  sampleDistribution,
  sampleLegacy,
  sampleRequest,
} from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import { compileCacheBehavior } from '../../model/compile-cache-behavior.ts';
import type { CachePolicy, LegacyForwarding } from '../../model/policies.ts';
import type { ViewerRequest } from '../request.ts';
import { cacheKey } from './cache-key.ts';
import { cacheKeyParts } from './cache-key-parts.ts';
import { decideLookup } from './decide-lookup.ts';

const distribution = compileDistribution(sampleDistribution({ id: 'E1' }));

function behaviorOf(policy: Partial<CachePolicy>) {
  const cachePolicy = sampleCachePolicy(policy);
  return compileCacheBehavior(sampleBehavior({ forwarding: { kind: 'policies', cachePolicy, originRequestPolicy: undefined } }));
}

function legacyOf(changes: Partial<LegacyForwarding>) {
  return compileCacheBehavior(sampleBehavior({ forwarding: { kind: 'legacy', legacy: sampleLegacy(changes) } }));
}

function keyOf(behavior: ReturnType<typeof behaviorOf>, changes: Partial<ViewerRequest>): string {
  const request = sampleRequest({ path: '/a', ...changes });
  return cacheKey(distribution, behavior, request, request.path).key;
}

const ENCODINGS = { acceptEncodingGzip: true, acceptEncodingBrotli: true };
const QUERY = { queryStrings: { kind: 'whitelist', names: ['a', 'b'] } } as const;
const COOKIES = { cookies: { kind: 'allExcept', names: ['s'] } } as const;

const rows: [name: string, behavior: ReturnType<typeof behaviorOf>, request: Partial<ViewerRequest>, want: string][] = [
  [
    'path only',
    behaviorOf({}),
    {
      query: 'a=1',
      fields: [
        ['cookie', 'a=1'],
        ['origin', 'x'],
      ],
    },
    'E1/a',
  ],
  ['raw path', behaviorOf({}), { path: '/a/%2e/../b//c' }, 'E1/a/%2e/../b//c'],
  ['HEAD', behaviorOf({}), { method: 'HEAD' }, 'E1/a'],
  ['OPTIONS', behaviorOf({}), { method: 'OPTIONS' }, 'E1/a\nOPTIONS'],
  ['scheme and host do not count', behaviorOf({}), { scheme: 'https', host: 'other.example.com' }, 'E1/a'],
  ['codings', behaviorOf(ENCODINGS), { fields: [['accept-encoding', 'gzip, br']] }, 'E1/a\naccept-encoding:br,gzip'],
  ['no coding that counts', behaviorOf(ENCODINGS), { fields: [['accept-encoding', 'deflate']] }, 'E1/a'],
  ['HTTP/1.0', behaviorOf(ENCODINGS), { httpVersion: '1.0', fields: [['accept-encoding', 'gzip']] }, 'E1/a'],
  ['parameters in order', behaviorOf(QUERY), { query: 'b=2&x=3&a=1' }, 'E1/a?b=2&a=1'],
  ['no parameter that counts', behaviorOf(QUERY), { query: 'x=3' }, 'E1/a'],
  ['all parameters', behaviorOf({ queryStrings: { kind: 'all' } }), { query: 'b=2&&a' }, 'E1/a?b=2&&a'],
  ['cookies by name', behaviorOf(COOKIES), { fields: [['cookie', 'z=1; s=9; b=2']] }, 'E1/a\ncookie:b=2; z=1'],
  ['cookies that do not parse', behaviorOf(COOKIES), { fields: [['cookie', 'oops']] }, 'E1/a'],
  [
    'headers by name',
    behaviorOf({ headers: ['x-b', 'x-a', 'host'] }),
    {
      host: 'H.example.com',
      fields: [
        ['x-a', '1'],
        ['x-b', ''],
        ['x-a', '2'],
      ],
    },
    'E1/a\nhost:H.example.com\nx-a:1, 2\nx-b:',
  ],
  [
    "CloudFront's own headers, never the viewer's",
    behaviorOf({ headers: ['cloudfront-forwarded-proto', 'cloudfront-viewer-country'] }),
    {
      fields: [
        ['cloudfront-viewer-country', 'XX'],
        ['cloudfront-forwarded-proto', 'gopher'],
      ],
    },
    'E1/a\ncloudfront-forwarded-proto:http',
  ],
  ['legacy: gzip only', legacyOf({}), { query: 'a', fields: [['accept-encoding', 'gzip, br']] }, 'E1/a\naccept-encoding:gzip'],
  ['legacy: all parameters', legacyOf({ queryString: true }), { query: 'b&a' }, 'E1/a?b&a'],
  ['legacy: listed parameters', legacyOf({ queryString: true, queryStringCacheKeys: ['a'] }), { query: 'b&a' }, 'E1/a?a'],
  ['legacy: keys count only with QueryString', legacyOf({ queryStringCacheKeys: ['a'] }), { query: 'b&a' }, 'E1/a'],
  [
    'legacy: cookie wildcards',
    legacyOf({ cookies: { kind: 'whitelist', names: ['user_*', 'i?'] } }),
    { fields: [['cookie', 'user_id=1; ix=2; ixx=3; user=4']] },
    'E1/a\ncookie:ix=2; user_id=1',
  ],
];

test.each(rows)('%s', (_, behavior, request, want) => expect(keyOf(behavior, request)).toBe(want));

test('the uri is the path and the keyed query', () => {
  const request = sampleRequest({ query: 'x=1&a=2', fields: [['accept-encoding', 'gzip']] });
  expect(cacheKey(distribution, behaviorOf({ ...QUERY, ...ENCODINGS }), request, '/a').uri).toBe('/a?a=2');
  expect(cacheKey(distribution, behaviorOf(ENCODINGS), request, '/a').uri).toBe('/a');
});

/** Reads a key as its layout says. That every request is read back is the proof that no two of them share a key. */
function readKey(key: string) {
  const [first = '', ...lines] = key.split('\n');
  const slash = first.indexOf('/');
  const mark = first.indexOf('?');
  const named = lines.filter((line) => line.includes(':')).map((line) => [line.slice(0, line.indexOf(':')), line] as const);
  const values = new Map(named.map(([name, line]) => [name, line.slice(name.length + 1)]));
  const cookies = values.get('cookie')?.split('; ') ?? [];
  values.delete('cookie');
  return {
    id: first.slice(0, slash),
    method: lines[0] === 'OPTIONS' ? 'OPTIONS' : 'GET',
    path: mark < 0 ? first.slice(slash) : first.slice(slash, mark),
    query: mark < 0 ? undefined : first.slice(mark + 1),
    headers: Object.fromEntries(values),
    cookies: Object.fromEntries(cookies.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
  };
}

test('all that the behavior tells apart can be read back from the key', () => {
  const tricky = fc.array(fc.constantFrom('a', ':', '=', ';', '?', '&', '/', ' ', 'cookie:', 'OPTIONS', '\t', '\\n'), {
    maxLength: 5,
  });
  const value = tricky.map((parts) => parts.join('').trim());
  const target = tricky.map((parts) => parts.join('').replaceAll(/[\s?]/g, ''));
  const anyRequest = fc.record({
    method: fc.constantFrom('GET', 'OPTIONS'),
    path: target.map((text) => `/${text}`),
    query: fc.option(target, { nil: undefined }),
    headers: fc.dictionary(fc.constantFrom('x-a', 'x-b', 'options'), value, { noNullPrototype: true }),
    cookies: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      value.map((text) => text.replaceAll(';', '')),
      { noNullPrototype: true },
    ),
  });
  const behavior = behaviorOf({ headers: ['x-a', 'x-b', 'options'], cookies: { kind: 'all' }, queryStrings: { kind: 'all' } });
  fc.assert(
    fc.property(anyRequest, ({ headers, cookies, ...line }) => {
      const pairs = Object.entries(cookies).map(([name, text]) => `${name}=${text}`);
      const cookie = pairs.length === 0 ? [] : [['cookie', pairs.join('; ')] as const];
      const key = keyOf(behavior, { ...line, fields: [...Object.entries(headers), ...cookie] });
      const trimmed = Object.fromEntries(Object.entries(cookies).map(([name, text]) => [name, text.trimEnd()]));
      expect(readKey(key)).toEqual({ id: 'E1', ...line, headers, cookies: trimmed });
    }),
    { numRuns: 500 },
  );
});

test('a policy change cannot make one header stand for another', () => {
  const [before, after] = [behaviorOf({ headers: ['x-a'] }), behaviorOf({ headers: ['x-b'] })];
  expect(keyOf(before, { fields: [['x-a', '1']] })).not.toBe(keyOf(after, { fields: [['x-b', '1']] }));
});

test('the parts say what counts and who decided', () => {
  const request = sampleRequest({
    query: 'a=1&x',
    fields: [
      ['accept-encoding', 'zstd'],
      ['cookie', 's=1; t=2'],
      ['origin', 'o'],
      ['referer', 'r'],
    ],
  });
  const behavior = behaviorOf({ ...QUERY, ...COOKIES, ...ENCODINGS, headers: ['origin', 'x-a'] });
  const parts = cacheKeyParts(distribution, behavior, request, '/a');
  expect(parts.map(({ part, name, value, kept, by }) => `${part} ${name}=${value} ${kept ? 'kept' : 'left'} ${by}`)).toEqual([
    'distribution =E1 kept CloudFront',
    'method =GET kept CloudFront',
    'path =/a kept CloudFront',
    'query a=1 kept Sample',
    'query x=undefined left Sample',
    'header accept-encoding=identity left Sample',
    'header origin=o kept Sample',
    'header x-a=undefined left Sample',
    'cookie s=1 left Sample',
    'cookie t=2 kept Sample',
    'header referer=r left Sample',
  ]);
});

describe('decideLookup', () => {
  const OPTIONS = { cachingDisabled: false, cachesOptions: true };
  const PLAIN = { cachingDisabled: false, cachesOptions: false };
  const DISABLED = { cachingDisabled: true, cachesOptions: true };
  const lookups: [method: string, behavior: typeof PLAIN, want: string][] = [
    ['GET', PLAIN, 'lookup GET'],
    ['HEAD', PLAIN, 'lookup GET'],
    ['OPTIONS', PLAIN, 'bypass method'],
    ['OPTIONS', OPTIONS, 'lookup OPTIONS'],
    ['POST', OPTIONS, 'bypass method'],
    ['DELETE', DISABLED, 'bypass method'],
    ['GET', DISABLED, 'bypass bypass'],
    ['OPTIONS', DISABLED, 'bypass bypass'],
  ];
  test.each(lookups)('%s, %o: %s', (method, behavior, want) => {
    const lookup = decideLookup(behavior, { method });
    expect(`${lookup.kind} ${lookup.kind === 'lookup' ? lookup.method : lookup.reason}`).toBe(want);
  });

  test('a WebSocket handshake is nobody else’s', () => {
    expect(decideLookup(PLAIN, { method: 'GET', upgrade: 'websocket' })).toEqual({ kind: 'bypass', reason: 'upgrade' });
  });
});
