import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { COMPRESSIBLE_TYPES, isCompressibleType } from '../../tables/compressible-types.ts';
import type { Storing } from '../cache/decide-storing.ts';
import { compressedFields, decideCompression, type CompressionInput } from './decide-compression.ts';
import type { ViewerRequest } from '../request.ts';

const BOTH = { gzip: true, brotli: true };
const GZIP_ONLY = { gzip: true, brotli: false };

interface Case {
  readonly compress?: boolean;
  readonly flags?: { readonly gzip: boolean; readonly brotli: boolean } | undefined;
  readonly accept?: string | undefined;
  readonly httpVersion?: ViewerRequest['httpVersion'];
  readonly method?: string;
  readonly status?: number;
  readonly type?: string | undefined;
  readonly length?: number | undefined;
  readonly fields?: Fields;
  readonly storing?: Storing;
  readonly semantics?: 'cloudfront' | 'rfc9111';
  readonly hasCapacity?: boolean;
}

function storedFor(lifetime: number, initialAge = 0): Storing {
  const freshness = {
    requestTime: 0,
    responseTime: 0,
    initialAge,
    lifetime,
    staleWhileRevalidate: undefined,
    staleIfError: undefined,
    alwaysRevalidate: false,
  };
  return { kind: 'store', because: '', freshness };
}

function inputOf(given: Case): CompressionInput {
  const it: Required<Case> = {
    compress: true,
    flags: BOTH,
    accept: 'gzip, deflate, br',
    httpVersion: '1.1',
    method: 'GET',
    status: 200,
    type: 'text/html',
    length: 5000,
    fields: [],
    storing: storedFor(60_000),
    semantics: 'cloudfront',
    hasCapacity: true,
    ...given,
  };
  const request = { httpVersion: it.httpVersion, fields: it.accept === undefined ? [] : [['accept-encoding', it.accept]] };
  return {
    behavior: { source: { compress: it.compress }, key: { acceptEncoding: it.flags } } as CompressionInput['behavior'],
    distribution: { semantics: it.semantics },
    request: request as unknown as ViewerRequest,
    method: it.method,
    head: {
      status: it.status,
      fields: [...(it.type === undefined ? [] : [['content-type', it.type] as const]), ...it.fields],
      bodyLength: it.length,
    },
    storing: it.storing,
    hasCapacity: it.hasCapacity,
  };
}

type Row = readonly [name: string, given: Case, want: string];
const ROWS: readonly Row[] = [
  ['both codings: brotli is preferred', {}, 'br'],
  ['only gzip accepted', { accept: 'gzip' }, 'gzip'],
  ['only brotli accepted', { accept: 'br' }, 'br'],
  ['order and weights do not matter', { accept: 'gzip;q=1.0, br;q=0.1' }, 'br'],
  ['brotli refused by q=0', { accept: 'gzip, br;q=0' }, 'gzip'],
  ['names in capitals', { accept: 'GZIP' }, 'gzip'],
  ['only the gzip flag', { flags: GZIP_ONLY }, 'gzip'],
  ['only the gzip flag, only brotli accepted', { flags: GZIP_ONLY, accept: 'br' }, 'not-accepted'],
  ['only the brotli flag', { flags: { gzip: false, brotli: true } }, 'br'],
  ['only the brotli flag, only gzip accepted', { flags: { gzip: false, brotli: true }, accept: 'gzip' }, 'not-accepted'],
  ['both flags off', { flags: undefined }, 'not-accepted'],
  ['Compress is off', { compress: false }, 'compress-off'],
  ['no Accept-Encoding', { accept: undefined }, 'not-accepted'],
  ['an empty Accept-Encoding', { accept: '' }, 'not-accepted'],
  ['identity', { accept: 'identity' }, 'not-accepted'],
  ['any coding is none in particular', { accept: '*' }, 'not-accepted'],
  ['zstd and deflate alone', { accept: 'zstd, deflate' }, 'not-accepted'],
  ['HTTP/1.0', { httpVersion: '1.0' }, 'not-accepted'],
  ['HTTP/2', { httpVersion: '2.0' }, 'br'],
  ['HTTP/3', { httpVersion: '3.0' }, 'br'],
  ['a version the runtime does not tell', { httpVersion: undefined }, 'br'],
  ['HEAD has no body', { method: 'HEAD' }, 'method'],
  ['OPTIONS, cached', { method: 'OPTIONS' }, 'method'],
  ['not stored', { storing: { kind: 'pass', reason: 'no-store' } }, 'ttl'],
  ['caching disabled', { storing: { kind: 'pass', reason: 'caching-disabled' } }, 'ttl'],
  ['stored with TTL 0', { storing: storedFor(0) }, 'ttl'],
  ['too old on arrival', { storing: storedFor(60_000, 60_000) }, 'ttl'],
  ['fresh for a second', { storing: storedFor(1000) }, 'br'],
  ['403', { status: 403 }, 'br'],
  ['404', { status: 404 }, 'br'],
  ['201', { status: 201 }, 'status'],
  ['206', { status: 206 }, 'status'],
  ['301', { status: 301 }, 'status'],
  ['400', { status: 400 }, 'status'],
  ['410', { status: 410 }, 'status'],
  ['500', { status: 500 }, 'status'],
  ['503', { status: 503 }, 'status'],
  ['gzip by the origin', { fields: [['content-encoding', 'gzip']] }, 'already-encoded'],
  ['identity by the origin', { fields: [['content-encoding', 'identity']] }, 'already-encoded'],
  ['an empty Content-Encoding', { fields: [['content-encoding', '']] }, 'already-encoded'],
  ['a type with parameters', { type: 'text/html; charset=utf-8' }, 'br'],
  ['a type in capitals, a space before the semicolon', { type: 'Text/HTML ;charset=utf-8' }, 'br'],
  ['a type without a top level', { type: 'vnd.apple.mpegurl' }, 'br'],
  ['JSON', { type: 'application/json' }, 'br'],
  ['SVG', { type: 'image/svg+xml' }, 'br'],
  ['linked JSON is not listed', { type: 'application/ld+json' }, 'content-type'],
  ['a picture', { type: 'image/png' }, 'content-type'],
  ['woff2', { type: 'font/woff2' }, 'content-type'],
  ['no type', { type: undefined }, 'content-type'],
  ['two types', { fields: [['content-type', 'text/html']] }, 'content-type'],
  ['999 octets', { length: 999 }, 'too-small'],
  ['1,000 octets', { length: 1000 }, 'br'],
  ['10,000,000 octets', { length: 10_000_000 }, 'br'],
  ['10,000,001 octets', { length: 10_000_001 }, 'too-large'],
  ['an empty body', { length: 0 }, 'too-small'],
  ['chunked', { length: undefined }, 'unknown-length'],
  ['no-transform, as CloudFront does', { fields: [['cache-control', 'no-transform']] }, 'br'],
  ['no-transform, to the letter', { fields: [['cache-control', 'no-transform']], semantics: 'rfc9111' }, 'no-transform'],
  ['to the letter', { semantics: 'rfc9111' }, 'br'],
  ['a busy edge', { hasCapacity: false }, 'busy'],
];
test.each(ROWS)('%s', (_name, given, want) => {
  const got = decideCompression(inputOf(given));
  expect<string>(got.kind === 'compress' ? got.coding : got.reason).toBe(want);
});

test('every listed type counts, and no prefix of one', () => {
  for (const type of COMPRESSIBLE_TYPES) {
    expect(isCompressibleType(`${type.toUpperCase()};a=b`)).toBe(true);
    expect(isCompressibleType(`${type}x`)).toBe(false);
  }
  expect(COMPRESSIBLE_TYPES.size).toBe(48);
});

type FieldsRow = readonly [name: string, fields: Fields, want: Fields];
const GZIP = ['content-encoding', 'gzip'] as const;
const VARY = ['vary', 'Accept-Encoding'] as const;
const FIELD_ROWS: readonly FieldsRow[] = [
  ['nothing to change', [['server', 'nginx']], [['server', 'nginx'], VARY, GZIP]],
  ['a strong tag', [['etag', '"x"']], [['etag', 'W/"x"'], VARY, GZIP]],
  ['a weak tag', [['etag', 'W/"x"']], [['etag', 'W/"x"'], VARY, GZIP]],
  ['a tag without quotes', [['etag', 'x']], [VARY, GZIP]],
  ['a tag with a small w', [['etag', 'w/"x"']], [VARY, GZIP]],
  ['an empty tag value', [['etag', '']], [VARY, GZIP]],
  ['the empty tag', [['etag', '""']], [['etag', 'W/""'], VARY, GZIP]],
  ['a Vary', [['vary', 'Cookie']], [['vary', 'Cookie, Accept-Encoding'], GZIP]],
  ['a Vary that says it', [['vary', 'accept-encoding']], [['vary', 'accept-encoding'], GZIP]],
  ['a Vary by anything', [['vary', '*']], [['vary', '*, Accept-Encoding'], GZIP]],
  [
    'digests',
    [
      ['content-md5', 'x'],
      ['repr-digest', 'y'],
      ['digest', 'z'],
    ],
    [VARY, GZIP],
  ],
];
test.each(FIELD_ROWS)('fields: %s', (_name, fields, want) => {
  expect(compressedFields(fields, 'gzip')).toEqual(want);
});
