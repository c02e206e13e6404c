/**
 * Bad API calls, really signed, against the real program: AWS's code and status, and nothing changed. What is compared before and
 * after each call is everything a client can list and read.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import {
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  CreateInvalidationCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListCachePoliciesCommand,
  ListDistributionsCommand,
  ListInvalidationsCommand,
  UpdateDistributionCommand,
  type CacheBehavior,
  type CloudFrontClient,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { call, type SignedCall } from './signed-call.ts';
import {
  CACHING_OPTIMIZED,
  cloudFrontOf,
  createSite,
  deployed,
  requestCertificate,
  s3Of,
  siteConfig,
  updateSite,
  viewerCertificate,
} from './site.ts';

const DISTRIBUTIONS = '/2020-05-31/distribution';

let warmfront: RunningWarmfront;
let client: CloudFrontClient;
let s3: S3Client;
/** The distribution that is there. Its alias is taken. */
let id: string;
let certificateArn: string;
/** An ETag it once had. */
let stale: string | undefined;
let before: string;

beforeAll(async () => {
  warmfront = await startWarmfront();
  client = cloudFrontOf(warmfront);
  s3 = s3Of(warmfront);
  certificateArn = await requestCertificate(warmfront, ['*.example.org']);
  ({ id } = await createSite(client, { originPort: 80, aliases: ['taken.example.org'], certificateArn, reference: 'first' }));
  ({ ETag: stale } = await client.send(new GetDistributionCommand({ Id: id })));
  await updateSite(client, id, (config) => ({ ...config, Comment: 'second revision' }));
  await deployed(client, id);
  await s3.send(new CreateBucketCommand({ Bucket: 'present' }));
  await s3.send(new PutObjectCommand({ Bucket: 'present', Key: 'kept', Body: 'as it was' }));
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

/** Everything there is, as clients read it. */
async function everything(): Promise<string> {
  const read = await Promise.all([
    client.send(new ListDistributionsCommand({})),
    client.send(new GetDistributionCommand({ Id: id })),
    client.send(new ListInvalidationsCommand({ DistributionId: id })),
    client.send(new ListCachePoliciesCommand({ Type: 'custom' })),
    s3.send(new ListBucketsCommand({})),
    s3.send(new ListObjectsV2Command({ Bucket: 'present' })),
  ]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'present', Key: 'kept' }));
  // The metadata names the request, which differs each time.
  return JSON.stringify([...read, await Body?.transformToString()], (name, value: unknown) =>
    name === '$metadata' ? undefined : value,
  );
}

beforeEach(async () => {
  before = await everything();
});

afterEach(async () => {
  expect(await everything()).toBe(before);
});

/** The code and status an SDK call fails with. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    const { name, $metadata } = error as { readonly name: string; readonly $metadata?: { readonly httpStatusCode?: number } };
    return `${$metadata?.httpStatusCode} ${name}`;
  }
}

describe('documents', () => {
  const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
  const rows: readonly (readonly [name: string, body: string, want: string])[] = [
    ['no document', '', '400 MalformedXML'],
    ['text', 'not XML', '400 MalformedXML'],
    ['an element that is not closed', '<DistributionConfig><Comment>', '400 MalformedXML'],
    ['another root', '<SomethingElse/>', '400 MalformedInput'],
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><DistributionConfig/>', '400 MalformedXML'],
    ['an unknown entity', '<DistributionConfig><Comment>&x;</Comment></DistributionConfig>', '400 MalformedXML'],
    ['two roots', '<DistributionConfig/><DistributionConfig/>', '400 MalformedXML'],
    ['10,000 levels', `<DistributionConfig>${nested(10_000)}</DistributionConfig>`, '413 RequestEntityTooLarge'],
    [
      'a wrong number',
      '<DistributionConfig><Origins><Quantity>many</Quantity></Origins></DistributionConfig>',
      '400 MalformedInput',
    ],
    [
      'more than 1 MiB',
      `<DistributionConfig><Comment>${'x'.repeat(1_048_577)}</Comment></DistributionConfig>`,
      '413 RequestEntityTooLarge',
    ],
  ];
  for (const [name, body, want] of rows) {
    test(name, async () => {
      const { status, code } = await call(warmfront, { method: 'POST', path: DISTRIBUTIONS, body });
      expect(`${status} ${code}`).toBe(want);
    });
  }
});

describe('signatures', () => {
  const document = '<DistributionConfig/>';
  const write: SignedCall = { method: 'POST', path: DISTRIBUTIONS, body: document };
  const put: SignedCall = { method: 'PUT', path: '/present/kept', body: 'changed', service: 's3' };
  const rows: readonly (readonly [name: string, change: Partial<SignedCall>, cloudFront: string, s3: string])[] = [
    ['a wrong secret', { secretAccessKey: 'wrong' }, '403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch'],
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWNUNKNOWN00' }, '403 InvalidClientTokenId', '403 InvalidAccessKeyId'],
    ['a date of an hour ago', { skew: -3_600_000 }, '403 SignatureDoesNotMatch', '403 RequestTimeTooSkewed'],
    ['a date an hour ahead', { skew: 3_600_000 }, '403 SignatureDoesNotMatch', '403 RequestTimeTooSkewed'],
    [
      'a tampered body',
      { tampered: '<DistributionConfig></DistributionConfig>' },
      '403 SignatureDoesNotMatch',
      '400 XAmzContentSHA256Mismatch',
    ],
  ];
  for (const [name, change, cloudFrontWants, s3Wants] of rows) {
    test(name, async () => {
      const ours = await call(warmfront, { ...write, ...change });
      expect(`${ours.status} ${ours.code}`).toBe(cloudFrontWants);
      const theirs = await call(warmfront, { ...put, ...change });
      expect(`${theirs.status} ${theirs.code}`).toBe(s3Wants);
      // S3 names its requests in a field of its own.
      expect([ours.headers.has('x-amzn-requestid'), theirs.headers.has('x-amzn-requestid')]).toEqual([true, false]);
      expect(theirs.headers.has('x-amz-request-id')).toBe(true);
    });
  }

  test('no signature', async () => {
    const endpoint = warmfront.environment['AWS_ENDPOINT_URL'] ?? '';
    expect((await fetch(`${endpoint}${DISTRIBUTIONS}`)).status).toBe(403);
    expect((await fetch(`${endpoint}/present/kept`)).status).toBe(403);
    expect((await fetch(`${endpoint}/present/kept`, { method: 'PUT', body: 'changed' })).status).toBe(403);
  });
});

describe('configurations', () => {
  const behavior = (PathPattern: string): CacheBehavior => ({
    PathPattern,
    TargetOriginId: 'origin',
    ViewerProtocolPolicy: 'allow-all',
    CachePolicyId: CACHING_OPTIMIZED,
  });
  type Change = (config: DistributionConfig) => DistributionConfig;
  const behaviors =
    (...patterns: readonly string[]): Change =>
    (config) => ({ ...config, CacheBehaviors: { Quantity: patterns.length, Items: patterns.map(behavior) } });
  const ordinary =
    (change: Partial<NonNullable<DistributionConfig['DefaultCacheBehavior']>>): Change =>
    (config) => ({ ...config, DefaultCacheBehavior: { ...config.DefaultCacheBehavior!, ...change } });
  const origin =
    (change: Partial<NonNullable<NonNullable<DistributionConfig['Origins']>['Items']>[number]>): Change =>
    (config) => ({ ...config, Origins: { Quantity: 1, Items: [{ ...config.Origins!.Items![0]!, ...change }] } });

  const rows: readonly (readonly [name: string, change: Change, want: string])[] = [
    ['an origin that is not there', ordinary({ TargetOriginId: 'nobody' }), '404 NoSuchOrigin'],
    ['an origin with a bad name', origin({ DomainName: 'not a name' }), '400 InvalidArgument'],
    ['an origin that is a URL', origin({ DomainName: 'http://example.org/' }), '400 InvalidArgument'],
    ['an origin path without a slash', origin({ OriginPath: 'x' }), '400 InvalidRelativePath'],
    [
      'a cache policy that is not there',
      ordinary({ CachePolicyId: '00000000-0000-0000-0000-000000000000' }),
      '404 NoSuchCachePolicy',
    ],
    ['a path pattern with a bad character', behaviors('/a b'), '400 InvalidArgument'],
    ['a path pattern that is too long', behaviors(`/${'x'.repeat(256)}`), '400 InvalidArgument'],
    ['the same path pattern twice', behaviors('/a', '/a'), '400 InvalidArgument'],
    ['76 cache behaviors', behaviors(...Array.from({ length: 76 }, (_, index) => `/${index}`)), '400 TooManyCacheBehaviors'],
    [
      'a Quantity that lies',
      (config) => ({ ...config, CacheBehaviors: { Quantity: 2, Items: [behavior('/a')] } }),
      '400 InconsistentQuantities',
    ],
    [
      'an alias that is taken',
      (config) => ({ ...config, Aliases: { Quantity: 1, Items: ['taken.example.org'] } }),
      '409 CNAMEAlreadyExists',
    ],
    ['an alias that is no name', (config) => ({ ...config, Aliases: { Quantity: 1, Items: ['a b'] } }), '400 InvalidArgument'],
    [
      'an alias that the certificate does not cover',
      (config) => ({ ...config, Aliases: { Quantity: 1, Items: ['deep.new.example.org'] } }),
      '400 InvalidViewerCertificate',
    ],
    [
      'a certificate that is not there',
      (config) => ({ ...config, ViewerCertificate: viewerCertificate(certificateArn.replace(/.$/, 'g')) }),
      '400 InvalidViewerCertificate',
    ],
    ['a CallerReference that is taken', (config) => ({ ...config, CallerReference: 'first' }), '409 DistributionAlreadyExists'],
  ];
  for (const [name, change, want] of rows) {
    test(name, async () => {
      const aliases = ['new.example.org'];
      const DistributionConfig = change(siteConfig({ originPort: 80, aliases, certificateArn }));
      expect(await refusal(client.send(new CreateDistributionCommand({ DistributionConfig })))).toBe(want);
    });
  }

  test('changes with a stale, an absent and an unknown ETag', async () => {
    const { DistributionConfig: config } = await client.send(new GetDistributionConfigCommand({ Id: id }));
    const changed = { ...config!, Comment: 'changed' };
    const update = (IfMatch: string | undefined, Id = id) =>
      refusal(client.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: changed })));
    expect(await update(stale)).toBe('412 PreconditionFailed');
    expect(await update('E000000000000')).toBe('400 InvalidIfMatchVersion');
    expect(await update(undefined)).toBe('400 InvalidIfMatchVersion');
    expect(await update('E000000000000', 'E000000000NONE')).toBe('404 NoSuchDistribution');
    expect(await refusal(client.send(new DeleteDistributionCommand({ Id: id, IfMatch: stale })))).toBe('412 PreconditionFailed');
  });

  test('TTLs out of order', async () => {
    const config = { Name: 'unordered', MinTTL: 100, DefaultTTL: 10, MaxTTL: 1000 };
    expect(await refusal(client.send(new CreateCachePolicyCommand({ CachePolicyConfig: config })))).toMatch(/^400 Invalid/);
  });

  test('deleting what is enabled', async () => {
    const { ETag } = await client.send(new GetDistributionCommand({ Id: id }));
    expect(await refusal(client.send(new DeleteDistributionCommand({ Id: id, IfMatch: ETag })))).toBe(
      '409 DistributionNotDisabled',
    );
  });

  test('invalidations of bad paths', async () => {
    const invalidate = (...Items: string[]) => {
      const batch = { CallerReference: crypto.randomUUID(), Paths: { Quantity: Items.length, Items } };
      return refusal(client.send(new CreateInvalidationCommand({ DistributionId: id, InvalidationBatch: batch })));
    };
    expect(await invalidate('no-slash')).toBe('400 InvalidArgument');
    expect(await invalidate('/a b')).toBe('400 InvalidArgument');
    expect(await invalidate(`/${'x'.repeat(5000)}`)).toBe('400 InvalidArgument');
  });

  test('operations that are not served are named', async () => {
    const answered = await call(warmfront, { method: 'GET', path: '/2020-05-31/anycast-ip-list' });
    expect(`${answered.status} ${answered.code}`).toBe('501 NotImplemented');
    expect(answered.message).toContain('ListAnycastIpLists');
  });
});

describe('objects', () => {
  const put = (headers: Readonly<Record<string, string>>, more: Partial<SignedCall> = {}): SignedCall => ({
    method: 'PUT',
    path: '/present/kept',
    body: 'changed',
    service: 's3',
    headers,
    ...more,
  });
  const rows: readonly (readonly [name: string, asked: SignedCall, want: string])[] = [
    ['a wrong Content-MD5', put({ 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }), '400 BadDigest'],
    ['a Content-MD5 that is none', put({ 'content-md5': 'x' }), '400 InvalidDigest'],
    ['a wrong checksum', put({ 'x-amz-checksum-crc32': 'AAAAAA==' }), '400 BadDigest'],
    ['a checksum that is none', put({ 'x-amz-checksum-crc32': 'x' }), '400 InvalidRequest'],
    ['a bucket that is not there', put({}, { path: '/absent/key' }), '404 NoSuchBucket'],
    ['a bucket name in capitals', put({}, { path: '/Capitals', body: '' }), '400 InvalidBucketName'],
    ['a bucket name of two characters', put({}, { path: '/ab', body: '' }), '400 InvalidBucketName'],
    ['a bucket name like an address', put({}, { path: '/192.168.0.1', body: '' }), '400 InvalidBucketName'],
    ['a bucket policy that is no JSON', put({}, { path: '/present', query: 'policy=', body: 'no' }), '400 MalformedPolicy'],
    ['a bucket that is not empty', put({}, { method: 'DELETE', path: '/present', body: '' }), '409 BucketNotEmpty'],
    [
      'an operation that is not served',
      put({}, { method: 'PUT', path: '/present', query: 'replication=', body: '<a/>' }),
      '501 NotImplemented',
    ],
  ];
  for (const [name, asked, want] of rows) {
    test(name, async () => {
      const { status, code } = await call(warmfront, asked);
      expect(`${status} ${code}`).toBe(want);
    });
  }
});

test('nothing of this was our own mistake', () => {
  expect(warmfront.output()).not.toMatch(/failed \(request/);
});
