import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../model/json-object.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';
import { judgeLambdaResult } from './judge-lambda-result.ts';
import type { LambdaRecord, LambdaRequest } from './lambda-event.ts';

const request: LambdaRequest = {
  clientIp: '192.0.2.1',
  method: 'GET',
  uri: '/a',
  querystring: 'b=c',
  headers: { host: [{ key: 'Host', value: 'www.example.com' }], via: [{ key: 'Via', value: '1.1 é' }] },
};
const custom = {
  customHeaders: {},
  domainName: 'origin.example.com',
  path: '/v1',
  port: 443,
  protocol: 'https',
  sslProtocols: ['TLSv1.2'],
  keepaliveTimeout: 5,
  readTimeout: 30,
} as const;
const s3 = {
  authMethod: 'origin-access-identity',
  customHeaders: { 'x-o': [{ key: 'X-O', value: '1' }] },
  domainName: 'b.s3.eu-west-1.amazonaws.com',
  path: '',
  region: 'eu-west-1',
} as const;
const response = { status: '200', statusDescription: 'OK', headers: { etag: [{ key: 'ETag', value: '"1"' }] } };

function judged(eventType: LambdaEventType, more: Partial<LambdaRecord>, returned: object): string {
  const config = { distributionDomainName: 'd', distributionId: 'E', eventType, requestId: 'r' };
  const result = judgeLambdaResult({ config, request, ...more }, returned as JsonObject);
  return result.kind === 'invalid' ? result.fault.message : result.kind;
}

describe('as the edge would, by the event alone', () => {
  const ofCustom = { request: { ...request, origin: { custom } } };
  const ofS3 = { request: { ...request, origin: { s3 } } };
  const rows: [name: string, eventType: LambdaEventType, more: Partial<LambdaRecord>, returned: object, want: string][] = [
    ['a request given back', 'viewer-request', {}, request, 'request'],
    ['a response in its place', 'viewer-request', {}, { status: '302' }, 'response'],
    ['another Host', 'viewer-request', {}, { ...request, headers: {} }, 'request.headers: the header host is read-only'],
    ['with a custom origin', 'origin-request', ofCustom, ofCustom.request, 'request'],
    ['with one of S3', 'origin-request', ofS3, ofS3.request, 'request'],
    ['of S3, as somebody', 'origin-request', ofS3, { ...request, origin: { s3: { ...s3, path: '/p' } } }, 'request'],
    ['a response for the cache', 'origin-request', ofS3, { status: 200, body: 'x'.repeat(50_000) }, 'response'],
    [
      'a bad port',
      'origin-request',
      ofCustom,
      { ...request, origin: { custom: { ...custom, port: 22 } } },
      'request.origin.custom.port must',
    ],
    ['a response given back', 'origin-response', { ...ofS3, response }, response, 'response'],
    ['another status', 'origin-response', { response }, { ...response, status: 404 }, 'response'],
    [
      'another status for the viewer',
      'viewer-response',
      { response },
      { ...response, status: 404 },
      'response.status cannot be changed',
    ],
  ];
  test.each(rows)('%s', (_, eventType, more, returned, want) => expect(judged(eventType, more, returned)).toStartWith(want));
});
