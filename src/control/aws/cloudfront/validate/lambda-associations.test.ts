import type { LambdaFunctionAssociation } from '@aws-sdk/client-cloudfront';
import { expect, test } from 'bun:test';
import type { LambdaRelease } from '../../lambda/lambda-document.ts';
import { ApiError } from '../../wire/types.ts';
import { minimalConfig } from '../control-plane.fixture.ts';
import { distributionFromConfig } from '../distribution-from-config.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';

const SAMPLE: LambdaRelease = {
  runtime: 'nodejs20.x',
  role: 'arn:aws:iam::000000000000:role/edge',
  handler: 'index.handler',
  description: '',
  timeout: 3,
  memorySize: 128,
  tracing: 'PassThrough',
  architecture: 'x86_64',
  ephemeralStorage: 512,
  logging: {},
  code: { sha256: 'ab', size: 100 },
  modified: 0,
  revisionId: 'r',
};

type Row = [
  name: string,
  associations: readonly Partial<LambdaFunctionAssociation>[],
  want: string,
  release?: Partial<LambdaRelease>,
];

const rows: Row[] = [
  ['a version', [{}], 'accepted'],
  ['one for each of several events', [{}, { EventType: 'origin-request' }, { EventType: 'viewer-response' }], 'accepted'],
  ['the body of a request', [{ IncludeBody: true }], 'accepted'],
  ['Python', [{}], 'accepted', { runtime: 'python3.12' }],
  ['as much memory as Lambda has', [{}], 'accepted', { memorySize: 10_240 }],
  ['the body of a response', [{ EventType: 'origin-response', IncludeBody: true }], 'can be used with request events only'],
  ['two for one event', [{}, {}], 'one Lambda function with each event type'],
  ['no version', [{ LambdaFunctionARN: ARN }], `(The ARN must end with the version number.) ARN: ${ARN}`],
  ['$LATEST', [{ LambdaFunctionARN: `${ARN}:$LATEST` }], 'must end with the version number'],
  ['an alias', [{ LambdaFunctionARN: `${ARN}:live` }], 'must end with the version number'],
  ['another region', [{ LambdaFunctionARN: `${ARN.replace('us-east-1', 'eu-west-1')}:1` }], 'must be in region us-east-1'],
  ['one that is not there', [{ LambdaFunctionARN: `${ARN}:2` }], 'cannot be found'],
  ['environment variables', [{}], 'cannot have environment variables', { environment: { A: 'b' } }],
  ['none of them, said so', [{}], 'accepted', { environment: {} }],
  ['too long a time', [{}], 'larger than the limit of 30 s for viewer-request', { timeout: 31 }],
  ['another architecture', [{}], 'x86_64', { architecture: 'arm64' }],
  ['tracing', [{}], 'X-Ray', { tracing: 'Active' }],
  ['more of /tmp', [{}], 'ephemeral storage', { ephemeralStorage: 1024 }],
  ['too large a package', [{}], 'package is larger', { code: { sha256: 'ab', size: 51 * 1024 * 1024 } }],
  ['another runtime', [{}], 'java21 is not supported', { runtime: 'java21' }],
];

test.each(rows)('%s', (_, associations, want, release = {}) => {
  const Items = associations.map((change) => ({
    EventType: 'viewer-request' as const,
    LambdaFunctionARN: `${ARN}:1`,
    ...change,
  }));
  expect(verdict({ Quantity: Items.length, Items }, { ...SAMPLE, ...release })).toContain(want);
});

test('not beside a CloudFront function on the viewer’s side', () => {
  const lambdas = (EventType: LambdaFunctionAssociation['EventType']) => ({
    Quantity: 1,
    Items: [{ EventType, LambdaFunctionARN: `${ARN}:1` }],
  });
  const FunctionAssociations = { Quantity: 1, Items: [{ EventType: 'viewer-request' as const, FunctionARN: 'live' }] };
  expect(verdict(lambdas('viewer-response'), SAMPLE, { FunctionAssociations })).toContain('cannot both be associated');
  expect(verdict(lambdas('origin-response'), SAMPLE, { FunctionAssociations })).toBe('accepted');
});

function verdict(LambdaFunctionAssociations: object, release: LambdaRelease, changes: object = {}): string {
  const config = minimalConfig();
  const DefaultCacheBehavior = { ...config.DefaultCacheBehavior!, LambdaFunctionAssociations, ...changes } as never;
  const context = { id: 'E1', domainName: 'd1.cloudfront.localhost', functionArns: ['live'], lambdas: { [`${ARN}:1`]: release } };
  try {
    distributionFromConfig({ ...config, DefaultCacheBehavior }, context);
    return 'accepted';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
