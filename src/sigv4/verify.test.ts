import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Field, Fields } from '../http/fields.ts';
import { MINUTE } from '../model/units.ts';
import { EMPTY_PAYLOAD, sha256Hex } from './canonical-request.ts';
import { readClaim, type SignedHead } from './claim.ts';
import { signHeaders, type SigningRequest } from './sign.ts';
import { verifyClaim, type KeyLookup } from './verify.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const lookup: KeyLookup<string> = (accessKeyId, sessionToken) => {
  if (accessKeyId !== 'AKIDEXAMPLE') return 'unknown-key';
  return sessionToken === 'bad' ? 'invalid-token' : { secretAccessKey: SECRET, principal: 'somebody' };
};

const base: SigningRequest = {
  method: 'POST',
  host: 'localhost:4566',
  rawPath: '/2020-05-31/function/a%2Fb',
  rawQuery: 'Operation=Tag&Resource=arn%3Aaws',
  headers: [['content-type', 'text/xml']],
  service: 'cloudfront',
  region: 'us-east-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: SECRET,
  payloadHash: sha256Hex('<a/>'),
  now: NOW,
  uriEncodePath: true,
};

function signed(request: SigningRequest): SignedHead {
  const { method, rawPath, rawQuery } = request;
  const added = signHeaders(request);
  return { method, rawPath, rawQuery, headers: [['host', request.host], ...request.headers, ...added] };
}

function verdict(head: SignedHead, payloadHash: string, now = NOW): string {
  const claim = readClaim(head);
  if (claim.kind !== 'claim') return claim.kind === 'refused' ? claim.reason : claim.kind;
  const found = verifyClaim(claim, head, payloadHash, lookup, now);
  return found.kind === 'refused' ? found.reason : `verified ${found.principal}`;
}

const change = (head: SignedHead, name: string, edit: (value: string) => string): SignedHead => {
  const headers = head.headers.map((field): Field => (field[0] === name ? [name, edit(field[1])] : field));
  return { ...head, headers };
};
const s3: SigningRequest = { ...base, service: 's3', uriEncodePath: false, rawPath: '/bucket//a%20key' };
const sessionToken = 'bad';

describe('header-signed', () => {
  const rows: [name: string, head: SignedHead, payloadHash: string, now: number, want: string][] = [
    ['as signed', signed(base), base.payloadHash, NOW, 'verified somebody'],
    ['S3, as signed', signed(s3), s3.payloadHash, NOW, 'verified somebody'],
    ['wrong secret', signed({ ...base, secretAccessKey: 'other' }), base.payloadHash, NOW, 'mismatch'],
    ['unknown key', signed({ ...base, accessKeyId: 'AKIDOTHER' }), base.payloadHash, NOW, 'unknown-key'],
    ['invalid token', signed({ ...base, sessionToken }), base.payloadHash, NOW, 'invalid-token'],
    ['tampered body', signed(base), sha256Hex('<b/>'), NOW, 'mismatch'],
    ['tampered method', { ...signed(base), method: 'PUT' }, base.payloadHash, NOW, 'mismatch'],
    ['tampered path', { ...signed(base), rawPath: '/2020-05-31/function/a/b' }, base.payloadHash, NOW, 'mismatch'],
    ['tampered query', { ...signed(base), rawQuery: 'Operation=Untag&Resource=arn%3Aaws' }, base.payloadHash, NOW, 'mismatch'],
    ['tampered signed field', change(signed(base), 'content-type', () => 'text/plain'), base.payloadHash, NOW, 'mismatch'],
    ['15 minutes old', signed(base), base.payloadHash, NOW + 15 * MINUTE, 'verified somebody'],
    ['older', signed(base), base.payloadHash, NOW + 15 * MINUTE + 1, 'too-old'],
    ['15 minutes ahead', signed(base), base.payloadHash, NOW - 15 * MINUTE, 'verified somebody'],
    ['further ahead', signed(base), base.payloadHash, NOW - 15 * MINUTE - 1, 'too-new'],
    [
      'S3: a field added after signing',
      { ...signed(s3), headers: [...signed(s3).headers, ['x-amz-acl', 'public']] },
      s3.payloadHash,
      NOW,
      'unsigned-headers',
    ],
    ['no signature at all', { ...signed(base), headers: [['host', 'a']] }, EMPTY_PAYLOAD, NOW, 'unsigned'],
    ['another scheme', change(signed(base), 'authorization', () => 'AWS AKID:abc='), base.payloadHash, NOW, 'unsupported'],
    [
      'SigV4 under the name of 4A',
      change(signed(base), 'authorization', (v) => v.replace('HMAC', 'ECDSA-P256')),
      base.payloadHash,
      NOW,
      'malformed',
    ],
    ['host not signed', change(signed(base), 'authorization', (v) => v.replace('host;', '')), base.payloadHash, NOW, 'malformed'],
    ['short signature', change(signed(base), 'authorization', (v) => v.slice(0, -1)), base.payloadHash, NOW, 'malformed'],
    [
      'another day in the scope',
      change(signed(base), 'authorization', (v) => v.replace('20260301', '20260302')),
      base.payloadHash,
      NOW,
      'malformed',
    ],
    ['no date', change(signed(base), 'x-amz-date', () => 'soon'), base.payloadHash, NOW, 'malformed'],
    ['a parameter twice', change(signed(base), 'authorization', (v) => `${v}, Signature=x`), base.payloadHash, NOW, 'malformed'],
  ];
  test.each(rows)('%s', (_name, head, payloadHash, now, want) => {
    expect(verdict(head, payloadHash, now)).toBe(want);
  });
});

describe('signed with 4A', () => {
  const asymmetric = { ...base, regionSet: '*', service: 'cloudfront-keyvaluestore' };
  const head = signed(asymmetric);
  const signature = /Signature=(.*)$/;
  const rows: [name: string, head: SignedHead, payloadHash: string, now: number, want: string][] = [
    ['as signed', head, base.payloadHash, NOW, 'verified somebody'],
    ['of a region', signed({ ...asymmetric, regionSet: 'us-east-1' }), base.payloadHash, NOW, 'verified somebody'],
    ['S3', signed({ ...s3, regionSet: '*' }), s3.payloadHash, NOW, 'verified somebody'],
    ['wrong secret', signed({ ...asymmetric, secretAccessKey: 'other' }), base.payloadHash, NOW, 'mismatch'],
    ['unknown key', signed({ ...asymmetric, accessKeyId: 'AKIDOTHER' }), base.payloadHash, NOW, 'unknown-key'],
    ['tampered body', head, sha256Hex('<b/>'), NOW, 'mismatch'],
    ['tampered path', { ...head, rawPath: '/other' }, base.payloadHash, NOW, 'mismatch'],
    ['tampered region set', change(head, 'x-amz-region-set', () => 'us-east-1'), base.payloadHash, NOW, 'mismatch'],
    ['older than 15 minutes', head, base.payloadHash, NOW + 15 * MINUTE + 1, 'too-old'],
    [
      'no region set',
      change(head, 'authorization', (v) => v.replace('x-amz-region-set', 'x-a')),
      base.payloadHash,
      NOW,
      'malformed',
    ],
    [
      'no DER',
      change(head, 'authorization', (v) => v.replace(signature, `Signature=${'00'.repeat(32)}`)),
      base.payloadHash,
      NOW,
      'mismatch',
    ],
    ['no hex', change(head, 'authorization', (v) => v.replace(signature, 'Signature=zz')), base.payloadHash, NOW, 'malformed'],
    [
      '4A under the name of SigV4',
      change(head, 'authorization', (v) => v.replace('ECDSA-P256', 'HMAC')),
      base.payloadHash,
      NOW,
      'malformed',
    ],
  ];
  test.each(rows)('%s', (_name, asked, payloadHash, now, want) => {
    expect(verdict(asked, payloadHash, now)).toBe(want);
  });
});

describe('presigned', () => {
  // AWS, S3: "Authenticating Requests: Using Query Parameters", the worked example.
  const head: SignedHead = {
    method: 'GET',
    rawPath: '/test.txt',
    rawQuery:
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    headers: [['host', 'examplebucket.s3.amazonaws.com']],
  };
  const SIGNED_AT = Date.parse('2013-05-24T00:00:00Z');
  const example = { ...head, rawQuery: head.rawQuery.replace('AKIDEXAMPLE', 'AKIAIOSFODNN7EXAMPLE') };
  const exampleVerdict = (request: SignedHead, now: number): string => {
    const claim = readClaim(request);
    if (claim.kind !== 'claim') return claim.kind === 'refused' ? claim.reason : claim.kind;
    const found = verifyClaim(
      claim,
      request,
      'UNSIGNED-PAYLOAD',
      () => ({ secretAccessKey: SECRET, principal: 'somebody' }),
      now,
    );
    return found.kind === 'refused' ? found.reason : 'verified';
  };
  const edited = (from: string, to: string): SignedHead => ({ ...example, rawQuery: example.rawQuery.replace(from, to) });
  const rows: [name: string, head: SignedHead, now: number, want: string][] = [
    ["AWS's example", example, SIGNED_AT, 'verified'],
    ['in its last second', example, SIGNED_AT + 86_400_000, 'verified'],
    ['after its time', example, SIGNED_AT + 86_400_001, 'expired'],
    ['long before its time', example, SIGNED_AT - 16 * MINUTE, 'too-new'],
    ['longer life than signed', edited('Expires=86400', 'Expires=86401'), SIGNED_AT, 'mismatch'],
    ['more than a week', edited('Expires=86400', 'Expires=604801'), SIGNED_AT, 'malformed'],
    ['no life', edited('&X-Amz-Expires=86400', ''), SIGNED_AT, 'malformed'],
    ['a parameter twice', { ...example, rawQuery: `${example.rawQuery}&X-Amz-Expires=1` }, SIGNED_AT, 'malformed'],
    ['another algorithm', edited('AWS4-HMAC', 'AWS5-HMAC'), SIGNED_AT, 'unsupported'],
    [
      'signed twice',
      { ...example, headers: [...example.headers, ['authorization', 'AWS4-HMAC-SHA256 a=b']] },
      SIGNED_AT,
      'malformed',
    ],
    ['Signature Version 2', { ...example, rawQuery: 'AWSAccessKeyId=a&Signature=b&Expires=1' }, SIGNED_AT, 'unsupported'],
  ];
  test.each(rows)('%s', (_name, request, now, want) => {
    expect(exampleVerdict(request, now)).toBe(want);
  });
});

test('what is signed verifies, whatever the path, query and fields', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '%', '+', ' ', '/', '~', 'ü', '=', '&', '*', "'", '.') });
  fc.assert(
    fc.property(part, fc.array(fc.tuple(part, part)), part, fc.boolean(), (path, pairs, value, uriEncodePath) => {
      const rawPath = `/${path.split('/').map(encodeURIComponent).join('/')}`;
      const rawQuery = new URLSearchParams(pairs).toString();
      const headers: Fields = [['x-amz-meta-a', value]];
      const request = { ...base, rawPath, rawQuery, headers, uriEncodePath, service: uriEncodePath ? 'cloudfront' : 's3' };
      expect(verdict(signed(request), request.payloadHash)).toBe('verified somebody');
    }),
  );
});

test('anything may stand where a signature belongs', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (authorization, rawQuery) => {
      expect(
        readClaim({ ...signed(base), rawQuery, headers: [['authorization', `AWS4-HMAC-SHA256 ${authorization}`]] }).kind,
      ).not.toBe('claim');
    }),
  );
});
