import { describe, expect, test } from 'bun:test';
import { partsThatDiffer } from './function-parts.ts';
import type { JsonObject } from './json-object.ts';
import { partsOfLambdaEvent, partsOfLambdaResult } from './lambda-parts.ts';

const custom = { customHeaders: { 'x-o': [{ value: '1' }] }, domainName: 'a.example.com', path: '', sslProtocols: ['TLSv1.2'] };
const request = {
  method: 'GET',
  uri: '/a',
  querystring: 'b=c',
  headers: { host: [{ key: 'Host', value: 'a' }], 'x-m': [{ value: '1' }, { value: '2' }] },
  origin: { custom },
  body: { action: 'read-only', encoding: 'base64', data: 'YQ==' },
};
const response = { status: '200', statusDescription: 'OK', headers: { etag: [{ key: 'ETag', value: '"1"' }] } };
const asked: JsonObject = { Records: [{ cf: { request } }] };
const answered: JsonObject = { Records: [{ cf: { request, response } }] };

test('an event: the request, or the response of a response event', () => {
  expect(Object.fromEntries(partsOfLambdaEvent(asked))).toEqual({
    method: 'GET',
    uri: '/a',
    querystring: 'b=c',
    'header host': 'a',
    'header x-m': '1, 2',
    origin: 'custom',
    'origin header x-o': '1',
    'origin domainName': 'a.example.com',
    'origin path': '',
    'origin sslProtocols': '["TLSv1.2"]',
    body: 'base64 YQ==',
  });
  expect(Object.fromEntries(partsOfLambdaEvent(answered))).toEqual({
    status: '200',
    statusDescription: 'OK',
    'header etag': '"1"',
  });
});

describe('what a result has otherwise', () => {
  const of = (event: JsonObject, result: JsonObject): string[] =>
    partsThatDiffer(partsOfLambdaEvent(event), partsOfLambdaResult(result, event)).map(
      ({ part, before = '', after = '' }) => `${part}: ${before} -> ${after}`,
    );
  const rows: [name: string, event: JsonObject, result: JsonObject, want: readonly string[]][] = [
    ['nothing', asked, { request }, []],
    ['what is not returned is as it was', asked, { request: { headers: request.headers } }, []],
    ['but for headers', asked, { request: {} }, ['header host: a -> ', 'header x-m: 1, 2 -> ']],
    ['a header whose list is empty', asked, { request: { headers: { ...request.headers, host: [] } } }, ['header host: a -> ']],
    ['a body that is not replaced stays', asked, { request: { ...request, body: { action: 'read-only', data: 'x' } } }, []],
    [
      'a body',
      asked,
      { request: { ...request, body: { action: 'replace', encoding: 'text', data: 'x' } } },
      ['body: base64 YQ== -> x'],
    ],
    [
      'an origin',
      asked,
      { request: { ...request, origin: { s3: { domainName: 'b.s3.amazonaws.com' } } } },
      [
        'origin: custom -> s3',
        'origin header x-o: 1 -> ',
        'origin domainName: a.example.com -> b.s3.amazonaws.com',
        'origin path:  -> ',
        'origin sslProtocols: ["TLSv1.2"] -> ',
      ],
    ],
    ['a status that is a number', answered, { response: { ...response, status: 200 } }, []],
    ['a body of its own', answered, { response: { ...response, body: 'x' } }, ['body:  -> x']],
    [
      'anything',
      asked,
      { request: { headers: { a: 5, b: [1, null] } } },
      ['header host: a -> ', 'header x-m: 1, 2 -> ', 'header a:  -> 5', 'header b:  -> 1, null'],
    ],
  ];
  test.each(rows)('%s', (_, event, result, want) => expect(of(event, result)).toEqual([...want]));
});
