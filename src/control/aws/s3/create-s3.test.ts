/** The bucket store as the real SDK sees it: signatures, chunked bodies and all. Policies have their own table in policy/. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketLocationCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openBucketStore } from '../../buckets/bucket-store.ts';
import type { BucketStore } from '../../buckets/bucket-store.ts';
import { createApiServer } from '../api-server.ts';
import { oaiCanonicalUserId } from '../canonical-user.ts';
import { createCredentials } from '../credentials.ts';
import type { Credentials } from '../credentials.ts';
import s3Model from '../models/s3.json';
import { loadModel } from '../wire/model.ts';
import type { ModelFile } from '../wire/model.ts';
import { createS3 } from './create-s3.ts';

let directory: string;
let buckets: BucketStore;
let credentials: Credentials;
let server: ReturnType<typeof Bun.serve>;
let s3: S3Client;
const reported: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'warmfront-s3-'));
  buckets = openBucketStore(join(directory, 'buckets'));
  credentials = await createCredentials(directory);
  const report = (line: string): void => void reported.push(line);
  const service = createS3({
    buckets,
    accountId: credentials.accountId,
    model: loadModel(s3Model as unknown as ModelFile),
    oaiExists: (id) => id === 'EOAI',
    report,
  });
  const api = createApiServer({ services: [service], credentials, now: Date.now, report });
  server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => api.handle(request) });
  s3 = client(credentials.user);
  await s3.send(new CreateBucketCommand({ Bucket: 'site' }));
});
afterAll(async () => {
  s3.destroy();
  await server.stop(true);
  buckets.close();
  rmSync(directory, { recursive: true });
  expect(reported).toEqual([]);
});

function client(pair: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): S3Client {
  return new S3Client({
    endpoint: server.url.origin,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: pair,
  });
}

/** `403 AccessDenied`, or `ok`. */
async function outcome(sent: Promise<unknown>): Promise<string> {
  try {
    await sent;
    return 'ok';
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return `${error.$metadata.httpStatusCode} ${error.name}`;
  }
}

const put = (Key: string, Body: string | Uint8Array, more: object = {}, Bucket = 'site') =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket: 'site', Key, ...more }));
const text = async (Key: string, more: object = {}): Promise<string | undefined> =>
  (await get(Key, more)).Body?.transformToString();

describe('objects', () => {
  test('what was put comes back, name and all', async () => {
    const Key = 'a b/ü+&<x>%2F//é.txt';
    const written = await put(Key, 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'max-age=5',
      Metadata: { kind: 'x' },
      Tagging: 'a=1&b=2',
    });
    expect(written.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(written.ChecksumCRC32).toBe('NhCmhg==');
    const read = await get(Key);
    expect(await read.Body?.transformToString()).toBe('hello');
    expect(read).toMatchObject({
      ContentType: 'text/plain',
      CacheControl: 'max-age=5',
      ContentLength: 5,
      Metadata: { kind: 'x' },
      TagCount: 2,
      ETag: written.ETag!,
    });
    const tags = await s3.send(new GetObjectTaggingCommand({ Bucket: 'site', Key }));
    expect(tags.TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
    expect(await outcome(s3.send(new DeleteObjectCommand({ Bucket: 'site', Key })))).toBe('ok');
    expect(await outcome(get(Key))).toBe('404 NoSuchKey');
  });

  test('a stream arrives in chunks with its checksum behind', async () => {
    const size = 3_000_000;
    const chunk = new Uint8Array(1_000_000).fill(7);
    const Body = Readable.from([chunk, chunk, chunk]);
    const written = await s3.send(
      new PutObjectCommand({ Bucket: 'site', Key: 'stream', Body, ContentLength: size, ChecksumAlgorithm: 'SHA256' }),
    );
    const read = await get('stream', { ChecksumMode: 'ENABLED' });
    expect(read.ContentLength).toBe(size);
    expect(read.ContentEncoding).toBeUndefined();
    expect(read.ChecksumSHA256).toBe(written.ChecksumSHA256);
    expect((await read.Body?.transformToByteArray())?.every((byte) => byte === 7)).toBe(true);
  });

  test.each([
    ['first', 'bytes=0-1', '01', 'bytes 0-1/10'],
    ['suffix', 'bytes=-3', '789', 'bytes 7-9/10'],
    ['open', 'bytes=8-', '89', 'bytes 8-9/10'],
    ['beyond the end', 'bytes=5-99', '56789', 'bytes 5-9/10'],
    ['several are ignored', 'bytes=0-1,3-4', '0123456789', undefined],
    ['malformed is ignored', 'lines=1-2', '0123456789', undefined],
  ])('range: %s', async (_name, Range, want, contentRange) => {
    await put('digits', '0123456789');
    const read = await get('digits', { Range });
    expect(await read.Body?.transformToString()).toBe(want);
    expect(read.ContentRange).toBe(contentRange);
  });

  test('conditions', async () => {
    const { ETag } = await put('cond', 'x');
    const past = new Date(Date.now() - 60_000);
    const future = new Date(Date.now() + 60_000);
    const rows: [string, string][] = [
      [await outcome(get('cond', { IfMatch: ETag })), 'ok'],
      [await outcome(get('cond', { IfMatch: '"other"' })), '412 PreconditionFailed'],
      [await outcome(get('cond', { IfUnmodifiedSince: past })), '412 PreconditionFailed'],
      [await outcome(get('cond', { IfMatch: ETag, IfUnmodifiedSince: past })), 'ok'],
      [(await outcome(get('cond', { IfNoneMatch: ETag }))).slice(0, 3), '304'],
      [(await outcome(get('cond', { IfModifiedSince: future }))).slice(0, 3), '304'],
      [await outcome(get('cond', { IfNoneMatch: '"other"', IfModifiedSince: future })), 'ok'],
      [await outcome(get('cond', { Range: 'bytes=5-' })), '416 InvalidRange'],
      [await outcome(put('cond', 'y', { IfNoneMatch: '*' })), '412 PreconditionFailed'],
      [await outcome(put('cond', 'y', { IfMatch: ETag })), 'ok'],
      [await outcome(put('cond', 'z', { IfMatch: ETag })), '412 PreconditionFailed'],
      [await outcome(put('cond-new', 'z', { IfMatch: ETag })), '404 NoSuchKey'],
    ];
    expect(rows.map((row) => row[0])).toEqual(rows.map((row) => row[1]));
    expect(await text('cond')).toBe('y');
  });

  test('what arrives damaged is refused and changes nothing', async () => {
    await put('safe', 'whole');
    const wrong = '1B2M2Y8AsgTpgAmY7PhCfg==';
    expect(await outcome(put('safe', 'x', { ContentMD5: wrong }))).toBe('400 BadDigest');
    expect(await outcome(put('safe', 'x', { ContentMD5: 'bad' }))).toBe('400 InvalidDigest');
    expect(await outcome(put('safe', 'x', { ChecksumCRC32: 'AAAAAA==' }))).toBe('400 BadDigest');
    expect(await outcome(put('k'.repeat(1025), 'x'))).toBe('400 KeyTooLongError');
    expect(await outcome(put('safe', 'x', { Metadata: { big: 'x'.repeat(3000) } }))).toBe('400 MetadataTooLarge');
    expect(await outcome(put('safe', 'x', { ServerSideEncryption: 'aws:kms' }))).toBe('501 NotImplemented');
    expect(await text('safe')).toBe('whole');
  });

  test('copies keep or replace metadata', async () => {
    await put('source', 'text', { ContentType: 'text/x', Metadata: { a: '1' } });
    const copy = (Key: string, more: object = {}) =>
      s3.send(new CopyObjectCommand({ Bucket: 'site', Key, CopySource: 'site/source', ...more }));
    await copy('kept');
    expect(await get('kept')).toMatchObject({ ContentType: 'text/x', Metadata: { a: '1' } });
    await copy('replaced', { MetadataDirective: 'REPLACE', ContentType: 'text/y' });
    expect(await get('replaced')).toMatchObject({ ContentType: 'text/y', Metadata: {} });
    expect(await outcome(copy('source'))).toBe('400 InvalidRequest');
    expect(await outcome(copy('x', { CopySource: 'site/none' }))).toBe('404 NoSuchKey');
    expect(await outcome(copy('x', { CopySource: 'nobucket/none' }))).toBe('404 NoSuchBucket');
    expect(await outcome(copy('x', { CopySourceIfMatch: '"no"' }))).toBe('412 PreconditionFailed');
  });

  test('HEAD says what GET would', async () => {
    await put('head', 'x'.repeat(10));
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'site', Key: 'head' }));
    expect(head).toMatchObject({ ContentLength: 10, ContentType: 'application/octet-stream', ServerSideEncryption: 'AES256' });
    expect(await outcome(s3.send(new HeadObjectCommand({ Bucket: 'site', Key: 'none' })))).toBe('404 NotFound');
  });
});

test('listing pages through keys and common prefixes', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'lists', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  for (const key of ['a/1', 'a/2', 'b c', 'd/1', 'é']) await put(key, 'x', {}, 'lists');
  const pages: string[] = [];
  for (let token: string | undefined, more = true; more;) {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: 'lists', Delimiter: '/', MaxKeys: 2, ContinuationToken: token }),
    );
    pages.push(
      [...(page.Contents ?? []).map((o) => o.Key), ...(page.CommonPrefixes ?? []).map((p) => `[${p.Prefix}]`)].join(' '),
    );
    token = page.NextContinuationToken;
    more = page.IsTruncated === true;
  }
  expect(pages).toEqual(['b c [a/]', 'é [d/]']);
  const v1 = await s3.send(new ListObjectsCommand({ Bucket: 'lists', MaxKeys: 2, Delimiter: '/', EncodingType: 'url' }));
  expect([v1.NextMarker, v1.IsTruncated, v1.Contents?.[0]?.Key]).toEqual(['b+c', true, 'b+c']);
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'lists' }))).LocationConstraint).toBe('eu-west-1');
  const gone = await s3.send(
    new DeleteObjectsCommand({
      Bucket: 'lists',
      Delete: { Objects: ['a/1', 'a/2', 'b c', 'd/1', 'é', 'never'].map((Key) => ({ Key })) },
    }),
  );
  expect(gone.Deleted).toHaveLength(6);
  expect(await outcome(s3.send(new DeleteBucketCommand({ Bucket: 'lists' })))).toBe('ok');
});

test('buckets', async () => {
  const create = (Bucket: string) => outcome(s3.send(new CreateBucketCommand({ Bucket })));
  expect(await create('site')).toBe('ok');
  expect(await create('Bad_Name')).toBe('400 InvalidBucketName');
  expect(await create('192.168.5.4')).toBe('400 InvalidBucketName');
  expect(await outcome(s3.send(new HeadBucketCommand({ Bucket: 'nobody' })))).toBe('404 NotFound');
  await put('keeps-it', 'x');
  expect(await outcome(s3.send(new DeleteBucketCommand({ Bucket: 'site' })))).toBe('409 BucketNotEmpty');
  expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map((bucket) => bucket.Name)).toEqual(['site']);
  expect(await outcome(s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: 'site' })))).toBe('501 NotImplemented');
});

test('multipart upload', async () => {
  const Bucket = 'site';
  const Key = 'parts';
  const large = new Uint8Array(5 * 1024 * 1024).fill(1);
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/z', ChecksumAlgorithm: 'CRC32' }),
  );
  const part = (PartNumber: number, Body: Uint8Array) =>
    s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }));
  const one = await part(1, large);
  await put('piece', '0123456789');
  const two = await s3.send(
    new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 2, CopySource: 'site/piece', CopySourceRange: 'bytes=2-4' }),
  );
  const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
  expect(listed.Parts?.map((p) => p.Size)).toEqual([large.length, 3]);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.map((u) => u.Key)).toEqual([Key]);
  const complete = (...Parts: { PartNumber: number; ETag?: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  const first = { PartNumber: 1, ETag: one.ETag };
  const second = { PartNumber: 2, ETag: two.CopyPartResult?.ETag };
  expect(await outcome(complete(second, first))).toBe('400 InvalidPartOrder');
  expect(await outcome(complete({ ...first, ETag: '"x"' }))).toBe('400 InvalidPart');
  const done = await complete(first, second);
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const read = await get(Key);
  const bytes = await read.Body?.transformToByteArray();
  expect([read.ContentLength, read.ContentType, Buffer.from(bytes!.subarray(-3)).toString()]).toEqual([
    large.length + 3,
    'text/z',
    '234',
  ]);
  expect((await get(Key, { PartNumber: 2 })).ContentRange).toBe(`bytes ${large.length}-${large.length + 2}/${large.length + 3}`);
  expect(await outcome(s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })))).toBe('404 NoSuchUpload');
});

describe('access', () => {
  const ARN = 'arn:aws:cloudfront::000000000000:distribution/E1';
  const allow = (principal: unknown, condition?: object): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: principal,
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::private/*',
          ...(condition === undefined ? {} : { Condition: condition }),
        },
      ],
    });
  const policy = (Policy: string) => outcome(s3.send(new PutBucketPolicyCommand({ Bucket: 'private', Policy })));
  const anonymous = async (path: string): Promise<string> => {
    const response = await fetch(`${server.url.origin}${path}`);
    return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1] ?? ''}`.trim();
  };
  const asCloudFront = (identity: Parameters<Credentials['originCredentials']>[0], Key = 'k') =>
    outcome(client(credentials.originCredentials(identity)).send(new GetObjectCommand({ Bucket: 'private', Key })));

  test('only whom the policy names may read', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'private' }));
    await put('k', 'secret', {}, 'private');
    expect(await anonymous('/private/k')).toBe('403 AccessDenied');
    expect(await anonymous('/private/none')).toBe('403 AccessDenied');
    expect(await anonymous('/nobucket/none')).toBe('404 NoSuchBucket');
    expect(await asCloudFront({ kind: 'distribution', arn: ARN })).toBe('403 AccessDenied');

    expect(await policy(allow({ Service: 'cloudfront.amazonaws.com' }, { StringEquals: { 'AWS:SourceArn': ARN } }))).toBe('ok');
    expect(await asCloudFront({ kind: 'distribution', arn: ARN })).toBe('ok');
    expect(await asCloudFront({ kind: 'distribution', arn: ARN }, 'none')).toBe('403 AccessDenied');
    expect(await asCloudFront({ kind: 'distribution', arn: `${ARN}2` })).toBe('403 AccessDenied');
    expect(await anonymous('/private/k')).toBe('403 AccessDenied');

    expect(await policy(allow({ CanonicalUser: oaiCanonicalUserId('EOAI') }))).toBe('ok');
    expect(await asCloudFront({ kind: 'origin-access-identity', id: 'EOAI' })).toBe('ok');
    expect(await asCloudFront({ kind: 'origin-access-identity', id: 'EOTHER' })).toBe('403 AccessDenied');
  });

  test('public access is blocked until it is allowed', async () => {
    expect(await policy(allow('*'))).toBe('403 AccessDenied');
    expect(await policy('{')).toBe('400 MalformedPolicy');
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket: 'private' }));
    expect(await policy(allow('*'))).toBe('ok');
    expect((await s3.send(new GetBucketPolicyStatusCommand({ Bucket: 'private' }))).PolicyStatus?.IsPublic).toBe(true);
    expect(await anonymous('/private/k')).toBe('200');
    expect(await outcome(s3.send(new PutObjectAclCommand({ Bucket: 'private', Key: 'k', ACL: 'public-read' })))).toBe(
      '400 AccessControlListNotSupported',
    );
  });

  test('a website answers anonymous viewers in HTML', async () => {
    const WebsiteConfiguration = {
      IndexDocument: { Suffix: 'index.html' },
      RoutingRules: [{ Condition: { KeyPrefixEquals: 'old/' }, Redirect: { ReplaceKeyPrefixWith: 'new/' } }],
    };
    await s3.send(new PutBucketWebsiteCommand({ Bucket: 'private', WebsiteConfiguration }));
    await put('index.html', 'home', { ContentType: 'text/html' }, 'private');
    await put('docs/index.html', 'docs', {}, 'private');
    const visit = async (path: string): Promise<string> => {
      const headers = { host: 'private.s3-website-us-east-1.amazonaws.com' };
      const response = await fetch(`${server.url.origin}${path}`, { headers, redirect: 'manual' });
      const body = await response.text();
      expect([response.headers.get('server'), response.headers.has('x-amz-request-id')]).toEqual(['AmazonS3', true]);
      return `${response.status} ${response.headers.get('location') ?? (body.startsWith('<!doctype') ? 'page' : body)}`;
    };
    expect(await visit('/')).toBe('200 home');
    expect(await visit('/docs/')).toBe('200 docs');
    expect(await visit('/docs')).toBe('302 /docs/');
    expect(await visit('/old/x')).toBe('301 http://private.s3-website-us-east-1.amazonaws.com/new/x');
    // The policy lets everyone read but not list.
    expect(await visit('/none')).toBe('403 page');
  });
});
