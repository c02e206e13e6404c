import { describe, expect, test } from 'bun:test';
import {
  sampleBehavior,
  sampleCachePolicy,
  sampleDistribution,
  sampleLegacy,
  sampleOrigin,
  sampleOriginRequestPolicy,
  sampleRequest,
} from '../../../test/samples/distribution.ts';
import { fieldValue } from '../../http/fields.ts';
import { compileDistribution, type CompiledDistribution } from '../../model/compile.ts';
import type { CacheBehavior, Origin, OriginAccessControl } from '../../model/distribution.ts';
import type { CachePolicy, LegacyForwarding, OriginRequestPolicy } from '../../model/policies.ts';
import { MANAGED_CACHE_POLICIES } from '../../tables/managed-cache-policies.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from '../../tables/managed-origin-request-policies.ts';
import { VIEWER_HEADERS } from '../../tables/viewer-headers.ts';
import type { OriginRequest, ViewerRequest } from '../request.ts';
import type { ViewerPlace } from '../viewer-request/cloudfront-header.ts';
import { buildOriginRequest } from './build-origin-request.ts';
import { chooseOrigin } from './choose-origin.ts';

const VIA_HOST = '0123456789abcdef0123456789abcdef.cloudfront.net';

interface Setting {
  readonly behavior?: Partial<CacheBehavior>;
  readonly cache?: Partial<CachePolicy>;
  readonly forwarded?: Partial<OriginRequestPolicy>;
  readonly legacy?: Partial<LegacyForwarding>;
  readonly origin?: Partial<Origin>;
  readonly place?: ViewerPlace;
}

function compiled({ behavior = {}, cache = {}, forwarded, legacy, origin = {} }: Setting): CompiledDistribution {
  const forwarding: CacheBehavior['forwarding'] =
    legacy === undefined
      ? {
          kind: 'policies',
          cachePolicy: sampleCachePolicy(cache),
          originRequestPolicy: forwarded === undefined ? undefined : sampleOriginRequestPolicy(forwarded),
        }
      : { kind: 'legacy', legacy: sampleLegacy(legacy) };
  return compileDistribution(
    sampleDistribution({ origins: [sampleOrigin(origin)], defaultCacheBehavior: sampleBehavior({ forwarding, ...behavior }) }),
  );
}

function ask(setting: Setting, changes: Partial<ViewerRequest> = {}): OriginRequest {
  const distribution = compiled(setting);
  const request = sampleRequest(changes);
  const behavior = distribution.defaultBehavior;
  const origin = chooseOrigin(distribution, behavior, request.method).primary;
  return buildOriginRequest({
    distribution,
    behavior,
    origin,
    request,
    path: request.path,
    requestId: 'ID==',
    viaHost: VIA_HOST,
    place: setting.place,
  });
}

const sent = (setting: Setting, changes: Partial<ViewerRequest>, name: string): string | undefined =>
  fieldValue(ask(setting, changes).fields, name);

const managed = (name: string): OriginRequestPolicy => MANAGED_ORIGIN_REQUEST_POLICIES.find((policy) => policy.name === name)!;
const CACHING_DISABLED = MANAGED_CACHE_POLICIES.find((policy) => policy.name === 'Managed-CachingDisabled')!;
const ALL_VIEWER: Setting = { forwarded: managed('Managed-AllViewer') };
const EXCEPT_HOST: Setting = { forwarded: managed('Managed-AllViewerExceptHostHeader') };

test('without any policy the origin gets the baseline and nothing of the viewer', () => {
  const request = ask(
    {},
    {
      query: 'a=1',
      fields: [
        ['accept', '*/*'],
        ['cookie', 'a=1'],
        ['x-a', '1'],
        ['user-agent', 'curl/8'],
      ],
    },
  );
  expect(request).toEqual({
    method: 'GET',
    scheme: 'http',
    hostname: 'origin.example.com',
    port: 80,
    host: 'origin.example.com',
    target: '/index.html',
    fields: [
      ['user-agent', 'Amazon CloudFront'],
      ['via', `1.1 ${VIA_HOST} (CloudFront)`],
      ['x-amz-cf-id', 'ID=='],
      ['x-forwarded-for', '198.51.100.10'],
    ],
  });
});

describe('target', () => {
  const rows: [setting: Setting, changes: Partial<ViewerRequest>, want: string][] = [
    [{ origin: { originPath: '/live' } }, { path: '/a/b/..', query: 'c=1' }, '/live/a/b/..'],
    [ALL_VIEWER, { path: '/a//b/%2e', query: 'c=%20+&&d' }, '/a//b/%2e?c=%20+&&d'],
    [ALL_VIEWER, { path: '/a', query: '' }, '/a?'],
    [ALL_VIEWER, { path: '/a', query: undefined }, '/a'],
    [{ cache: { queryStrings: { kind: 'whitelist', names: ['b'] } } }, { path: '/a', query: 'b=1&a=2&b=3' }, '/a?b=1&b=3'],
    [{ legacy: { queryString: true, queryStringCacheKeys: ['b'] } }, { path: '/a', query: 'b=1&a=2' }, '/a?b=1&a=2'],
    [{ legacy: { queryString: false } }, { path: '/a', query: 'b=1&a=2' }, '/a'],
  ];
  test.each(rows)('%o asked %o: %s', (setting, changes, want) => expect(ask(setting, changes).target).toBe(want));
});

/** Facts 3.4: `c` is in the cache policy's list, `o` in the origin request policy's, `x` in neither. */
describe('interplay of the policies', () => {
  const KINDS = ['none', 'all', 'whitelist', 'allExcept'] as const;
  const WANT: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
    none: ['', 'cox', 'o', 'cx'],
    all: ['cox', 'cox', 'cox', 'cox'],
    whitelist: ['c', 'cox', 'co', 'cx'],
    allExcept: ['ox', 'cox', 'ox', 'x'],
  };
  const rows = KINDS.flatMap((cache) => KINDS.map((forwarded, column) => [cache, forwarded, WANT[cache][column]!] as const));
  test.each(rows)('cache policy %s, origin request policy %s: %p', (cacheKind, forwardedKind, want) => {
    const cache = { kind: cacheKind, names: ['c'] };
    const forwarded = { kind: forwardedKind, names: ['o'] };
    const setting: Setting = {
      cache: { cookies: cache, queryStrings: cache },
      forwarded: { cookies: forwarded, queryStrings: forwarded },
    };
    const request = ask(setting, { query: 'c&o&x', fields: [['cookie', 'x=1; o=1; c=1']] });
    const names = want.split('');
    expect(request.target).toBe(`/index.html${names.length === 0 ? '' : `?${names.join('&')}`}`);
    expect(fieldValue(request.fields, 'cookie')).toBe(
      names.length === 0 ? undefined : names.map((name) => `${name}=1`).join('; '),
    );
  });
});

describe('Host', () => {
  const S3: Partial<Origin> = { kind: { kind: 's3', originAccessIdentity: undefined } };
  const rows: [name: string, setting: Setting, want: 'origin.example.com' | 'www.example.com'][] = [
    ['default', {}, 'origin.example.com'],
    ['allViewer', ALL_VIEWER, 'www.example.com'],
    [
      'allViewerAndWhitelistCloudFront',
      { forwarded: managed('Managed-AllViewerAndCloudFrontHeaders-2022-06') },
      'www.example.com',
    ],
    ['all but Host', EXCEPT_HOST, 'origin.example.com'],
    ['Host alone', { forwarded: managed('Managed-HostHeaderOnly') }, 'www.example.com'],
    ['keyed', { cache: { headers: ['host'] } }, 'www.example.com'],
    ['legacy list', { legacy: { headers: ['host'] } }, 'www.example.com'],
    ['legacy all', { legacy: { headers: ['*'] } }, 'www.example.com'],
    ['legacy', { legacy: {} }, 'origin.example.com'],
    ['S3, as AWS does, and breaks', { ...ALL_VIEWER, origin: S3 }, 'www.example.com'],
  ];
  test.each(rows)('%s', (_, setting, want) => {
    const request = ask(setting, { host: 'www.example.com' });
    expect(request.host).toBe(want);
    expect(request.hostname).toBe('origin.example.com');
  });
});

describe('Authorization', () => {
  const oac = (signingBehavior: OriginAccessControl['signingBehavior']): Partial<Origin> => ({
    kind: { kind: 's3', originAccessIdentity: undefined },
    originAccessControl: { id: 'E', originType: 's3', signingProtocol: 'sigv4', signingBehavior },
  });
  const OPTIONS_CACHED = { cachedMethods: ['GET', 'HEAD', 'OPTIONS'] };
  const KEYED: Setting = { cache: { headers: ['authorization'] } };
  const rows: [name: string, method: string, setting: Setting, want: boolean][] = [
    ['default', 'GET', {}, false],
    ['default', 'HEAD', {}, false],
    ['default', 'OPTIONS', {}, true],
    ['cached OPTIONS', 'OPTIONS', { behavior: OPTIONS_CACHED }, false],
    ['default', 'POST', {}, true],
    ['default', 'DELETE', {}, true],
    ['caching disabled', 'GET', { cache: CACHING_DISABLED }, false],
    ['in the cache policy', 'GET', KEYED, true],
    ['allViewer', 'GET', ALL_VIEWER, true],
    ['all but Host', 'GET', EXCEPT_HOST, true],
    ['all but Authorization', 'GET', { forwarded: { headers: { kind: 'allExcept', names: ['authorization'] } } }, false],
    ['legacy', 'GET', { legacy: {} }, false],
    ['legacy', 'PUT', { legacy: {} }, true],
    ['legacy list', 'GET', { legacy: { headers: ['authorization'] } }, true],
    ['OAC always', 'GET', { ...KEYED, origin: oac('always') }, false],
    ['OAC always', 'PUT', { origin: oac('always') }, false],
    ['OAC no-override', 'GET', { ...KEYED, origin: oac('no-override') }, true],
    ['OAC no-override, not keyed', 'GET', { origin: oac('no-override') }, false],
    ['OAC never', 'GET', { ...KEYED, origin: oac('never') }, true],
  ];
  test.each(rows)('%s, %s', (_, method, setting, want) => {
    expect(sent(setting, { method, fields: [['authorization', 'Basic x']] }, 'authorization')).toBe(want ? 'Basic x' : undefined);
  });
});

describe('Accept-Encoding', () => {
  const BOTH = { acceptEncodingGzip: true, acceptEncodingBrotli: true };
  const rows: [name: string, setting: Setting, value: string, want: string | undefined][] = [
    ['no coding on', {}, 'gzip, br', undefined],
    ['no coding on, allViewer', ALL_VIEWER, 'gzip;q=0.5, br', 'gzip;q=0.5, br'],
    ['no coding on, keyed', { cache: { headers: ['accept-encoding'] } }, 'gzip, zstd', 'gzip, zstd'],
    ['both on', { cache: BOTH }, 'gzip, deflate, br', 'br,gzip'],
    ['both on, allViewer', { cache: BOTH, ...ALL_VIEWER }, 'gzip, deflate, br', 'br,gzip'],
    ['both on, none that counts', { cache: BOTH }, 'zstd', 'identity'],
    ['legacy', { legacy: {} }, 'gzip, br', 'gzip'],
    ['legacy all', { legacy: { headers: ['*'] } }, 'gzip, br', 'gzip, br'],
  ];
  test.each(rows)('%s', (_, setting, value, want) => {
    expect(sent(setting, { fields: [['accept-encoding', value]] }, 'accept-encoding')).toBe(want);
    expect(sent(setting, { httpVersion: '1.0', fields: [['accept-encoding', value]] }, 'accept-encoding')).toBeUndefined();
  });
});

/** Facts 7.1: every row of the table through the three ways of forwarding, for a request whose answer is not stored. */
describe('the header table', () => {
  const SPECIAL = new Set([
    'accept-encoding',
    'authorization',
    'cookie',
    'host',
    'user-agent',
    'via',
    'x-amz-cf-id',
    'x-forwarded-for',
  ]);
  const names = VIEWER_HEADERS.filter((header) => !SPECIAL.has(header.name.toLowerCase()));
  const passing = (setting: Setting): readonly string[] => {
    const fields = [...names, { name: 'X-Other' }, { name: 'X-Edge-Y' }, { name: 'CloudFront-Viewer-City' }].map(
      ({ name }) => [name.toLowerCase(), name === 'Connection' ? 'keep-alive' : 'v'] as const,
    );
    const request = ask({ ...setting, behavior: { allowedMethods: ['GET', 'HEAD', 'OPTIONS'] } }, { method: 'OPTIONS', fields });
    const ours = new Set(['user-agent', 'via', 'x-amz-cf-id', 'x-forwarded-for']);
    return request.fields
      .map(([name]) => name)
      .filter((name) => !ours.has(name) && !name.startsWith('cloudfront-is'))
      .toSorted();
  };
  const PARTIAL = ['if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'range'];
  const FORWARDED = ['cache-control', 'content-md5', 'content-type', 'date', 'from', 'max-forwards', 'origin', 'pragma'].concat(
    ['request-range', 'warning', 'x-other'],
    PARTIAL,
  );
  const CHOOSABLE = ['accept', 'accept-charset', 'accept-language', 'expect', 'referer', 'x-http-method-override'];
  const rows: [name: string, setting: Setting, want: readonly string[]][] = [
    ['policies that list nothing', {}, PARTIAL],
    [
      'policies that list one of each',
      { forwarded: { headers: { kind: 'whitelist', names: ['x-other', 'te', 'accept'] } } },
      ['accept', 'x-other', ...PARTIAL],
    ],
    ['allViewer', ALL_VIEWER, [...FORWARDED, ...CHOOSABLE]],
    ['legacy that lists nothing', { legacy: {} }, FORWARDED],
    ['legacy that lists one of each', { legacy: { headers: ['accept', 'te', 'x-real-ip'] } }, ['accept', ...FORWARDED]],
    ['legacy that forwards all', { legacy: { headers: ['*'] } }, [...FORWARDED, ...CHOOSABLE]],
  ];
  test.each(rows)('%s', (_, setting, want) => expect(passing(setting)).toEqual(want.toSorted()));
});

describe('what is stored is fetched whole', () => {
  const PARTIAL = [
    ['range', 'bytes=0-1'],
    ['if-none-match', '"a"'],
    ['if-modified-since', 'x'],
    ['if-range', '"a"'],
  ] as const;
  const rows: [name: string, method: string, setting: Setting, want: boolean][] = [
    ['a lookup', 'GET', ALL_VIEWER, false],
    ['a lookup by HEAD', 'HEAD', {}, false],
    ['caching disabled', 'GET', { cache: CACHING_DISABLED }, true],
    ['legacy lookup', 'GET', { legacy: {} }, false],
    ['legacy, all headers', 'GET', { legacy: { headers: ['*'] } }, true],
    ['a method that is never stored', 'POST', {}, true],
  ];
  test.each(rows)('%s', (_, method, setting, want) => {
    const names = ask(setting, { method, fields: PARTIAL }).fields.map(([name]) => name);
    expect(PARTIAL.every(([name]) => names.includes(name))).toBe(want);
    expect(PARTIAL.some(([name]) => names.includes(name))).toBe(want);
  });
});

describe('fields that the edge writes', () => {
  const rows: [name: string, setting: Setting, changes: Partial<ViewerRequest>, field: string, want: string | undefined][] = [
    ['User-Agent listed', ALL_VIEWER, { fields: [['user-agent', 'curl/8']] }, 'user-agent', 'curl/8'],
    ['User-Agent listed, none sent', ALL_VIEWER, {}, 'user-agent', 'Amazon CloudFront'],
    ['Via over HTTP/3', {}, { httpVersion: '3.0' }, 'via', `3.0 ${VIA_HOST} (CloudFront)`],
    ['Via, version unknown', {}, { httpVersion: undefined }, 'via', `1.1 ${VIA_HOST} (CloudFront)`],
    ['Via appended', {}, { fields: [['via', '1.1 proxy']] }, 'via', `1.1 proxy, 1.1 ${VIA_HOST} (CloudFront)`],
    ['X-Forwarded-For appended', {}, { fields: [['x-forwarded-for', '10.0.0.1']] }, 'x-forwarded-for', '10.0.0.1, 198.51.100.10'],
    ['X-Amz-Cf-Id replaced', ALL_VIEWER, { fields: [['x-amz-cf-id', 'forged']] }, 'x-amz-cf-id', 'ID=='],
    [
      'fields that Connection names',
      ALL_VIEWER,
      {
        fields: [
          ['connection', 'close, X-A'],
          ['x-a', '1'],
        ],
      },
      'x-a',
      undefined,
    ],
    [
      'custom header in place of a viewer field',
      { ...ALL_VIEWER, origin: { customHeaders: [['x-a', 'ours']] } },
      {
        fields: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      },
      'x-a',
      'ours',
    ],
    ['custom header in place of an own field', { origin: { customHeaders: [['user-agent', 'ours']] } }, {}, 'user-agent', 'ours'],
    [
      'Content-Type of a body',
      {},
      { method: 'POST', body: { kind: 'length', length: 1 }, fields: [['content-type', 'text/plain']] },
      'content-type',
      'text/plain',
    ],
    ['Content-Type without a body', {}, { fields: [['content-type', 'text/plain']] }, 'content-type', undefined],
    ['cookies that do not parse', ALL_VIEWER, { fields: [['cookie', 'a=1; oops']] }, 'cookie', undefined],
    ['cookies sorted, without $', ALL_VIEWER, { fields: [['cookie', 'b=2; $Path=/; a=1']] }, 'cookie', 'a=1; b=2'],
    [
      'a forged CloudFront header',
      ALL_VIEWER,
      { fields: [['cloudfront-viewer-country', 'XX']] },
      'cloudfront-viewer-country',
      undefined,
    ],
    [
      'a CloudFront header asked for',
      { forwarded: { headers: { kind: 'whitelist', names: ['cloudfront-viewer-country'] } }, place: { country: 'SE' } },
      { fields: [['cloudfront-viewer-country', 'XX']] },
      'cloudfront-viewer-country',
      'SE',
    ],
    [
      'a CloudFront header asked for, place unknown',
      { forwarded: { headers: { kind: 'whitelist', names: ['cloudfront-viewer-country'] } } },
      { fields: [['cloudfront-viewer-country', 'XX']] },
      'cloudfront-viewer-country',
      undefined,
    ],
    [
      'a keyed CloudFront header',
      { cache: { headers: ['cloudfront-forwarded-proto'] } },
      {},
      'cloudfront-forwarded-proto',
      'http',
    ],
    [
      'a legacy CloudFront header',
      { legacy: { headers: ['cloudfront-is-desktop-viewer'] } },
      {},
      'cloudfront-is-desktop-viewer',
      'true',
    ],
    ['all but Host adds CloudFront headers', EXCEPT_HOST, {}, 'cloudfront-viewer-address', '198.51.100.10:46532'],
    ['allViewer adds none', ALL_VIEWER, {}, 'cloudfront-viewer-address', undefined],
  ];
  test.each(rows)('%s', (_, setting, changes, field, want) => expect(sent(setting, changes, field)).toBe(want));
});

describe('WebSocket handshakes', () => {
  const KEY = ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='] as const;
  const HANDSHAKE: Partial<ViewerRequest> = {
    upgrade: 'websocket',
    fields: [['upgrade', 'websocket'], ['connection', 'Upgrade'], KEY, ['sec-websocket-version', '13']],
  };
  const LISTED: Setting = {
    forwarded: { headers: { kind: 'whitelist', names: ['sec-websocket-key', 'sec-websocket-version'] } },
  };
  const rows: [name: string, setting: Setting, changes: Partial<ViewerRequest>, want: OriginRequest['upgrade']][] = [
    ['all viewer headers', ALL_VIEWER, HANDSHAKE, 'websocket'],
    ['the headers listed', LISTED, HANDSHAKE, 'websocket'],
    ['legacy settings forward what they do not list', { legacy: {} }, HANDSHAKE, 'websocket'],
    ['no policy for them', {}, HANDSHAKE, undefined],
    ['only one of them', { forwarded: { headers: { kind: 'whitelist', names: ['sec-websocket-key'] } } }, HANDSHAKE, undefined],
    ['no handshake', ALL_VIEWER, { ...HANDSHAKE, upgrade: undefined }, undefined],
    ['S3', { ...ALL_VIEWER, origin: { kind: { kind: 's3', originAccessIdentity: undefined } } }, HANDSHAKE, undefined],
    ['a VPC origin', { ...ALL_VIEWER, origin: { vpcOriginId: 'vo_1' } }, HANDSHAKE, undefined],
    ['a client certificate', { ...ALL_VIEWER, origin: { clientCertificate: { id: 'c', version: 1 } } }, HANDSHAKE, undefined],
    [
      'a key that belongs to the connection',
      ALL_VIEWER,
      { ...HANDSHAKE, fields: [['connection', 'Upgrade, Sec-WebSocket-Key'], KEY, ['sec-websocket-version', '13']] },
      undefined,
    ],
  ];
  test.each(rows)('%s', (_, setting, changes, want) => {
    const asked = ask(setting, changes);
    expect(asked.upgrade).toBe(want);
    expect(asked.fields.map(([name]) => name)).not.toContain('upgrade');
  });
});
