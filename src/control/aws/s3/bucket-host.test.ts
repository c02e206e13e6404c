import { expect, test } from 'bun:test';
import { bucketOfHost, isBucketName } from './bucket-host.ts';

test.each([
  ['b.s3.us-east-1.amazonaws.com', 'rest b'],
  ['b.s3.amazonaws.com', 'rest b'],
  ['B.S3.EU-WEST-1.amazonaws.com', 'rest b'],
  ['b.s3-eu-west-1.amazonaws.com', 'rest b'],
  ['b.s3.dualstack.eu-west-1.amazonaws.com', 'rest b'],
  ['b.s3.us-gov-west-1.amazonaws.com', 'rest b'],
  ['www.my.site.s3.us-east-1.amazonaws.com', 'rest www.my.site'],
  ['b.s3-website-us-east-1.amazonaws.com', 'website b'],
  ['b.s3-website.eu-central-1.amazonaws.com', 'website b'],
  ['b.s3.localhost', 'rest b'],
  ['s3.us-east-1.amazonaws.com', 'none'],
  ['s3.amazonaws.com', 'none'],
  ['b.localhost', 'none'],
  ['b.s3.us-east-1.amazonaws.com.example.org', 'none'],
  ['example.org', 'none'],
])('%s', (host, want) => {
  const found = bucketOfHost(host);
  expect(found === undefined ? 'none' : `${found.kind} ${found.bucket}`).toBe(want);
});

test.each([
  ['abc', true],
  ['my.bucket-1', true],
  ['ab', false],
  ['a'.repeat(64), false],
  ['Abc', false],
  ['a..b', false],
  ['-ab', false],
  ['10.0.0.1', false],
  ['xn--abc', false],
  ['abc-s3alias', false],
])('bucket name %s', (name, want) => {
  expect(isBucketName(name)).toBe(want);
});
