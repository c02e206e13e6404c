/** Each header of CloudFront's lists ("Restrictions on all edge functions"), written down here once more. */
import { describe, expect, test } from 'bun:test';
import { readHeaders } from './function-header-rules.ts';
import { collectFaults, type FunctionFault } from './function-values.ts';
import type { FunctionEventType } from './function-event.ts';

const DISALLOWED =
  'Connection Expect Keep-Alive Proxy-Authenticate Proxy-Authorization Proxy-Connection Trailer Upgrade X-Accel-Buffering X-Accel-Charset ' +
  'X-Accel-Limit-Rate X-Accel-Redirect X-Amz-Cf-Anything X-Amzn-Auth X-Amzn-Cf-Billing X-Amzn-Cf-Id X-Amzn-Cf-Xff X-Amzn-Errortype ' +
  'X-Amzn-Fle-Profile X-Amzn-Header-Count X-Amzn-Header-Order X-Amzn-Lambda-Integration-Tag X-Amzn-RequestId X-Cache X-Edge-Anything ' +
  'X-Forwarded-Proto X-Real-IP CloudFront-Viewer-Cert-Pem';
const READ_ONLY: readonly [FunctionEventType, string][] = [
  ['viewer-request', 'CDN-Loop Content-Length Host Transfer-Encoding Via'],
  ['viewer-response', 'Warning Via'],
];

function faultOf(given: object, original: object, eventType: FunctionEventType): FunctionFault | undefined {
  const faults = collectFaults();
  readHeaders(given, 'headers', JSON.stringify(original), eventType, faults);
  return faults.first;
}

describe.each(['viewer-request', 'viewer-response'] as const)('%s: what may not be added', (eventType) => {
  test.each(DISALLOWED.split(' '))('%s', (name) => {
    const message = `headers: the header ${name.toLowerCase()} is not allowed`;
    expect(faultOf({ [name]: { value: '1' } }, {}, eventType)).toEqual({ isHeader: true, message });
  });
});

describe.each(READ_ONLY)('%s: what may not be added, changed or deleted', (eventType, names) => {
  test.each(names.split(' '))('%s', (given) => {
    const name = given.toLowerCase();
    const there = { [name]: { value: '1' } };
    const fault = { isHeader: true, message: `headers: the header ${name} is read-only for ${eventType} functions` };
    expect(faultOf(there, there, eventType)).toBeUndefined();
    expect(faultOf({}, there, eventType)).toEqual(fault);
    expect(faultOf(there, {}, eventType)).toEqual(fault);
    expect(faultOf({ [name]: { value: '2' } }, there, eventType)).toEqual(fault);
  });
});

test('names in lower case alone', () => {
  const message = 'headers must have header names in lower case: "X-New"';
  expect(faultOf({ 'X-New': { value: '1' } }, {}, 'viewer-response')).toEqual({ isHeader: false, message });
});

test('others may be', () => {
  for (const name of ['accept-encoding', 'x-amz-date', 'x-cached', 'content-type', 'warning'])
    expect(faultOf({ [name]: { value: '1' } }, {}, 'viewer-request')).toBeUndefined();
  for (const name of ['content-length', 'host', 'server', 'date'])
    expect(faultOf({ [name]: { value: '1' } }, {}, 'viewer-response')).toBeUndefined();
});
