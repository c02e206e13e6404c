/**
 * The life of a CloudFront function through the AWS SDK against the real program: created, tested, published, associated, run for viewers,
 * updated, logged, taken down.
 */
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DescribeFunctionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  PublishFunctionCommand,
  TestFunctionCommand,
  UpdateFunctionCommand,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run.ts';
import { functionBench } from '../../src/compose/run-function.ts';
import { partsOfEvent } from '../../src/model/function-parts.ts';
import type { FunctionReplay, RecordedRun } from '../../src/model/function-trace.ts';
import { cloudFrontOf, createSite, deployed, updateSite, type Site } from '../process/site.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

let warmfront: RunningWarmfront;
let cloudFront: CloudFrontClient;
let site: Site;
let origin: Bun.Server<undefined>;

beforeAll(async () => {
  origin = Bun.serve({ port: 0, fetch: (request) => new Response(new URL(request.url).pathname) });
  warmfront = await startWarmfront();
  cloudFront = cloudFrontOf(warmfront);
  site = await createSite(cloudFront, { originPort: origin.port ?? 0 });
});

afterAll(async () => {
  await origin.stop(true);
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

const Name = 'rewrite';
const FunctionARN = `arn:aws:cloudfront::000000000000:function/${Name}`;
const FunctionConfig = { Comment: 'folders', Runtime: 'cloudfront-js-2.0' } as const;
const source = (name: string): Uint8Array =>
  Buffer.from(
    `function handler(event) { console.log(event.request.uri); event.request.uri += '${name}'; return event.request; }`,
  );
const EventObject = Buffer.from(
  JSON.stringify({
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '198.51.100.10' },
    request: { method: 'GET', uri: '/a/', headers: { host: { value: 'www.example.com' } }, querystring: {}, cookies: {} },
  }),
);

async function versionOf(Stage: 'DEVELOPMENT' | 'LIVE'): Promise<string | undefined> {
  return (await cloudFront.send(new DescribeFunctionCommand({ Name, Stage }))).ETag;
}

async function refusal(command: object): Promise<string> {
  // The client's type of send is a union of one for each command.
  return (cloudFront.send(command as never) as Promise<unknown>).then(
    () => 'accepted',
    (error: unknown) => (error as Error).name,
  );
}

async function page(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${warmfront.httpPort}/docs/`, { headers: { host: site.domainName } })).text();
}

async function associate(isAssociated: boolean): Promise<void> {
  await updateSite(cloudFront, site.id, (config) => ({
    ...config,
    DefaultCacheBehavior: {
      ...config.DefaultCacheBehavior!,
      FunctionAssociations: isAssociated
        ? { Quantity: 1, Items: [{ FunctionARN, EventType: 'viewer-request' }] }
        : { Quantity: 0 },
    },
  }));
  await deployed(cloudFront, site.id);
}

test('created: in development, for nobody yet', async () => {
  const made = await cloudFront.send(new CreateFunctionCommand({ Name, FunctionConfig, FunctionCode: source('one.html') }));
  expect(made.FunctionSummary).toMatchObject({
    Name,
    Status: 'UNPUBLISHED',
    FunctionConfig,
    FunctionMetadata: { FunctionARN, Stage: 'DEVELOPMENT' },
  });
  expect(made.ETag).toMatch(/^E[A-Z0-9]{13}$/);
  expect(made.Location).toEndWith(`/function/${FunctionARN}`);
  const { FunctionCode, ETag, ContentType } = await cloudFront.send(new GetFunctionCommand({ Name }));
  expect(Buffer.from(FunctionCode ?? [])).toEqual(Buffer.from(source('one.html')));
  expect([ETag, ContentType]).toEqual([made.ETag, 'application/octet-stream']);
  expect(await refusal(new CreateFunctionCommand({ Name, FunctionConfig, FunctionCode: source('') }))).toBe(
    'FunctionAlreadyExists',
  );
  expect(await refusal(new DescribeFunctionCommand({ Name, Stage: 'LIVE' }))).toBe('NoSuchFunctionExists');
});

test('tested: the event goes in, the result and what was logged come out', async () => {
  const IfMatch = await versionOf('DEVELOPMENT');
  const { TestResult } = await cloudFront.send(new TestFunctionCommand({ Name, IfMatch, EventObject }));
  expect(TestResult).toMatchObject({
    FunctionErrorMessage: '',
    FunctionExecutionLogs: ['/a/'],
    FunctionOutput:
      '{"request":{"headers":{"host":{"value":"www.example.com"}},"method":"GET","querystring":{},"uri":"/a/one.html","cookies":{}}}',
  });
  expect(TestResult?.ComputeUtilization).toMatch(/^\d{1,3}$/);
  expect(await refusal(new TestFunctionCommand({ Name, IfMatch, EventObject: Buffer.from('{}') }))).toBe('InvalidArgument');
  expect(await refusal(new TestFunctionCommand({ Name, IfMatch: 'E0', EventObject }))).toBe('InvalidIfMatchVersion');
});

test('published, associated, run', async () => {
  await expect(associate(true)).rejects.toMatchObject({ name: 'InvalidFunctionAssociation' });
  const published = await cloudFront.send(new PublishFunctionCommand({ Name, IfMatch: await versionOf('DEVELOPMENT') }));
  expect(published.FunctionSummary).toMatchObject({ Status: 'UNASSOCIATED', FunctionMetadata: { Stage: 'LIVE' } });
  await associate(true);
  expect(await page()).toBe('/docs/one.html');
  const { FunctionList } = await cloudFront.send(new ListFunctionsCommand({ Stage: 'LIVE' }));
  expect(FunctionList).toMatchObject({ Quantity: 1, Items: [{ Name, Status: 'ASSOCIATED' }] });
});

test('replayed with other code before that is published, whichever worker it ran in', async () => {
  // A connection for each, so that both workers have some.
  for (const index of Array.from({ length: 24 }).keys()) {
    const headers = { host: site.domainName, connection: 'close', 'x-index': String(index) };
    await fetch(`http://127.0.0.1:${warmfront.httpPort}/docs/`, { headers });
  }
  const file = join(warmfront.data, 'changed.js');
  writeFileSync(file, source('other.html'));
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const terminal = { environment: {}, workingDirectory: warmfront.data, print, complain: print };
  const handlers = { up: () => Promise.resolve(0), functionBench: () => Promise.resolve(functionBench) };
  const words = ['functions', 'replay', file, '--function', Name, '--last', '24', '--data', warmfront.data, '--json'];
  expect(await runCli(words, handlers, terminal)).toBe(1);
  const replays = JSON.parse(printed.join('\n')) as FunctionReplay[];
  const indices = replays.map(({ recorded }) => Number(indexOf(recorded)));
  expect(indices.toSorted((one, other) => one - other)).toEqual([...Array(24).keys()]);
  for (const { differences } of replays)
    expect(differences).toEqual([{ part: 'uri', before: '/docs/one.html', after: '/docs/other.html' }]);
});

function indexOf({ trace }: RecordedRun): string | undefined {
  return partsOfEvent(trace.event).get('header x-index');
}

test('updated: viewers get it when it is published', async () => {
  const stale = await versionOf('DEVELOPMENT');
  const update = { Name, FunctionConfig, FunctionCode: source('two.html') };
  const { ETag } = await cloudFront.send(new UpdateFunctionCommand({ ...update, IfMatch: stale }));
  expect(await refusal(new UpdateFunctionCommand({ ...update, IfMatch: stale }))).toBe('PreconditionFailed');
  expect(await page()).toBe('/docs/one.html');
  await cloudFront.send(new PublishFunctionCommand({ Name, IfMatch: ETag }));
  await deployed(cloudFront, site.id);
  expect(await page()).toBe('/docs/two.html');
});

test('what cannot run is not published; what is too large is not taken', async () => {
  const update = { Name, FunctionConfig, FunctionCode: Buffer.from('function handler() { for (const a of []) {} }') };
  const { ETag } = await cloudFront.send(new UpdateFunctionCommand({ ...update, IfMatch: await versionOf('DEVELOPMENT') }));
  const { TestResult } = await cloudFront.send(new TestFunctionCommand({ Name, IfMatch: ETag, EventObject }));
  expect(TestResult?.FunctionErrorMessage).toEndWith(
    'could not run. SyntaxError: for...of is not supported by cloudfront-js-2.0 (line 1, column 22)',
  );
  expect(await refusal(new PublishFunctionCommand({ Name, IfMatch: ETag }))).toBe('InvalidArgument');
  const large = { ...update, FunctionCode: new Uint8Array(10_241), IfMatch: ETag };
  expect(await refusal(new UpdateFunctionCommand(large))).toBe('FunctionSizeLimitExceeded');
  expect(await page()).toBe('/docs/two.html');
});

test('taken down: not while it is in use', async () => {
  expect(await refusal(new DeleteFunctionCommand({ Name, IfMatch: await versionOf('DEVELOPMENT') }))).toBe('FunctionInUse');
  await associate(false);
  expect(await page()).toBe('/docs/');
  await cloudFront.send(new DeleteFunctionCommand({ Name, IfMatch: await versionOf('DEVELOPMENT') }));
  expect(await refusal(new DescribeFunctionCommand({ Name }))).toBe('NoSuchFunctionExists');
});

test('what it logged for viewers is in its log', async () => {
  expect(await warmfront.stop()).toBe(0);
  const path = join(warmfront.data, 'logs', 'functions', `${Name}.log`);
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toMatch(
    new RegExp(`^\\S+Z (\\S+==) START DistributionID: ${site.id}\\n\\S+Z \\1 /docs/\\n\\S+Z \\1 END\\n`),
  );
});
