import { describe, expect, test } from 'bun:test';
import { redact } from './redact.ts';

describe('secrets are hidden, the rest stays', () => {
  const rows: [name: string, text: string, want: string][] = [
    ['nothing to hide', 'GET /index.html failed: connection refused', 'GET /index.html failed: connection refused'],
    [
      'a presigned URL',
      'GET http://h/b/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Date=1&X-Amz-Signature=00ff&x=1 failed',
      'GET http://h/b/k?X-Amz-Credential=[redacted]&X-Amz-Date=1&X-Amz-Signature=[redacted]&x=1 failed',
    ],
    [
      'a signed URL of CloudFront',
      'https://h/a?Policy=eyJ_&Signature=AbC~_-&Key-Pair-Id=K1',
      'https://h/a?Policy=[redacted]&Signature=[redacted]&Key-Pair-Id=[redacted]',
    ],
    ['an Authorization field', 'authorization: Bearer abc.def', 'authorization: Bearer [redacted]'],
    [
      'SigV4 in a field',
      'Authorization: AWS4-HMAC-SHA256 Credential=AK/1/s3, Signature=00',
      'Authorization: AWS4-HMAC-SHA256 [redacted]',
    ],
    ['cookies', 'cookie: session=1; b=2', 'cookie: [redacted]'],
    ['JSON', '{"secretAccessKey": "abc/def+1", "accessKeyId": "AK"}', '{"secretAccessKey": "[redacted]", "accessKeyId": "AK"}'],
    ['an environment variable', 'AWS_SECRET_ACCESS_KEY=abc', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['a password in a URL', 'nats://user:pass@host:4222', 'nats://user:[redacted]@host:4222'],
    [
      'a key in PEM',
      'cannot read -----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY----- of k.pem',
      'cannot read -----BEGIN EC PRIVATE KEY-----[redacted] of k.pem',
    ],
    ['half a key', '-----BEGIN PRIVATE KEY-----\nMHc', '-----BEGIN PRIVATE KEY-----[redacted]'],
    ['a path that only sounds so', '/token/policy: not found', '/token/policy: not found'],
  ];
  test.each(rows)('%s', (_, text, want) => {
    expect(redact(text)).toBe(want);
  });
});
