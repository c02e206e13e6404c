/**
 * The lab of a CloudFront tutorial, typed into the AWS CLI 2.9 from Debian: a private bucket behind an origin access control and
 * a distribution, Miss then Hit over HTTPS, no other way to the objects, and everything taken down again.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const BUCKET = 'lab-site';
const aws = await findProgram('/usr/bin/aws');
let warmfront: RunningWarmfront;

/** What the calls of this lab answer with; each call has some of it. */
interface Answer {
  readonly Account: string;
  readonly ETag: string;
  readonly OriginAccessControl: { readonly Id: string };
  readonly Distribution: { readonly Id: string; readonly ARN: string; readonly DomainName: string };
  readonly DistributionConfig: object;
  readonly Invalidation: { readonly Id: string };
}

/** One call, its JSON answer. */
async function cli(...words: readonly string[]): Promise<Answer> {
  const output = await succeed(
    [aws ?? 'aws', '--endpoint-url', warmfront.apiUrl, '--output', 'json', ...words],
    warmfront.environment,
  );
  return output.trim() === '' ? ({} as Answer) : (JSON.parse(output) as Answer);
}

async function refused(...words: readonly string[]): Promise<string> {
  const finished = await run([aws ?? 'aws', '--endpoint-url', warmfront.apiUrl, ...words], warmfront.environment);
  expect(finished.code).not.toBe(0);
  return finished.stderr;
}

function file(name: string, content: unknown): string {
  const path = join(warmfront.data, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The bucket's page says this from now on. */
async function putPage(html: string): Promise<void> {
  const key = ['--bucket', BUCKET, '--key', 'index.html'];
  await cli('s3api', 'put-object', ...key, '--body', file('index.html', html), '--content-type', 'text/html');
}

async function curl(...words: readonly string[]): Promise<string> {
  return succeed(['curl', '-sS', '--max-time', '20', ...words], warmfront.environment);
}

if (aws === undefined) console.warn('aws-cli-lab.long.ts skipped: the AWS CLI is not installed (apt-get install awscli)');

beforeAll(async () => {
  if (aws !== undefined) warmfront = await startWarmfront();
});

afterAll(async () => {
  if (warmfront === undefined) return;
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

describe.skipIf(aws === undefined)('the tutorial lab', () => {
  let oac: string;
  let distribution: Answer['Distribution'];
  let url: string;

  const policy = (arn: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AllowCloudFront',
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${BUCKET}/*`,
          Condition: { StringEquals: { 'AWS:SourceArn': arn } },
        },
      ],
    });

  test('a bucket with a page', async () => {
    await cli('s3api', 'create-bucket', '--bucket', BUCKET);
    await putPage('<h1>hello</h1>');
    await succeed(
      [
        aws ?? '',
        '--endpoint-url',
        warmfront.apiUrl,
        's3',
        'cp',
        file('big.bin', 'x'.repeat(9_000_000)),
        `s3://${BUCKET}/big.bin`,
      ],
      warmfront.environment,
    );
    expect((await cli('sts', 'get-caller-identity')).Account).toBe('000000000000');
  });

  test('an origin access control and a distribution', async () => {
    const config = { Name: 'lab', SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' };
    oac = (await cli('cloudfront', 'create-origin-access-control', '--origin-access-control-config', JSON.stringify(config)))[
      'OriginAccessControl'
    ].Id;
    const created = await cli(
      'cloudfront',
      'create-distribution',
      '--distribution-config',
      `file://${file('distribution.json', {
        CallerReference: 'lab-1',
        Comment: 'the lab',
        Enabled: true,
        DefaultRootObject: 'index.html',
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 's3',
              DomainName: `${BUCKET}.s3.us-east-1.amazonaws.com`,
              OriginAccessControlId: oac,
              S3OriginConfig: { OriginAccessIdentity: '' },
            },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 's3',
          ViewerProtocolPolicy: 'redirect-to-https',
          CachePolicyId: CACHING_OPTIMIZED,
        },
      })}`,
    );
    distribution = created.Distribution;
    expect(created.ETag).toMatch(/^E[A-Z0-9]{11,13}$/);
    await cli('cloudfront', 'wait', 'distribution-deployed', '--id', distribution.Id);
    url = `https://${distribution.DomainName}:${warmfront.httpsPort}`;
  });

  test('refused before the bucket policy allows CloudFront, and for a wrong SourceArn', async () => {
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}', `${url}/index.html`)).toBe('403');
    await cli('s3api', 'put-bucket-policy', '--bucket', BUCKET, '--policy', policy(`${distribution.ARN}X`));
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}', `${url}/index.html?again`)).toBe('403');
  });

  test('Miss, then Hit, over HTTP/2 and HTTP/1.1; clear text is redirected', async () => {
    await cli('s3api', 'put-bucket-policy', '--bucket', BUCKET, '--policy', policy(distribution.ARN));
    const first = await curl('-I', '--http2', `${url}/index.html`);
    const second = await curl('-I', '--http1.1', `${url}/index.html`);
    expect(first).toMatch(/^HTTP\/2 200/);
    expect(first).toMatch(/x-cache: Miss from cloudfront/i);
    expect(second).toMatch(/x-cache: (Hit|Miss) from cloudfront/i);
    expect(await curl('-i', url)).toMatch(/x-cache: Miss from cloudfront[\s\S]*<h1>hello<\/h1>/i);
    const hit = await curl('-i', url);
    expect(hit).toMatch(/x-cache: Hit from cloudfront[\s\S]*<h1>hello<\/h1>/i);
    expect(hit).toMatch(/^age: \d+/im);
    const clear = await curl('-i', `http://${distribution.DomainName}:${warmfront.httpPort}/index.html`);
    expect(clear).toMatch(/^HTTP\/1.1 301[\s\S]*location: https:\/\/[\s\S]*X-Cache: Redirect from cloudfront/i);
  });

  test('no anonymous way to the bucket', async () => {
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}', `${warmfront.apiUrl}/${BUCKET}/index.html`)).toBe('403');
  });

  test('an invalidation is completed and takes effect', async () => {
    await putPage('<h1>new</h1>');
    expect(await curl(url)).toContain('hello');
    const { Invalidation } = await cli(
      'cloudfront',
      'create-invalidation',
      '--distribution-id',
      distribution.Id,
      '--paths',
      '/*',
    );
    await cli('cloudfront', 'wait', 'invalidation-completed', '--distribution-id', distribution.Id, '--id', Invalidation.Id);
    expect(await curl(url)).toContain('new');
  });

  test('ETags guard updates and deletion', async () => {
    const { ETag, DistributionConfig } = await cli('cloudfront', 'get-distribution-config', '--id', distribution.Id);
    expect(await refused('cloudfront', 'delete-distribution', '--id', distribution.Id, '--if-match', ETag)).toContain(
      'DistributionNotDisabled',
    );
    const off = `file://${file('off.json', { ...DistributionConfig, Enabled: false })}`;
    const update = ['cloudfront', 'update-distribution', '--id', distribution.Id, '--distribution-config', off, '--if-match'];
    expect(await refused(...update, 'ENOSUCHVERSION')).toContain('InvalidIfMatchVersion');
    const updated = await cli(...update, ETag);
    expect(await refused(...update, ETag)).toContain('PreconditionFailed');
    await cli('cloudfront', 'wait', 'distribution-deployed', '--id', distribution.Id);
    expect(
      await refused(
        'cloudfront',
        'delete-origin-access-control',
        '--id',
        oac,
        '--if-match',
        (await cli('cloudfront', 'get-origin-access-control', '--id', oac)).ETag,
      ),
    ).toContain('OriginAccessControlInUse');
    await cli('cloudfront', 'delete-distribution', '--id', distribution.Id, '--if-match', updated.ETag);
    expect(await refused('cloudfront', 'get-distribution', '--id', distribution.Id)).toContain('NoSuchDistribution');
    const control = await cli('cloudfront', 'get-origin-access-control', '--id', oac);
    await cli('cloudfront', 'delete-origin-access-control', '--id', oac, '--if-match', control.ETag);
  });

  test('the bucket goes when it is empty', async () => {
    expect(await refused('s3api', 'delete-bucket', '--bucket', BUCKET)).toContain('BucketNotEmpty');
    await succeed(
      [aws ?? '', '--endpoint-url', warmfront.apiUrl, 's3', 'rm', `s3://${BUCKET}`, '--recursive'],
      warmfront.environment,
    );
    await cli('s3api', 'delete-bucket', '--bucket', BUCKET);
  });

  test('a wrong secret is refused in AWS words', async () => {
    const forged = { ...warmfront.environment, AWS_SECRET_ACCESS_KEY: 'wrong' };
    const finished = await run([aws ?? '', '--endpoint-url', warmfront.apiUrl, 'cloudfront', 'list-distributions'], forged);
    expect(finished.stderr).toContain('SignatureDoesNotMatch');
    const unknown = { ...warmfront.environment, AWS_ACCESS_KEY_ID: 'AKIAUNKNOWNUNKNOWN00' };
    expect(
      (await run([aws ?? '', '--endpoint-url', warmfront.apiUrl, 'cloudfront', 'list-distributions'], unknown)).stderr,
    ).toContain('InvalidClientTokenId');
  });
});
