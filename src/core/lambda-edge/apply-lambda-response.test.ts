import { describe, expect, test } from 'bun:test';
import { applyGenerated, applyLambdaResponse } from './apply-lambda-response.ts';
import { lambdaHeaders, shownResponseFields } from './lambda-event.ts';

describe('a response that a function made', () => {
  const rows: [name: string, returned: object, want: object][] = [
    ['a status alone', { status: '200' }, { status: 200, fields: [], body: undefined }],
    ['a status that is a number', { status: 404 }, { status: 404 }],
    [
      'headers and a body',
      { status: '200', headers: { 'X-A': [{ value: '1' }, { value: '2' }] }, body: 'b' },
      {
        fields: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
        body: { encoding: 'text', data: 'b' },
      },
    ],
    ['a body in base64', { status: '200', body: 'Yg==', bodyEncoding: 'base64' }, { body: { encoding: 'base64', data: 'Yg==' } }],
    ['204 without a body', { status: '204', body: '' }, { status: 204 }],
  ];
  test.each(rows)('%s', (_, returned, want) => {
    expect(applyGenerated({ ...returned }, 'viewer-request')).toMatchObject({ kind: 'response', ...want });
  });

  const refused: [name: string, returned: object, kind: string, message: string][] = [
    ['a status below 200', { status: '101' }, 'lambdaInvalid', 'from 200 to 599'],
    ['a status above 599', { status: '600' }, 'lambdaInvalid', 'from 200 to 599'],
    ['a status that is none', { status: 'OK' }, 'lambdaInvalid', 'from 200 to 599'],
    ['204 with a body', { status: '204', body: 'x' }, 'lambdaBody', 'must be empty with status 204'],
    ['a body that is no text', { status: '200', body: { a: 1 } }, 'lambdaBody', 'response.body must be a string'],
    ['an encoding that is none', { status: '200', body: 'x', bodyEncoding: 'gzip' }, 'lambdaBody', 'must be text or base64'],
    ['a body that is no base64', { status: '200', body: '*', bodyEncoding: 'base64' }, 'lambdaBody', 'is not base64'],
    ['more than 40 KB', { status: '200', body: 'x'.repeat(40_961) }, 'lambdaBody', 'longer than 40960'],
    ['headers and body together', { status: '200', headers: { a: [{ value: 'x'.repeat(40_960) }] } }, 'lambdaBody', 'together'],
    ['Content-Length', { status: '200', headers: { 'content-length': [{ value: '1' }] } }, 'lambdaReadOnly', 'content-length'],
    ['Via', { status: '200', headers: { via: [{ value: '1' }] } }, 'lambdaReadOnly', 'via is read-only'],
    ['a blacklisted header', { status: '200', headers: { 'x-cache': [{ value: '1' }] } }, 'lambdaBlacklisted', 'x-cache'],
    ['a header in two lines', { status: '200', headers: { a: [{ value: 'b\nc: d' }] } }, 'lambdaInvalid', 'cannot have'],
    ['a description in two lines', { status: '200', statusDescription: 'a\r\nb' }, 'lambdaInvalid', 'statusDescription'],
  ];
  test.each(refused)('%s', (_, returned, kind, message) => {
    const result = applyGenerated({ ...returned }, 'viewer-request');
    expect(result).toMatchObject({ kind: 'invalid', fault: { kind } });
    expect(result.kind === 'invalid' && result.fault.message).toContain(message);
  });

  test('as much as 1 MB on the origin’s side', () => {
    const returned = { status: '200', body: 'x'.repeat(1024 * 1024) };
    expect(applyGenerated(returned, 'origin-request').kind).toBe('response');
    expect(applyGenerated({ ...returned, body: `${returned.body}x` }, 'origin-request').kind).toBe('invalid');
  });
});

describe('a response that a function changed', () => {
  const fields = [
    ['content-type', 'text/html'],
    ['x-cache', 'somebody’s'],
    ['via', '1.1 origin'],
  ] as const;
  const shown = shownResponseFields(fields, 5);
  const original = { status: 200, fields, shown };
  const given = { status: '200', statusDescription: 'OK', headers: lambdaHeaders(shown) };

  test('nothing changed: what it did not see stays', () => {
    expect(applyLambdaResponse(given, original, 'viewer-response')).toEqual({
      kind: 'response',
      status: 200,
      statusDescription: 'OK',
      fields: [fields[0], fields[2], fields[1]],
      body: undefined,
    });
  });
  test('status and body on the origin’s side', () => {
    expect(applyLambdaResponse({ ...given, status: '404', body: 'no' }, original, 'origin-response')).toMatchObject({
      status: 404,
      body: { data: 'no' },
    });
  });

  test('a response of its own has none of the original’s headers', () => {
    const plain = { status: 200, fields: [['etag', '"1"']] as const, shown: [['etag', '"1"']] as const };
    expect(applyLambdaResponse({ status: '200', body: 'new' }, plain, 'origin-response')).toMatchObject({ fields: [] });
  });

  const refused: [name: string, returned: object, event: 'origin-response' | 'viewer-response', kind: string][] = [
    ['a status for the viewer', { ...given, status: '201' }, 'viewer-response', 'lambdaInvalid'],
    ['no length for the viewer', { ...given, headers: { via: given.headers['via'] } }, 'viewer-response', 'lambdaReadOnly'],
    ['a coding for the viewer', added('content-encoding'), 'viewer-response', 'lambdaReadOnly'],
    ['a warning for the viewer', added('warning'), 'viewer-response', 'lambdaReadOnly'],
    ['Via', { ...given, headers: {} }, 'origin-response', 'lambdaReadOnly'],
    ['Transfer-Encoding', added('transfer-encoding'), 'origin-response', 'lambdaReadOnly'],
    ['a blacklisted header', added('x-accel-redirect'), 'origin-response', 'lambdaBlacklisted'],
    ['a status that is none', { ...given, status: '0' }, 'origin-response', 'lambdaInvalid'],
    ['no status at all', { headers: given.headers }, 'origin-response', 'lambdaInvalid'],
    ['no headers at all, and so no Via', { status: '200', body: 'new' }, 'origin-response', 'lambdaReadOnly'],
  ];
  test.each(refused)('%s', (_, returned, event, kind) => {
    expect(applyLambdaResponse({ ...returned }, original, event)).toMatchObject({ kind: 'invalid', fault: { kind } });
  });

  function added(name: string): object {
    return { ...given, headers: { ...given.headers, [name]: [{ value: '1' }] } };
  }
});
