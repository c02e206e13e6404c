/**
 * The life of a Lambda@Edge function through the AWS SDK and the AWS CLI against the real program: made, invoked, published, associated, run for
 * viewers, replaced, looked at, logged, held while it is in use, taken down.
 */
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run.ts';
import { functionBench } from '../../src/compose/run-function.ts';
import { cloudFrontOf, createSite, deployed, lambdaOf, updateSite, type Site } from '../process/site.ts';
import { zipOf } from '../samples/zip.ts';
import { succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

let warmfront: RunningWarmfront;
let cloudFront: CloudFrontClient;
let lambda: LambdaClient;
let site: Site;

beforeAll(async () => {
  warmfront = await startWarmfront({ flags: ['--workers', '1'] });
  cloudFront = cloudFrontOf(warmfront);
  lambda = lambdaOf(warmfront);
});

afterAll(async () => {
  await warmfront.stop();
  removeData(warmfront);
});

const FunctionName = 'edge';
const code = (word: string): Uint8Array =>
  zipOf({
    'index.mjs': `export const handler = async (event) => {
      console.log('asked', event.word ?? event.Records[0].cf.request.uri);
      return event.word ? { word: event.word, own: process.env.OWN } : { status: '200', body: '${word}' };
    };`,
  });
const Code = { ZipFile: code('one') };
const Environment = { Variables: { OWN: 'variable', LD_PRELOAD: '/nowhere.so' } };
const Role = 'arn:aws:iam::000000000000:role/edge';

async function page(): Promise<string> {
  return (await ask()).text();
}

function ask(): Promise<Response> {
  return fetch(`http://127.0.0.1:${warmfront.httpPort}/a`, { headers: { host: site.domainName } });
}

function associations(LambdaFunctionARN: string) {
  return { Quantity: 1, Items: [{ EventType: 'viewer-request' as const, LambdaFunctionARN }] };
}

async function associate(arn: string | undefined): Promise<void> {
  await updateSite(cloudFront, site.id, (config) => ({
    ...config,
    DefaultCacheBehavior: {
      ...config.DefaultCacheBehavior!,
      LambdaFunctionAssociations: arn === undefined ? { Quantity: 0 } : associations(arn),
    },
  }));
  await deployed(cloudFront, site.id);
}

let first = '';

test('made, waited for, and invoked by its author', async () => {
  await lambda.send(
    new CreateFunctionCommand({ FunctionName, Role, Runtime: 'nodejs22.x', Handler: 'index.handler', Code, Environment }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
  const Payload = Buffer.from('{"word":"hello"}');
  const invoked = await lambda.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' }));
  expect(invoked).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(JSON.parse(Buffer.from(invoked.Payload ?? []).toString())).toEqual({ word: 'hello', own: 'variable' });
  expect(Buffer.from(invoked.LogResult ?? '', 'base64').toString()).toMatch(/^START [^]*\tINFO\tasked hello\nEND [^]*REPORT /);
  const failed = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{}') }));
  expect(failed.FunctionError).toBe('Unhandled');
  expect(Buffer.from(failed.Payload ?? []).toString()).toContain('"errorType":"TypeError"');
});

test('a version runs for viewers, and is replaced by the next', async () => {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: {} } }));
  first = (await lambda.send(new PublishVersionCommand({ FunctionName }))).FunctionArn ?? '';
  site = await createSite(cloudFront, { originPort: 9999, behavior: { LambdaFunctionAssociations: associations(first) } });
  expect(await page()).toBe('one');
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: code('two') }));
  expect(await page()).toBe('one');
  const { FunctionArn } = await lambda.send(new PublishVersionCommand({ FunctionName }));
  await associate(FunctionArn);
  expect(await page()).toBe('two');
});

test('its run for a request is looked at, and replayed with the package of its author', async () => {
  const requestId = (await ask()).headers.get('x-amz-cf-id') ?? '';
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const terminal = { environment: {}, workingDirectory: warmfront.data, print, complain: print };
  const handlers = { up: () => Promise.resolve(0), functionBench: () => Promise.resolve(functionBench) };
  writeFileSync(join(warmfront.data, 'new.zip'), code('three'));
  const words = ['--request-id', requestId, '--data', warmfront.data];
  expect(await runCli(['functions', 'inspect', ...words], handlers, terminal)).toBe(0);
  expect(await runCli(['functions', 'replay', 'new.zip', ...words], handlers, terminal)).toBe(1);
  const out = printed.join('\n');
  expect(out).toMatch(/viewer-request: edge:2 answers; [^]* {2}\+ body: two\n[^]*\tINFO\tasked \/a\n/);
  expect(out).toContain('1 run of edge, replayed with new.zip: 1 differ');
  expect(out).toContain('  - body: two\n  + body: three');
});

test('one that is in use is not deleted; what it logged is in its log', async () => {
  const gone = (Qualifier?: string): Promise<unknown> => lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
  await expect(gone()).rejects.toThrow('because it is a replicated function');
  await gone('1');
  await associate(undefined);
  await succeed(['aws', 'lambda', 'delete-function', '--function-name', FunctionName], warmfront.environment);
  await expect(gone()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(await warmfront.stop()).toBe(0);
  const log = readFileSync(join(warmfront.data, 'logs', 'lambda', 'us-east-1.edge.log'), 'utf8');
  expect(log).toMatch(/START Version: 1 EventType: viewer-request [^]*\tINFO\tasked \/a\n[^]* END\n[^]* REPORT Duration: /);
});
