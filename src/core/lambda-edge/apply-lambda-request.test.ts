import { describe, expect, test } from 'bun:test';
import type { Origin } from '../../model/distribution.ts';
import type { OriginRequest, ViewerRequest } from '../request.ts';
import { applyOriginRequest, applyViewerRequest } from './apply-lambda-request.ts';
import { lambdaHeaders, seenByOriginFunction, seenByViewerFunction } from './lambda-event.ts';
import { lambdaOrigin } from './lambda-origin.ts';

const request: ViewerRequest = {
  method: 'GET',
  scheme: 'https',
  httpVersion: '1.1',
  host: 'd1.cloudfront.localhost',
  path: '/a',
  query: 'b=c',
  fields: [
    ['accept', '*/*'],
    ['content-length', '3'],
    ['cloudfront-is-mobile-viewer', 'as the viewer says'],
    ['x-forwarded-proto', 'https'],
  ],
  viewerAddress: '192.0.2.1',
  viewerPort: 1,
  body: { kind: 'none' },
};
const seen = seenByViewerFunction(request, '/a');
const event = { clientIp: '192.0.2.1', method: 'GET', uri: '/a', querystring: 'b=c', headers: lambdaHeaders(seen.fields) };
const header = (name: string, value: unknown = '1', key?: string): object => ({
  headers: { ...event.headers, [name]: [{ ...(key !== undefined && { key }), value }] },
});
const without = (name: string): object => ({
  headers: Object.fromEntries(Object.entries(event.headers).filter(([each]) => each !== name)),
});

describe('on the viewer’s side', () => {
  const path = (changes: object): unknown => applied(changes).path;
  const applied = (changes: object): ViewerRequest => {
    const result = applyViewerRequest(request, seen, { ...event, ...changes });
    if (result.kind === 'invalid') throw new Error(result.fault.message);
    return result.request;
  };

  test('what is hidden is not seen, and stays', () => {
    expect(Object.keys(event.headers)).toEqual(['host', 'accept', 'content-length', 'cloudfront-is-mobile-viewer']);
    expect(applied({})).toEqual(request);
  });
  test('what is absent is as it was, but for headers', () => {
    expect(applyViewerRequest(request, seen, { headers: event.headers })).toMatchObject({ request });
    expect(applyViewerRequest(request, seen, {})).toMatchObject({ kind: 'invalid', fault: { kind: 'lambdaReadOnly' } });
  });
  test('a new URI, which may hold what a URI cannot', () => expect(path({ uri: '/b c?d' })).toBe('/b%20c%3Fd'));
  test('no query', () => expect(applied({ querystring: '' }).query).toBeUndefined());
  test('a header more, and one less', () => {
    expect(applied(header('x-a', 'ü', 'X-A')).fields).toContainEqual(['x-a', 'Ã¼']);
    expect(applied(header('x-a', '1', 'X-Other')).fields).toContainEqual(['x-a', '1']);
    expect(applied(without('accept')).fields).not.toContainEqual(['accept', '*/*']);
  });

  const rows: [name: string, changes: object, kind: string, message: string][] = [
    ['another host', header('host', 'example.com'), 'lambdaReadOnly', 'the header host is read-only for viewer-request'],
    ['no host', without('host'), 'lambdaReadOnly', 'host is read-only'],
    [
      'a host more',
      { headers: { ...event.headers, host: [...event.headers['host']!, { value: 'x' }] } },
      'lambdaReadOnly',
      'host',
    ],
    ['another length', header('content-length', '4'), 'lambdaReadOnly', 'content-length is read-only'],
    ['Via', header('via'), 'lambdaReadOnly', 'via is read-only'],
    ['Transfer-Encoding', header('transfer-encoding'), 'lambdaReadOnly', 'transfer-encoding is read-only'],
    ['a blacklisted header', header('x-edge-anything'), 'lambdaBlacklisted', 'x-edge-anything is not allowed'],
    ['one that is hidden from it', header('x-forwarded-proto'), 'lambdaBlacklisted', 'x-forwarded-proto is not allowed'],
    ['Connection, in another case', header('Connection'), 'lambdaBlacklisted', 'connection is not allowed'],
    ['the viewer’s country', header('cloudfront-viewer-country'), 'lambdaReadOnly', 'may not be added'],
    ['a new line in a value', header('x-a', 'a\r\nb: c'), 'lambdaInvalid', 'a character that a header cannot have'],
    ['a value that is no text', header('x-a', 5), 'lambdaInvalid', 'headers["x-a"][0].value must be a string'],
    ['a name that is none', header('x a'), 'lambdaInvalid', '"x a" is not a header name'],
    ['a key that is no text', { headers: { 'x-a': [{ key: 1, value: '1' }] } }, 'lambdaInvalid', 'key must be a string'],
    ['no array', { headers: { 'x-a': { value: '1' } } }, 'lambdaHeaderEntry', 'must be an array'],
    ['headers that are none', { headers: 'x' }, 'lambdaInvalid', 'request.headers must be an object'],
    ['another method', { method: 'POST' }, 'lambdaInvalid', 'method is read-only'],
    ['another viewer', { clientIp: '::1' }, 'lambdaInvalid', 'clientIp is read-only'],
    ['a URI without a slash', { uri: 'a' }, 'lambdaInvalid', 'must begin with a slash'],
    ['a query with a space', { querystring: 'a b' }, 'lambdaInvalid', 'querystring holds a character'],
    ['a fragment', { querystring: 'a#b' }, 'lambdaInvalid', 'querystring holds a character'],
    ['a query that is an object', { querystring: {} }, 'lambdaInvalid', 'querystring must be a string'],
    ['too long a URI', { uri: `/${'a'.repeat(8191)}`, querystring: '' }, 'lambdaInvalid', 'must be shorter than 8192'],
    ['a body that is text', { body: 'x' }, 'lambdaBody', 'request.body must be an object'],
    ['a body that is too long', { body: { action: 'replace', data: 'x'.repeat(40_961) } }, 'lambdaBody', 'longer than 40960'],
    ['a body that is no base64', { body: { action: 'replace', encoding: 'base64', data: '*' } }, 'lambdaBody', 'is not base64'],
    ['an action that is none', { body: { action: 'drop' } }, 'lambdaBody', 'must be read-only or replace'],
  ];
  test.each(rows)('%s', (_, changes, kind, message) => {
    const result = applyViewerRequest(request, seen, { ...event, ...changes });
    expect(result).toMatchObject({ kind: 'invalid', fault: { kind } });
    expect(result.kind === 'invalid' && result.fault.message).toContain(message);
  });

  test('a body of 40 KB may take its place', () => {
    const body = { action: 'replace', encoding: 'base64', data: Buffer.alloc(40_960).toString('base64') };
    expect(applyViewerRequest(request, seen, { ...event, body })).toMatchObject({ body: { encoding: 'base64' } });
  });
});

describe('on the origin’s side', () => {
  const origin: Origin = {
    id: 'o',
    domainName: 'origin.example.com',
    originPath: '/v1',
    customHeaders: [],
    connectionAttempts: 3,
    connectionTimeout: 10_000,
    responseTimeout: 30_000,
    responseCompletionTimeout: undefined,
    kind: {
      kind: 'custom',
      protocolPolicy: 'match-viewer',
      httpPort: 80,
      httpsPort: 443,
      sslProtocols: ['TLSv1.2'],
      keepaliveTimeout: 5000,
    },
    originAccessControl: undefined,
    originShieldRegion: undefined,
    vpcOriginId: undefined,
    clientCertificate: undefined,
  };
  const built: OriginRequest = {
    method: 'GET',
    scheme: 'https',
    hostname: 'origin.example.com',
    port: 443,
    host: 'origin.example.com',
    target: '/v1/a?b=c',
    fields: [
      ['if-none-match', '"e"'],
      ['via', '1.1 x'],
      ['x-amz-cf-id', 'id'],
    ],
  };
  const asked = seenByOriginFunction(request, built, '/v1');
  const given = {
    ...event,
    uri: '/a',
    headers: lambdaHeaders(asked.fields),
    origin: lambdaOrigin(origin, 'https'),
  };
  const custom = (given.origin as { readonly custom: object }).custom;
  const apply = (changes: object) => applyOriginRequest(built, origin, 'https', asked, { ...given, ...changes });

  test('nothing changed', () => {
    expect(apply({})).toMatchObject({ kind: 'request', origin, host: built.host, target: built.target, fields: built.fields });
  });
  test('another origin, which Host does not follow by itself', () => {
    const s3 = { authMethod: 'none', customHeaders: {}, domainName: 'b.s3.amazonaws.com', path: '/p', region: 'us-east-1' };
    expect(apply({ origin: { s3 }, uri: '/x' })).toMatchObject({
      origin: { domainName: 'b.s3.amazonaws.com', kind: { kind: 's3' } },
      host: 'origin.example.com',
      target: '/p/x?b=c',
    });
    const headers = { ...given.headers, host: [{ key: 'Host', value: 'b.s3.amazonaws.com' }] };
    expect(apply({ origin: { s3 }, headers })).toMatchObject({ host: 'b.s3.amazonaws.com' });
  });
  test('other settings of a custom one', () => {
    const changed = { ...custom, port: 8080, protocol: 'http', readTimeout: 4, customHeaders: { 'x-a': [{ value: '1' }] } };
    expect(apply({ origin: { custom: changed } })).toMatchObject({
      origin: {
        customHeaders: [['x-a', '1']],
        responseTimeout: 4000,
        kind: { protocolPolicy: 'http-only', httpPort: 8080, httpsPort: 8080 },
      },
    });
  });

  const s3 = { authMethod: 'none', customHeaders: {}, domainName: 'b.s3.amazonaws.com', path: '' };
  const rows: [name: string, changes: object, want: string][] = [
    ['a condition', { headers: { ...given.headers, 'if-none-match': [{ value: '"f"' }] } }, 'if-none-match is read-only'],
    [
      'Accept-Encoding',
      { headers: { ...given.headers, 'accept-encoding': [{ value: 'gzip' }] } },
      'accept-encoding is read-only',
    ],
    [
      'a header that is a custom one already',
      {
        headers: { ...given.headers, 'x-a': [{ value: '1' }] },
        origin: { custom: { ...custom, customHeaders: { 'X-A': [{ value: '2' }] } } },
      },
      'x-a is a custom header of the origin already',
    ],
    ['both kinds of origin', { origin: { custom, s3 } }, 'either custom or s3'],
    ['neither', { origin: {} }, 'either custom or s3'],
    ['a port that is none', { origin: { custom: { ...custom, port: 22 } } }, 'port must be a whole number from 1024'],
    ['a protocol that is none', { origin: { custom: { ...custom, protocol: 'ftp' } } }, 'protocol must be one of http, https'],
    ['a time that is too long', { origin: { custom: { ...custom, readTimeout: 121 } } }, 'readTimeout must be'],
    ['a time that is too short', { origin: { custom: { ...custom, readTimeout: 0 } } }, 'readTimeout must be'],
    ['keep-alive for too long', { origin: { custom: { ...custom, keepaliveTimeout: 121 } } }, 'keepaliveTimeout must be'],
    [
      'less time for all of it than for a part',
      { origin: { custom: { ...custom, readTimeout: 30, responseCompletionTimeout: 29 } } },
      'responseCompletionTimeout must be at least the readTimeout',
    ],
    ['a path with a slash at its end', { origin: { custom: { ...custom, path: '/a/' } } }, 'path must begin with a slash'],
    ['a name that is none', { origin: { custom: { ...custom, domainName: 'a b' } } }, 'domainName must be a domain name'],
    ['an address', { origin: { custom: { ...custom, domainName: '192.0.2.1' } } }, 'domainName must be a domain name'],
    ['no TLS at all', { origin: { custom: { ...custom, sslProtocols: [] } } }, 'sslProtocols must be a list'],
    [
      'a forbidden custom header',
      { origin: { custom: { ...custom, customHeaders: { host: [{ value: 'x' }] } } } },
      'cannot have host',
    ],
    ['S3 that is not', { origin: { s3: { ...s3, domainName: 'example.com' } } }, 'must be the name of a bucket'],
    ['S3 as nobody known', { origin: { s3: { ...s3, authMethod: 'x' } } }, 'authMethod must be'],
    ['S3 as somebody, nowhere', { origin: { s3: { ...s3, authMethod: 'origin-access-identity' } } }, 'region is required'],
    ['Host of this machine', { headers: { ...given.headers, host: [{ value: 'localhost' }] } }, 'of the loopback'],
  ];
  test.each(rows)('%s', (_, changes, want) => {
    const result = apply(changes);
    expect(result.kind === 'invalid' && result.fault.message).toContain(want);
  });
});
