/** Each header of CloudFront's lists ("Restrictions on all edge functions"), written down here once more, for all four events. */
import { describe, expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';
import { collectLambdaFaults, type LambdaFault } from './lambda-faults.ts';
import { readLambdaHeaders } from './read-lambda-headers.ts';

const DISALLOWED =
  'Connection Expect Keep-Alive Proxy-Authenticate Proxy-Authorization Proxy-Connection Trailer Upgrade X-Accel-Buffering X-Accel-Charset ' +
  'X-Accel-Limit-Rate X-Accel-Redirect X-Amz-Cf-Anything X-Amzn-Auth X-Amzn-Cf-Billing X-Amzn-Cf-Id X-Amzn-Cf-Xff X-Amzn-Errortype ' +
  'X-Amzn-Fle-Profile X-Amzn-Header-Count X-Amzn-Header-Order X-Amzn-Lambda-Integration-Tag X-Amzn-RequestId X-Cache X-Edge-Anything ' +
  'X-Forwarded-Proto X-Real-IP';
const READ_ONLY: readonly [LambdaEventType, string][] = [
  ['viewer-request', 'CDN-Loop Content-Length Host Transfer-Encoding Via'],
  [
    'origin-request',
    'Accept-Encoding CDN-Loop Content-Length If-Modified-Since If-None-Match If-Range If-Unmodified-Since Transfer-Encoding Via',
  ],
  ['origin-response', 'Transfer-Encoding Via'],
  ['viewer-response', 'Warning Via Content-Length Content-Encoding Transfer-Encoding'],
];

function read(given: object, before: Fields, eventType: LambdaEventType): Fields | LambdaFault {
  const faults = collectLambdaFaults();
  const fields = readLambdaHeaders(given, 'headers', before, eventType, faults);
  return faults.first ?? fields;
}

const one = (name: string, value = '1'): object => ({ [name]: [{ key: name, value }] });

describe.each(READ_ONLY.map(([eventType]) => eventType))('%s: what may not be added', (eventType) => {
  test.each(DISALLOWED.split(' '))('%s', (name) => {
    const message = `headers: the header ${name.toLowerCase()} is not allowed`;
    expect(read(one(name), [], eventType)).toEqual({ kind: 'lambdaBlacklisted', message });
  });
});

describe.each(READ_ONLY)('%s: what may not be added, changed or deleted', (eventType, names) => {
  test.each(names.split(' '))('%s', (given) => {
    const name = given.toLowerCase();
    const there: Fields = [[name, '1']];
    const fault = {
      kind: 'lambdaReadOnly',
      message: `headers: the header ${name} is read-only for ${eventType} functions`,
    } as const;
    expect(read(one(given), there, eventType)).toEqual(there);
    expect(read({}, there, eventType)).toEqual(fault);
    expect(read(one(name), [], eventType)).toEqual(fault);
    expect(read(one(name, '2'), there, eventType)).toEqual(fault);
  });
});

test('others may be, CloudFront’s own among them on the origin’s side', () => {
  for (const name of ['cloudfront-viewer-country', 'host', 'user-agent', 'authorization', 'x-forwarded-for'])
    expect(read(one(name), [], 'origin-request')).toEqual([[name, '1']]);
  for (const name of ['content-length', 'content-encoding', 'server', 'date', 'age', 'warning'])
    expect(read(one(name), [], 'origin-response')).toEqual([[name, '1']]);
});

test('what was no UTF-8 and is given back goes on as it came', () => {
  const before: Fields = [
    ['via', '1.1 caf\xe9'],
    ['x-a', '\xe9'],
    ['x-b', '\xc3\xa9'],
  ];
  const given = { via: [{ value: '1.1 café' }], 'x-a': [{ value: 'é' }, { value: 'à' }], 'x-b': [{ value: 'é' }] };
  expect(read(given, before, 'viewer-request')).toEqual([
    ['via', '1.1 caf\xe9'],
    ['x-a', '\xe9'],
    ['x-a', '\xc3\xa0'],
    ['x-b', '\xc3\xa9'],
  ]);
});
