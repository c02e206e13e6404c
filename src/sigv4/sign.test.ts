import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'bun:test';
import { fieldValue } from '../http/fields.ts';
import { deriveAsymmetricKey } from './asymmetric-key.ts';
import { EMPTY_PAYLOAD, sha256Hex } from './canonical-request.ts';
import { signHeaders } from './sign.ts';

// The worked examples of AWS's S3 documentation, "Authenticating Requests: Using the Authorization Header".
const example = {
  host: 'examplebucket.s3.amazonaws.com',
  service: 's3',
  region: 'us-east-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  now: Date.parse('2013-05-24T00:00:00Z'),
  uriEncodePath: false,
};

test.each([
  [
    'GET object',
    { method: 'GET', rawPath: '/test.txt', rawQuery: '', headers: [['range', 'bytes=0-9']] as const, payloadHash: EMPTY_PAYLOAD },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'GET bucket lifecycle',
    { method: 'GET', rawPath: '/', rawQuery: 'lifecycle', headers: [], payloadHash: EMPTY_PAYLOAD },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'list objects',
    { method: 'GET', rawPath: '/', rawQuery: 'prefix=J&max-keys=2', headers: [], payloadHash: EMPTY_PAYLOAD },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('%s', (_name, request, want) => {
  const signed = signHeaders({ ...example, ...request });
  expect(fieldValue(signed, 'authorization')).toEndWith(`, Signature=${want}`);
  expect(fieldValue(signed, 'x-amz-date')).toBe('20130524T000000Z');
});

test('the session token is added and signed', () => {
  const request = { ...example, method: 'GET', rawPath: '/', rawQuery: '', headers: [], payloadHash: sha256Hex('') };
  const plain = signHeaders(request);
  const withToken = signHeaders({ ...request, sessionToken: 'token' });
  expect(fieldValue(withToken, 'x-amz-security-token')).toBe('token');
  expect(fieldValue(withToken, 'authorization')).toContain(
    'SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,',
  );
  expect(fieldValue(plain, 'x-amz-security-token')).toBeUndefined();
});

test('spellings of the same path and query sign alike', () => {
  const request = { ...example, method: 'GET', headers: [], payloadHash: EMPTY_PAYLOAD };
  const one = signHeaders({ ...request, rawPath: '/a%20b/(c)/%7ed', rawQuery: 'y=%7e&x=1+2' });
  const other = signHeaders({ ...request, rawPath: '/a%20b/%28c%29/~d', rawQuery: 'x=1%202&y=~' });
  expect(one).toEqual(other);
});

test('4A: no region in the scope, the regions in a field, and a signature of the derived key', () => {
  const host = 'example.mrap.accesspoint.s3-global.amazonaws.com';
  const request = { ...example, host, regionSet: '*', method: 'GET', rawPath: '/a', rawQuery: '', headers: [] };
  const signed = signHeaders({ ...request, payloadHash: EMPTY_PAYLOAD });
  expect(fieldValue(signed, 'x-amz-region-set')).toBe('*');
  const names = 'host;x-amz-content-sha256;x-amz-date;x-amz-region-set';
  const scope = '20130524/s3/aws4_request';
  const stated = `AWS4-ECDSA-P256-SHA256 Credential=${example.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`;
  const authorization = fieldValue(signed, 'authorization') ?? '';
  expect(authorization).toStartWith(stated);
  const canonical = [
    'GET',
    '/a',
    '',
    `host:${host}`,
    `x-amz-content-sha256:${EMPTY_PAYLOAD}`,
    'x-amz-date:20130524T000000Z',
    'x-amz-region-set:*',
    '',
    names,
    EMPTY_PAYLOAD,
  ].join('\n');
  const text = ['AWS4-ECDSA-P256-SHA256', '20130524T000000Z', scope, sha256Hex(canonical)].join('\n');
  const key = createPublicKey(deriveAsymmetricKey(example.accessKeyId, example.secretAccessKey));
  expect(verify('sha256', Buffer.from(text), key, Buffer.from(authorization.slice(stated.length), 'hex'))).toBe(true);
});
