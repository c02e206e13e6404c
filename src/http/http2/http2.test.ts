import { describe, expect, test } from 'bun:test';
import type { Field } from '../fields.ts';
import { H2_ERROR } from './frames.ts';
import { classifyRequestField } from './request-field.ts';
import { areTrailersValid, readRequestHead } from './request-head.ts';
import { readSettings } from './settings.ts';

const linesOf = (fields: readonly Field[]) => fields.map((field) => ({ field, kind: classifyRequestField(...field) }));

const GET: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/a?b'],
  [':authority', 'a.test'],
];
const without = (name: string): readonly Field[] => GET.filter((field) => field[0] !== name);
const withValue = (name: string, value: string): readonly Field[] =>
  GET.map((field) => (field[0] === name ? [name, value] : field));

describe('requests', () => {
  const head = { method: 'GET', host: 'a.test', target: '/a?b', fields: [] as Field[], length: undefined as number | undefined };
  const rows: [name: string, fields: readonly Field[], want: typeof head][] = [
    ['the least there is', GET, head],
    ['Host in place of an authority', [...without(':authority'), ['host', 'b.test']], { ...head, host: 'b.test' }],
    ['Host that says the same', [...GET, ['host', 'a.test']], head],
    ['Host in capitals, with the scheme’s port', [...GET, ['host', 'A.test:443']], head],
    ['neither', without(':authority'), { ...head, host: '' }],
    ['an empty authority is the core’s to refuse', withValue(':authority', ''), { ...head, host: '' }],
    [
      'fields in order, lines apart',
      [...GET, ['x-b', '1'], ['accept', '*/*'], ['x-b', '2']],
      {
        ...head,
        fields: [
          ['x-b', '1'],
          ['accept', '*/*'],
          ['x-b', '2'],
        ],
      },
    ],
    [
      'crumbs of a cookie, joined where the first was',
      [...GET, ['cookie', 'a=1'], ['x-b', '2'], ['cookie', 'b=2'], ['cookie', 'c=3']],
      {
        ...head,
        fields: [
          ['cookie', 'a=1; b=2; c=3'],
          ['x-b', '2'],
        ],
      },
    ],
    ['a length', [...GET, ['content-length', '12']], { ...head, fields: [['content-length', '12']], length: 12 }],
    ['TE: trailers', [...GET, ['te', 'trailers']], { ...head, fields: [['te', 'trailers']] }],
    ['an empty value', [...GET, ['x-a', '']], { ...head, fields: [['x-a', '']] }],
    [
      'octets above ASCII, spaces and tabs inside',
      [...GET, ['x-a', '\xe9 \t\x80']],
      { ...head, fields: [['x-a', '\xe9 \t\x80']] },
    ],
    ['a path that the core will refuse', withValue(':path', '*'), { ...head, target: '*' }],
  ];
  test.each(rows)('%s', (_name, fields, want) => expect(readRequestHead(linesOf(fields), 'https')).toEqual(want));
});

describe('malformed requests', () => {
  const rows: [name: string, fields: readonly Field[], want: string][] = [
    ['no method', without(':method'), 'no method'],
    ['an empty method', withValue(':method', ''), 'a field that no request may have'],
    ['a method that is no token', withValue(':method', 'G ET'), 'a field that no request may have'],
    ['CONNECT', withValue(':method', 'CONNECT'), 'CONNECT is not served'],
    ['no scheme', without(':scheme'), 'no scheme, or not that of the connection'],
    ['another scheme', withValue(':scheme', 'http'), 'no scheme, or not that of the connection'],
    ['no path', without(':path'), 'no path'],
    ['an empty path', withValue(':path', ''), 'no path'],
    ['two methods', [[':method', 'GET'], ...GET], 'a pseudo-field twice'],
    ['two paths, the first of them empty', [[':path', ''], ...GET], 'a pseudo-field twice'],
    ['two authorities', [...GET, [':authority', 'a.test']], 'a pseudo-field twice'],
    ['a pseudo-field behind a field', [...without(':path'), ['x-a', '1'], [':path', '/']], 'a pseudo-field after other fields'],
    [
      'a pseudo-field behind Host',
      [...without(':path'), ['host', 'a.test'], [':path', '/']],
      'a pseudo-field after other fields',
    ],
    ['a pseudo-field of answers', [...GET, [':status', '200']], 'a field that no request may have'],
    ['a pseudo-field that nobody knows', [...GET, [':protocol', 'websocket']], 'a field that no request may have'],
    ['a different Host', [...GET, ['host', 'b.test']], 'two different hosts'],
    ['a different port', [...GET, ['host', 'a.test:8443']], 'two different hosts'],
    ['two Hosts', [...without(':authority'), ['host', 'a.test'], ['host', 'a.test']], 'two Host fields'],
    ['two lengths', [...GET, ['content-length', '1'], ['content-length', '1']], 'two Content-Length fields'],
    ['a list of lengths', [...GET, ['content-length', '1, 1']], 'a Content-Length that is none'],
    ['a signed length', [...GET, ['content-length', '+1']], 'a Content-Length that is none'],
    ['an empty length', [...GET, ['content-length', '']], 'a Content-Length that is none'],
    ['an endless length', [...GET, ['content-length', '9'.repeat(16)]], 'a Content-Length that is none'],
    ...[
      ['Transfer-Encoding', 'transfer-encoding', 'chunked'],
      ['Connection', 'connection', 'close'],
      ['Keep-Alive', 'keep-alive', '1'],
      ['Proxy-Connection', 'proxy-connection', 'close'],
      ['Upgrade', 'upgrade', 'h2c'],
      ['TE: gzip', 'te', 'trailers, gzip'],
      ['a capital in a name', 'X-a', '1'],
      ['no name', '', '1'],
      ['a space in a name', 'x a', '1'],
      ['a colon in a name', 'x:a', '1'],
      ['a line end in a name', 'x\r\na', '1'],
      ['an octet above ASCII in a name', 'x\xe9', '1'],
      ['a line end in a value', 'x-a', '1\r\nx-b: 2'],
      ['a bare LF in a value', 'x-a', '1\n2'],
      ['a bare CR in a value', 'x-a', '1\r2'],
      ['NUL in a value', 'x-a', '1\0'],
      ['a control character in a value', 'x-a', '1\x7f'],
      ['a space before a value', 'x-a', ' 1'],
      ['a tab behind a value', 'x-a', '1\t'],
      ['a space for a value', 'x-a', ' '],
    ].map(([name, field, value]): [string, readonly Field[], string] => [
      name!,
      [...GET, [field!, value!]],
      'a field that no request may have',
    ]),
    ['a line end in the path', withValue(':path', '/ HTTP/1.1\r\nhost: b'), 'a field that no request may have'],
    ['a line end in the authority', withValue(':authority', 'a\r\nb'), 'a field that no request may have'],
  ];
  test.each(rows)('%s', (_name, fields, want) => expect(readRequestHead(linesOf(fields), 'https')).toBe(want));
});

describe('trailers', () => {
  const rows: [name: string, fields: readonly Field[], want: boolean][] = [
    ['fields', [['x-checksum', '1']], true],
    ['none', [], true],
    ['a pseudo-field', [[':path', '/']], false],
    ['a field of connections', [['transfer-encoding', 'chunked']], false],
  ];
  test.each(rows)('%s', (_name, fields, want) => expect(areTrailersValid(linesOf(fields))).toBe(want));
});

describe('SETTINGS', () => {
  const rows: [name: string, hex: string, want: ReturnType<typeof readSettings>][] = [
    ['none', '', { kind: 'settings', initialWindow: undefined }],
    ['a window', '0004 0001 0000', { kind: 'settings', initialWindow: 65_536 }],
    ['two windows: the last holds', '0004 0001 0000 0004 0000 0000', { kind: 'settings', initialWindow: 0 }],
    ['what nobody knows', 'ffff ffff ffff', { kind: 'settings', initialWindow: undefined }],
    ['half a setting', '0004 00', { kind: 'error', code: H2_ERROR.frameSize }],
    ['a window too large', '0004 8000 0000', { kind: 'error', code: H2_ERROR.flowControl }],
    ['push that is neither', '0002 0000 0002', { kind: 'error', code: H2_ERROR.protocol }],
    ['priorities that are neither', '0009 0000 0002', { kind: 'error', code: H2_ERROR.protocol }],
    ['frames too small', '0005 0000 3fff', { kind: 'error', code: H2_ERROR.protocol }],
    ['frames too large', '0005 0100 0000', { kind: 'error', code: H2_ERROR.protocol }],
    ['frames as large as can be', '0005 00ff ffff', { kind: 'settings', initialWindow: undefined }],
  ];
  test.each(rows)('%s', (_name, hex, want) => {
    const octets = Uint8Array.fromHex(`ff${hex.replaceAll(' ', '')}ff`);
    expect(readSettings(octets, 1, octets.length - 1)).toEqual(want);
  });
});
