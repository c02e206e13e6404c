/** Lambda functions over the API: what a version is, what is refused, and who holds whom. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minimalConfig } from '../../src/control/aws/cloudfront/control-plane.fixture.ts';
import { zipOf } from '../samples/zip.ts';
import { call, refusal, startLambdaPlane } from './lambda-plane.ts';

let plane: ReturnType<typeof startLambdaPlane>;
beforeAll(() => (plane = startLambdaPlane()));
afterAll(() => plane.stop());

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';

describe('a function', () => {
  test('is made, read and listed as the SDK expects it', async () => {
    const made = await plane.create('made', undefined, { Description: 'first', Tags: { team: 'edge' } });
    expect(made).toMatchObject({
      FunctionArn: `${ARN}made`,
      Version: '$LATEST',
      State: 'Active',
      Timeout: 3,
      MemorySize: 128,
      LastModified: '1970-01-01T00:00:01.000+0000',
      PackageType: 'Zip',
    });
    const got = plane.GetFunction({ FunctionName: `${ARN}made` }, call);
    expect(got.Configuration).toEqual(made);
    expect(got.Tags).toEqual({ team: 'edge' });
    expect(plane.ListFunctions({}, call).Functions).toContainEqual(made);
    expect(plane.ListTags({ Resource: `${ARN}made` })).toEqual({ Tags: { team: 'edge' } });
  });

  test('keeps its code under the hash of the package', async () => {
    const files = { 'index.js': 'exports.handler = () => 1;', 'lib/deep/a.js': 'exports.a = 1;' };
    const { CodeSha256 = '' } = await plane.create('kept', files);
    const folder = join(plane.data, 'lambda', Buffer.from(CodeSha256, 'base64').toString('hex'));
    expect(readFileSync(join(folder, 'lib/deep/a.js'), 'utf8')).toBe('exports.a = 1;');
  });

  test('comes from the built-in bucket store, too', async () => {
    const S3 = { S3Bucket: 'code', S3Key: 'f.zip' };
    const create = (): unknown => plane.create('from-s3', undefined, { Code: S3 });
    expect(await refusal(create)).toContain('S3 Error Code: NoSuchBucket');
    plane.buckets.createBucket({ name: 'code', region: 'us-east-1', created: 0 });
    expect(await refusal(create)).toContain('S3 Error Code: NoSuchKey');
    const staged = await plane.buckets.stage(once(zipOf({ 'index.mjs': 'export const handler = 1;' })), []);
    const attributes = { headers: {}, metadata: {}, storageClass: 'STANDARD', tags: [], grants: [] };
    await plane.buckets.commit(staged, {
      bucket: 'code',
      key: 'f.zip',
      attributes,
      modified: 0,
      checksums: [],
      parts: [],
    } as never);
    expect(await refusal(create)).toBe('accepted');
  });
});

describe('versions', () => {
  test('are numbered, never change, and are not made of what has not changed', async () => {
    await plane.create('many');
    const publish = (): Promise<unknown> => plane.PublishVersion({ FunctionName: 'many' }, call);
    expect(await publish()).toMatchObject({ Version: '1', FunctionArn: `${ARN}many:1` });
    expect(await publish()).toMatchObject({ Version: '1' });
    await plane.UpdateFunctionCode({ FunctionName: 'many', ZipFile: zipOf({ 'index.js': 'exports.handler = () => 2;' }) }, call);
    plane.UpdateFunctionConfiguration({ FunctionName: 'many', Timeout: 5 }, call);
    expect(await publish()).toMatchObject({ Version: '2', Timeout: 5 });
    const versions = plane.ListVersionsByFunction({ FunctionName: 'many' }, call).Versions;
    expect(versions.map(({ Version, Timeout }) => [Version, Timeout])).toEqual([
      ['$LATEST', 5],
      ['1', 3],
      ['2', 5],
    ]);
    expect(plane.GetFunctionConfiguration({ FunctionName: 'many', Qualifier: '1' }, call).Timeout).toBe(3);
    plane.DeleteFunction({ FunctionName: 'many:2' }, call);
    plane.UpdateFunctionConfiguration({ FunctionName: 'many', Timeout: 6 }, call);
    expect(await publish()).toMatchObject({ Version: '3' });
    expect(plane.ListVersionsByFunction({ FunctionName: 'many', MaxItems: 2 }, call).NextMarker).toBe('1');
  });

  test('that a distribution names stay, and edges get them', async () => {
    const { FunctionArn: arn = '' } = await plane.create('held', undefined, { Publish: true });
    const associations = { Quantity: 1, Items: [{ EventType: 'viewer-request' as const, LambdaFunctionARN: arn }] };
    const config = minimalConfig();
    const { cloudFront } = plane;
    const created = await cloudFront.handlers.CreateDistribution!(
      {
        DistributionConfig: {
          ...config,
          DefaultCacheBehavior: { ...config.DefaultCacheBehavior!, LambdaFunctionAssociations: associations },
        },
      },
      call,
    );
    await cloudFront.publisher.settled();
    const [version] = plane.snapshots.at(-1)?.lambdas ?? [];
    expect(version).toMatchObject({ arn, name: 'held', version: '1', timeout: 3000, memory: 128 * 1024 * 1024 });
    const gone = (name: string): Promise<string> => refusal(() => plane.DeleteFunction({ FunctionName: name }, call));
    expect(await gone('held:1')).toStartWith(
      `400 InvalidParameterValueException: Lambda was unable to delete ${arn} because it is a replicated function.`,
    );
    expect(await gone('held')).toContain('replicated function');
    const { Id, DistributionConfig } = created.Distribution!;
    await cloudFront.handlers.UpdateDistribution!(
      {
        Id,
        IfMatch: created.ETag,
        DistributionConfig: { ...DistributionConfig!, ...config, CallerReference: DistributionConfig!.CallerReference },
      },
      call,
    );
    expect(await gone('held')).toBe('accepted');
  });
});

describe('refused', () => {
  const handler = 'exports.handler = () => 1;';
  const rows: [name: string, run: () => unknown, want: string][] = [
    [
      'no handler in the package',
      () => plane.create('r', { 'other.js': handler } as never),
      '400 InvalidParameterValueException: The package holds no file for the handler index.handler: index.js is looked for',
    ],
    [
      'a Python handler that is not there',
      () => plane.create('r', undefined, { Runtime: 'python3.12', Handler: 'app.main' }),
      'app.py is looked for',
    ],
    ['no zip', () => plane.create('r', undefined, { Code: { ZipFile: Buffer.from('nonsense') } }), 'it is not a zip archive.'],
    ['nothing in it', () => plane.create('r', {} as never), 'it is empty.'],
    [
      'a runtime that is not run here',
      () => plane.create('r', undefined, { Runtime: 'java21' }),
      'java21 is not run by Warmfront',
    ],
    ['layers', () => plane.create('r', undefined, { Layers: ['arn:x'] }), 'Warmfront does not serve functions with Layers.'],
    ['a name twice', () => plane.create('made'), '409 ResourceConflictException: Function already exist: made'],
    ['too long a time', () => plane.create('r', undefined, { Timeout: 901 }), 'Timeout must be from 1 to 900: 901'],
    [
      'a variable that is Lambda’s',
      () => plane.create('r', undefined, { Environment: { Variables: { AWS_REGION: 'x' } } }),
      'Reserved keys used in this request: AWS_REGION',
    ],
    [
      'a function that is not there',
      () => plane.GetFunction({ FunctionName: 'nobody:3' }, call),
      `404 ResourceNotFoundException: Function not found: ${ARN}nobody:3`,
    ],
    [
      'another revision',
      () => plane.UpdateFunctionConfiguration({ FunctionName: 'made', RevisionId: 'other' }, call),
      '412 PreconditionFailedException',
    ],
    [
      'another hash',
      () => plane.PublishVersion({ FunctionName: 'made', CodeSha256: 'other' }, call),
      'Please try again with the CodeSHA256 in $LATEST.',
    ],
    ['no code at all', () => plane.create('r', undefined, { Code: {} }), 'Please provide a source for function code.'],
    ['a policy where there is none', () => plane.GetPolicy({ FunctionName: 'made' }, call), '404 ResourceNotFoundException'],
  ];
  test.each(rows)('%s', async (_, run, want) => expect(await refusal(run)).toContain(want));
});

test('permissions are kept as statements', () => {
  const permission = { StatementId: 'edge', Action: 'lambda:GetFunction', Principal: 'replicator.lambda.amazonaws.com' };
  plane.AddPermission({ FunctionName: 'made', ...permission }, call);
  const { Policy } = plane.GetPolicy({ FunctionName: 'made' }, call);
  expect((JSON.parse(Policy) as { readonly Statement: unknown }).Statement).toEqual([
    {
      Sid: 'edge',
      Effect: 'Allow',
      Principal: { Service: 'replicator.lambda.amazonaws.com' },
      Action: 'lambda:GetFunction',
      Resource: `${ARN}made`,
    },
  ]);
  plane.RemovePermission({ FunctionName: 'made', StatementId: 'edge' }, call);
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
