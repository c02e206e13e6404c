import { describe, expect, test } from 'bun:test';
import { sampleDistribution, sampleRequest } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import type { ViewerRequest } from '../request.ts';
import { applyFunctionRequest, type ChangedRequest } from './apply-function-request.ts';
import { viewerRequestEvent } from './function-event.ts';

const distribution = compileDistribution(sampleDistribution({}));

const REQUEST: ViewerRequest = sampleRequest({
  host: 'www.example.com',
  path: '/a',
  query: 'x=1&x=2&y',
  fields: [
    ['accept', 'text/html'],
    ['x-many', '1, 2'],
    ['connection', 'keep-alive'],
    ['x-forwarded-proto', 'https'],
    ['via', '1.1 proxy'],
    ['cookie', 'a=1; b=2'],
  ],
});

const input = {
  distribution,
  behavior: distribution.defaultBehavior,
  request: REQUEST,
  requestId: 'ID==',
  now: 0,
  place: undefined,
};
const event = viewerRequestEvent(input);
const HEADERS = JSON.parse(event.request.headers) as Record<string, unknown>;

function applied(changed: ChangedRequest): ViewerRequest | string {
  const result = applyFunctionRequest(REQUEST, event, changed);
  return result.kind === 'request' ? result.request : `${result.fault.isHeader ? 'header' : 'value'}: ${result.fault.message}`;
}

test('what a function sees', () => {
  expect(event.request).toEqual({
    method: 'GET',
    uri: '/a',
    query: 'x=1&x=2&y',
    querystring: '{"x":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]},"y":{"value":""}}',
    headers:
      '{"host":{"value":"www.example.com"},"accept":{"value":"text/html"},"x-many":{"value":"1, 2"},"via":{"value":"1.1 proxy"}}',
    cookies: '{"a":{"value":"1"},"b":{"value":"2"}}',
  });
});

describe('what it may change', () => {
  const rows: [name: string, changed: ChangedRequest, want: Partial<ViewerRequest>][] = [
    ['nothing', {}, {}],
    ['the URI', { uri: '/b/c' }, { path: '/b/c' }],
    ['to what is not ASCII', { uri: '/ä ?#%zz%20' }, { path: '/%C3%A4%20%3F%23%25zz%20' }],
    [
      'the query',
      { querystring: { a: { value: '1' }, b: { value: '2', multiValue: [{ value: '3' }, { value: '4' }] } } },
      { query: 'a=1&b=3&b=4' },
    ],
    ['the query as a text', { querystring: 'q=%20' }, { query: 'q=%20' }],
    ['the query away', { querystring: {} }, { query: undefined }],
    [
      'a value whose multiValue stays: it is the first, and the others stay',
      { querystring: { x: { value: '9', multiValue: [{ value: '1' }, { value: '2' }] } } },
      { query: 'x=9&x=2' },
    ],
    [
      'nothing of a value that has several',
      { querystring: { x: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] } } },
      { query: 'x=1&x=2' },
    ],
    ['a multiValue: it wins', { querystring: { x: { value: '1', multiValue: [{ value: '7' }] } } }, { query: 'x=7' }],
    [
      'headers, and what it does not see stays',
      { headers: { ...HEADERS, accept: undefined, 'x-new': { value: ' à ' } } },
      {
        fields: [
          ['x-many', '1, 2'],
          ['via', '1.1 proxy'],
          ['x-new', '\xc3\xa0'],
          ['connection', 'keep-alive'],
          ['x-forwarded-proto', 'https'],
          ['cookie', 'a=1; b=2'],
        ],
      },
    ],
    [
      'cookies',
      { cookies: { b: { value: '2' }, c: { value: '3', multiValue: [{ value: '3' }, { value: '4' }] } } },
      { fields: [...REQUEST.fields.slice(0, -1), ['cookie', 'b=2; c=3; c=4']] },
    ],
    ['cookies away', { cookies: null }, { fields: REQUEST.fields.slice(0, -1) }],
  ];
  test.each(rows)('%s', (_, changed, want) => {
    expect(applied(JSON.parse(JSON.stringify(changed)) as ChangedRequest)).toEqual({ ...REQUEST, ...want });
  });
});

describe('what it may not, with the field and the rule', () => {
  const rows: [name: string, changed: ChangedRequest, want: string][] = [
    ['the method', { method: 'POST' }, 'value: request.method is read-only'],
    ['no URI', { uri: null }, 'value: request.uri must be a string'],
    ['a relative URI', { uri: 'a' }, 'value: request.uri must begin with a slash'],
    ['a line end in the URI', { uri: '/a\r\nX: y' }, 'value: request.uri holds a character that it cannot have'],
    ['half a character', { uri: '/\ud800' }, 'value: request.uri holds half a surrogate pair'],
    [
      'too long a URL',
      { uri: `/${'a'.repeat(8191)}`, querystring: {} },
      'value: request.uri and request.querystring together must be shorter than 8192 characters',
    ],
    [
      'a space in the query',
      { querystring: 'a= ' },
      'value: request.querystring holds a character that it cannot have: encode it first',
    ],
    [
      'a fragment in the query',
      { querystring: { a: { value: '#' } } },
      'value: request.querystring holds a character that it cannot have: encode it first',
    ],
    ['a number', { querystring: { a: { value: 1 } } }, 'value: request.querystring["a"].value must be a string'],
    ['a bare text', { headers: { ...HEADERS, a: 'x' } }, 'value: request.headers["a"] must be an object with a value'],
    ['a list', { headers: [] }, 'value: request.headers must be an object'],
    [
      'a multiValue that is no list',
      { cookies: { a: { value: '1', multiValue: '2' } } },
      'value: request.cookies["a"].multiValue must be an array',
    ],
    ['a header name', { headers: { ...HEADERS, 'a b': { value: '' } } }, 'value: request.headers: "a b" is not a header name'],
    [
      'CR LF in a header',
      { headers: { ...HEADERS, a: { value: 'x\r\ny: z' } } },
      'value: request.headers["a"].value holds a character that a header cannot have',
    ],
    [
      'NUL in a header',
      { headers: { ...HEADERS, a: { value: '\0' } } },
      'value: request.headers["a"].value holds a character that a header cannot have',
    ],
    [
      'CR LF in a cookie',
      { cookies: { a: { value: '\r\n' } } },
      'value: request.cookies holds a character that a cookie cannot have',
    ],
    [
      'a cookie header',
      { headers: { ...HEADERS, cookie: { value: 'a=1' } } },
      'value: request.headers: cookies belong in request.cookies',
    ],
    [
      'a disallowed header',
      { headers: { ...HEADERS, 'X-Amz-Cf-Id': { value: '' } } },
      'header: request.headers: the header x-amz-cf-id is not allowed',
    ],
    [
      'X-Real-IP',
      { headers: { ...HEADERS, 'x-real-ip': { value: '1' } } },
      'header: request.headers: the header x-real-ip is not allowed',
    ],
    [
      'another Host',
      { headers: { ...HEADERS, host: { value: 'other' } } },
      'header: request.headers: the header host is read-only for viewer-request functions',
    ],
    [
      'no headers at all',
      { headers: null },
      'header: request.headers: the header host is read-only for viewer-request functions',
    ],
    [
      'a Content-Length',
      { headers: { ...HEADERS, 'content-length': { value: '1' } } },
      'header: request.headers: the header content-length is read-only for viewer-request functions',
    ],
    [
      'another Via',
      { headers: { ...HEADERS, via: { value: 'x' } } },
      'header: request.headers: the header via is read-only for viewer-request functions',
    ],
    [
      'the viewer’s country',
      { headers: { ...HEADERS, 'cloudfront-viewer-country': { value: 'DE' } } },
      'header: request.headers: the header cloudfront-viewer-country may not be added',
    ],
  ];
  test.each(rows)('%s', (_, changed, want) => expect(applied(changed)).toBe(want));
});
