import { describe, expect, test } from 'bun:test';
import {
  sampleBehavior,
  sampleCachePolicy,
  sampleDistribution,
  sampleLegacy,
  sampleOriginRequestPolicy,
} from '../../test/samples/distribution.ts';
import { MANAGED_CACHE_POLICIES } from '../tables/managed-cache-policies.ts';
import { compile, compileDistribution, warnings } from './compile.ts';
import { compileCacheBehavior } from './compile-cache-behavior.ts';
import type { Distribution } from './distribution.ts';
import type { CachePolicy, LegacyForwarding, OriginRequestPolicy } from './policies.ts';

function hostsOf(changes: Partial<Distribution>): readonly string[] {
  const snapshot = compile({ version: 1, distributions: [sampleDistribution(changes)] });
  return [...snapshot.byHost.keys(), ...snapshot.byHostSuffix.keys()];
}

describe('hosts', () => {
  const own = 'd111111abcdef8.cloudfront.localhost';
  const rows: [name: string, changes: Partial<Distribution>, want: readonly string[]][] = [
    ['own name', {}, [own]],
    ['aliases', { aliases: ['www.example.com', '*.example.com'] }, [own, 'www.example.com', '.example.com']],
    ['disabled', { enabled: false }, []],
    ['staging', { staging: true }, []],
  ];
  test.each(rows)('%s', (_, changes, want) => expect(hostsOf(changes)).toEqual(want));

  test('a distribution that answers to no host is still known by its id', () => {
    const snapshot = compile({ version: 7, distributions: [sampleDistribution({ enabled: false })] });
    expect(snapshot.version).toBe(7);
    expect(snapshot.byId.get('EDFDVBD6EXAMPLE')?.source.enabled).toBe(false);
  });
});

describe('tags', () => {
  const rows: [tags: Record<string, string>, semantics: string, debugHeaders: boolean][] = [
    [{}, 'cloudfront', false],
    [{ 'warmfront:cache-semantics': 'rfc9111' }, 'rfc9111', true],
    [{ 'warmfront:cache-semantics': 'nonsense' }, 'cloudfront', false],
    [{ 'warmfront:debug-headers': 'on' }, 'cloudfront', true],
    [{ 'warmfront:debug-headers': 'off' }, 'cloudfront', false],
  ];
  test.each(rows)('%o', (tags, semantics, debugHeaders) => {
    expect(compileDistribution(sampleDistribution({ tags }))).toMatchObject({ semantics, debugHeaders });
  });

  test('the guard: the tag, else the default, else what is certain; a word that is none is told', () => {
    const tagged = (mode: string) => sampleDistribution({ tags: { 'warmfront:guard': mode } });
    expect(compileDistribution(tagged('warn'), { guard: 'off' }).guard).toBe('warn');
    expect(compileDistribution(tagged('nonsense'), { guard: 'off' }).guard).toBe('off');
    expect(compileDistribution(sampleDistribution()).guard).toBe('certain');
    expect(warnings(tagged('warn'))).toEqual([]);
    expect(warnings(tagged('nonsense'))).toEqual([
      'the tag warmfront:guard is "nonsense"; it takes certain, refuse, warn, off, and what --guard says holds',
    ]);
  });

  test('the default semantics give way to the tag', () => {
    const tagged = sampleDistribution({ tags: { 'warmfront:cache-semantics': 'cloudfront' } });
    expect(compileDistribution(tagged, { semantics: 'rfc9111' }).semantics).toBe('cloudfront');
    expect(compileDistribution(sampleDistribution(), { semantics: 'rfc9111' }).semantics).toBe('rfc9111');
  });
});

function policies(cache: Partial<CachePolicy>, forwarded?: Partial<OriginRequestPolicy>) {
  const originRequestPolicy = forwarded === undefined ? undefined : sampleOriginRequestPolicy(forwarded);
  return compileCacheBehavior(
    sampleBehavior({ forwarding: { kind: 'policies', cachePolicy: sampleCachePolicy(cache), originRequestPolicy } }),
  );
}

function legacy(changes: Partial<LegacyForwarding>) {
  return compileCacheBehavior(sampleBehavior({ forwarding: { kind: 'legacy', legacy: sampleLegacy(changes) } }));
}

describe('recipes', () => {
  test('caching is disabled by a policy whose TTLs are all 0, and by forwarding all headers', () => {
    const disabled = MANAGED_CACHE_POLICIES.filter((policy) => policies(policy).cachingDisabled).map((policy) => policy.name);
    expect(disabled).toEqual(['Managed-CachingDisabled']);
    expect(legacy({ headers: ['*'] }).cachingDisabled).toBe(true);
    expect(legacy({ minTtl: 0, defaultTtl: 0, maxTtl: 0 }).cachingDisabled).toBe(false);
  });

  test('the managed policies that key on the path alone say so', () => {
    const pathOnly = MANAGED_CACHE_POLICIES.filter((policy) => policies(policy).key.pathOnly).map((policy) => policy.name);
    expect(pathOnly).toEqual([
      'Managed-CachingDisabled',
      'Managed-CachingOptimized',
      'Managed-CachingOptimizedForUncompressedObjects',
    ]);
  });

  test('cookies are forwarded when either policy selects some', () => {
    expect(policies({}).forwardsCookies).toBe(false);
    expect(policies({ cookies: { kind: 'whitelist', names: ['a'] } }).forwardsCookies).toBe(true);
    expect(policies({}, { cookies: { kind: 'all' } }).forwardsCookies).toBe(true);
    expect(legacy({ cookies: { kind: 'whitelist', names: ['a*'] } }).forwardsCookies).toBe(true);
  });

  test('a normalised Accept-Encoding is not keyed a second time', () => {
    expect(policies({ headers: ['accept-encoding', 'x-b', 'x-a'] }).key.headers).toEqual(['accept-encoding', 'x-a', 'x-b']);
    expect(policies({ headers: ['accept-encoding', 'x-a'], acceptEncodingGzip: true }).key.headers).toEqual(['x-a']);
    expect(legacy({}).key.acceptEncoding).toEqual({ gzip: true, brotli: false });
    expect(legacy({ headers: ['accept-encoding'] }).key).toMatchObject({
      headers: ['accept-encoding'],
      acceptEncoding: undefined,
    });
  });

  const vary: [name: string, behavior: ReturnType<typeof policies>, want: readonly string[]][] = [
    ['nothing forwarded', policies({}), ['accept-encoding', 'cookie']],
    ['keyed', policies({ headers: ['origin'] }), ['accept-encoding', 'cookie', 'origin']],
    ['forwarded', policies({}, { headers: { kind: 'whitelist', names: ['origin'] } }), ['accept-encoding', 'cookie', 'origin']],
    ['device', policies({ headers: ['cloudfront-is-mobile-viewer'] }), ['accept-encoding', 'cookie', 'user-agent']],
    ['all', policies({}, { headers: { kind: 'allViewer' } }), ['accept-encoding', 'cookie', 'origin', 'user-agent', 'x-other']],
    ['legacy passes x-other without being told to', legacy({ headers: ['origin'] }), ['accept-encoding', 'cookie', 'origin']],
  ];
  test.each(vary)('Vary keeps: %s', (_, behavior, want) => {
    expect(['accept-encoding', 'cookie', 'origin', 'user-agent', 'x-other'].filter(behavior.keepsInVary)).toEqual([...want]);
  });

  const place: [name: string, behavior: ReturnType<typeof policies>, want: readonly [key: boolean, origin: boolean]][] = [
    ['no header', policies({}), [false, false]],
    ['others', policies({ headers: ['cloudfront-is-mobile-viewer'] }, { headers: { kind: 'allViewer' } }), [false, false]],
    ['keyed', policies({ headers: ['cloudfront-viewer-country'] }), [true, true]],
    ['forwarded', policies({}, { headers: { kind: 'whitelist', names: ['cloudfront-viewer-city'] } }), [false, true]],
    ['brought along', policies({}, { headers: { kind: 'allExcept', names: ['host'] } }), [false, true]],
    ['legacy', legacy({ headers: ['cloudfront-viewer-country'] }), [true, true]],
  ];
  test.each(place)('the place is needed in the key, and for the origin: %s', (_, { key, origin }, want) => {
    expect([key.needsPlace, origin.needsPlace]).toEqual([...want]);
  });
});

describe('warnings', () => {
  test('a distribution with nothing unserved has none', () => expect(warnings(sampleDistribution())).toEqual([]));

  const rows: [changes: Partial<Distribution>, want: string][] = [
    [
      {
        viewerMtls: {
          mode: 'optional',
          trustStore: { id: 'ts', revision: 1, certificates: [], ignoresExpiry: false, tellsNames: false },
        },
      },
      'ViewerMtlsConfig.AdvertiseTrustStoreCaNames: viewers are told the names of the authorities',
    ],
    [
      { defaultCacheBehavior: sampleBehavior({ signers: { keys: [], unknownAccounts: ['123456789012'] } }) },
      'CacheBehaviors.TrustedSigners: what other AWS accounts sign is refused: their keys are not known here',
    ],
    [{ cacheBehaviors: [sampleBehavior({ pathPattern: '/a', grpc: true })] }, 'CacheBehaviors.GrpcConfig: gRPC is not proxied'],
    [
      {
        defaultCacheBehavior: sampleBehavior({
          forwarding: { kind: 'legacy', legacy: sampleLegacy({ headers: ['cloudfront-viewer-ja3-fingerprint'] }) },
        }),
      },
      'CacheBehaviors.CloudFront-Viewer-JA3-Fingerprint: the header is not added to requests',
    ],
  ];
  test.each(rows)('%#', (changes, want) => expect(warnings(sampleDistribution(changes))).toEqual([want]));
});
