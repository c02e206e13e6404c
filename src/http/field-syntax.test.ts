import { describe, expect, test } from 'bun:test';
import { fieldCase } from './field-case.ts';
import { withoutHopByHop } from './hop-by-hop.ts';
import { mediaType } from './media-type.ts';
import { listMembers, trimWhitespace, unquote } from './token.ts';
import { parseVary } from './vary.ts';

describe('fieldCase', () => {
  const rows: [name: string, want: string][] = [
    ['content-type', 'Content-Type'],
    ['etag', 'ETag'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['x-amz-cf-id', 'X-Amz-Cf-Id'],
    ['x-amz-cf-pop', 'X-Amz-Cf-Pop'],
    ['x-cache', 'X-Cache'],
    ['dnt', 'DNT'],
    ['te', 'TE'],
    ['x-forwarded-for', 'X-Forwarded-For'],
    ['cloudfront-is-ios-viewer', 'CloudFront-Is-IOS-Viewer'],
    ['x-http-method-override', 'X-HTTP-Method-Override'],
    ['a--b', 'A--B'],
    ['1a', '1a'],
  ];
  test.each(rows)('%s: %s', (name, want) => {
    expect(fieldCase(name)).toBe(want);
    expect(fieldCase(name)).toBe(want);
  });
});

describe('withoutHopByHop', () => {
  const rows: [connection: string, want: string][] = [
    ['keep-alive', 'x-a x-b'],
    ['close, X-A', 'x-b'],
    ['x-a,x-b', ''],
  ];
  test.each(rows)('Connection: %s', (connection, want) => {
    const kept = withoutHopByHop([
      ['connection', connection],
      ['x-a', '1'],
      ['te', 'trailers'],
      ['upgrade', 'h2c'],
      ['content_length', '5'],
      ['http2-settings', 'AAMAAABkAAQCAAAAAAIAAAAA'],
      ['transfer_encoding', 'chunked'],
      ['x-b', '2'],
    ]);
    expect(kept.map(([name]) => name).join(' ')).toBe(want);
  });
});

describe('mediaType', () => {
  const rows: [value: string, want: string | undefined][] = [
    ['text/html', 'text/html'],
    ['Text/HTML; charset=utf-8', 'text/html'],
    [' application/json ;a=b', 'application/json'],
    ['text', undefined],
    ['/html', undefined],
    ['text/', undefined],
    ['', undefined],
  ];
  test.each(rows)('%p', (value, want) => expect(mediaType(value)).toBe(want));
});

describe('lists', () => {
  const rows: [value: string, want: readonly string[]][] = [
    ['a, b', ['a', 'b']],
    [',, a ,\tb,', ['a', 'b']],
    ['a="x,y", b', ['a="x,y"', 'b']],
    ['a="x\\",y", b', ['a="x\\",y"', 'b']],
    ['a="x, b', ['a="x, b']],
    ['a="x\\', ['a="x\\']],
    ['', []],
  ];
  test.each(rows)('%p', (value, want) => expect(listMembers(value)).toEqual([...want]));
});

test('quoted strings', () => {
  expect(['"a\\"b"', '""', 'a', '"a', '"a"b"'].map(unquote)).toEqual(['a"b', '', undefined, undefined, undefined]);
});

test('only spaces and tabs are whitespace', () => expect(trimWhitespace(' \ta\u00a0\t ')).toBe('a\u00a0'));

test('Vary', () => {
  expect(parseVary('Accept-Encoding, Origin,accept-encoding')).toEqual(['accept-encoding', 'origin']);
  expect(parseVary('Origin, *')).toBe('*');
});
