import { describe, expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { functionResponse } from '../viewer-request/function-event.ts';
import { applyFunctionResponse, type ChangedResponse } from './apply-function-response.ts';

const FIELDS: Fields = [
  ['etag', '"1"'],
  ['via', '1.1 origin'],
  ['x-cache', 'Hit from elsewhere'],
  ['set-cookie', 'a=1; Path=/; Secure'],
  ['set-cookie', 'a=2'],
  ['set-cookie', 'b=3'],
];
const original = functionResponse(200, 'OK', FIELDS, 4);
const HEADERS = JSON.parse(original.headers) as Record<string, unknown>;

test('what a function sees', () => {
  expect(original).toEqual({
    statusCode: 200,
    statusDescription: 'OK',
    headers: '{"etag":{"value":"\\"1\\""},"via":{"value":"1.1 origin"},"content-length":{"value":"4"}}',
    cookies:
      '{"a":{"value":"1","attributes":"Path=/; Secure","multiValue":[{"value":"1","attributes":"Path=/; Secure"},{"value":"2"}]},"b":{"value":"3"}}',
  });
});

function applied(changed: ChangedResponse, isGenerated = false): unknown {
  const result = isGenerated ? applyFunctionResponse(changed) : applyFunctionResponse(changed, original, FIELDS);
  if (result.kind === 'invalid') return `${result.fault.isHeader ? 'header' : 'value'}: ${result.fault.message}`;
  const { kind: _, ...of } = result;
  return of;
}

describe('a viewer’s response', () => {
  const rows: [name: string, changed: ChangedResponse, want: unknown][] = [
    ['its status', { statusCode: 404 }, { status: 404, fields: FIELDS, body: undefined }],
    [
      'its headers',
      {
        headers: {
          ...HEADERS,
          etag: null,
          'x-a': { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
          'content-length': { value: '7' },
        },
      },
      'value: response.headers["etag"] must be an object with a value',
    ],
    [
      'a header with two values; framing is not a function’s',
      {
        headers: {
          via: HEADERS['via'],
          'x-a': { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
          'content-length': { value: '7' },
        },
      },
      {
        status: 200,
        fields: [['via', '1.1 origin'], ['x-a', '1'], ['x-a', '2'], ['x-cache', 'Hit from elsewhere'], ...FIELDS.slice(3)],
        body: undefined,
      },
    ],
    [
      'its cookies',
      { cookies: { c: { value: '4', attributes: 'Path=/' } } },
      { status: 200, fields: [...FIELDS.slice(0, 3), ['set-cookie', 'c=4; Path=/']], body: undefined },
    ],
    ['its body', { body: 'new' }, { status: 200, fields: FIELDS, body: { encoding: 'text', data: 'new' } }],
    [
      'a Via',
      { headers: { etag: HEADERS['etag'] } },
      'header: response.headers: the header via is read-only for viewer-response functions',
    ],
    [
      'a Warning',
      { headers: { ...HEADERS, warning: { value: '1' } } },
      'header: response.headers: the header warning is read-only for viewer-response functions',
    ],
  ];
  test.each(rows)('%s', (_, changed, want) => expect(applied(changed)).toEqual(want));
});

describe('a response of a function’s own', () => {
  const rows: [name: string, changed: ChangedResponse, want: unknown][] = [
    ['a status alone', { statusCode: 401 }, { status: 401, fields: [], body: undefined }],
    [
      'everything',
      {
        statusCode: 200,
        statusDescription: 'Fine',
        headers: { 'content-type': { value: 'text/html' } },
        cookies: { a: { value: '1' } },
        body: { encoding: 'base64', data: 'aGk=' },
      },
      {
        status: 200,
        statusDescription: 'Fine',
        fields: [
          ['content-type', 'text/html'],
          ['set-cookie', 'a=1'],
        ],
        body: { encoding: 'base64', data: 'aGk=' },
      },
    ],
    ['no status', { statusCode: null }, 'value: response.statusCode must be an integer from 200 to 599'],
    ['a text for a status', { statusCode: '200' }, 'value: response.statusCode must be an integer from 200 to 599'],
    ['half a status', { statusCode: 200.5 }, 'value: response.statusCode must be an integer from 200 to 599'],
    ['an interim status', { statusCode: 100 }, 'value: response.statusCode must be an integer from 200 to 599'],
    ['600', { statusCode: 600 }, 'value: response.statusCode must be an integer from 200 to 599'],
    [
      'a description that is none',
      { statusCode: 200, statusDescription: 1 },
      'value: response.statusDescription must be a string',
    ],
    [
      'a description in two lines',
      { statusCode: 200, statusDescription: 'OK\r\nX: y' },
      'value: response.statusDescription holds a character that it cannot have',
    ],
    [
      'a body that is none',
      { statusCode: 200, body: 1 },
      'value: response.body must be a string, or an object with encoding and data',
    ],
    [
      'another encoding',
      { statusCode: 200, body: { encoding: 'hex', data: '' } },
      'value: response.body.encoding must be text or base64',
    ],
    ['no data', { statusCode: 200, body: { encoding: 'text' } }, 'value: response.body.data must be a string'],
    ['bad base64', { statusCode: 200, body: { encoding: 'base64', data: '*' } }, 'value: response.body.data is not base64'],
    ...['A==', 'A=', 'AB=', 'AAAA==', 'A', '=', 'AA=A'].map((data): [string, ChangedResponse, string] => [
      `base64 that is ${data}`,
      { statusCode: 200, body: { encoding: 'base64', data } },
      'value: response.body.data is not base64',
    ]),
    ['a body with 204', { statusCode: 204, body: 'x' }, 'value: response.body is not allowed with status 204'],
    [
      'a body that is too long',
      { statusCode: 200, body: 'x'.repeat(40_961) },
      'value: response.body is longer than 40960 characters',
    ],
    [
      'X-Cache',
      { statusCode: 200, headers: { 'x-cache': { value: 'Hit' } } },
      'header: response.headers: the header x-cache is not allowed',
    ],
    [
      'X-Edge-Anything',
      { statusCode: 200, headers: { 'X-Edge-A': { value: '' } } },
      'header: response.headers: the header x-edge-a is not allowed',
    ],
    [
      'Set-Cookie',
      { statusCode: 200, headers: { 'set-cookie': { value: 'a=1' } } },
      'value: response.headers: cookies belong in response.cookies',
    ],
    [
      'CR LF',
      { statusCode: 200, headers: { a: { value: 'x\r\nset-cookie: y' } } },
      'value: response.headers["a"].value holds a character that a header cannot have',
    ],
    [
      'CR LF in attributes',
      { statusCode: 200, cookies: { a: { value: '1', attributes: 'Path=/\r\nx: y' } } },
      'value: response.cookies["a"] holds a character that a cookie cannot have',
    ],
  ];
  test.each(rows)('%s', (_, changed, want) => expect(applied(changed, true)).toEqual(want));
});
