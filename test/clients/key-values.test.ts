/**
 * Key value stores through real clients against the real program: a change is seen by functions in every worker as soon as it has been
 * answered, and by a worker that has just started; boto3 as it is, with the endpoint that `warmfront env` names.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { DescribeFunctionCommand, TestFunctionCommand } from '@aws-sdk/client-cloudfront';
import type { CloudFrontKeyValueStore } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { answersOf, createKeyValueSite, keyValueClient, type KeyValueSite } from '../process/key-value-site.ts';
import { workerPids } from '../process/process-facts.ts';
import { cloudFrontOf } from '../process/site.ts';
import { run, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const knowsIt = "import boto3, sys; sys.exit('cloudfront-keyvaluestore' not in boto3.session.Session().get_available_services())";
const hasBoto3 =
  (await run(['python3', '-c', knowsIt], process.env as Record<string, string>).catch(() => ({ code: 1 }))).code === 0;
if (!hasBoto3) console.warn('key-values.test.ts: boto3 is not here, or does not know cloudfront-keyvaluestore yet');

let warmfront: RunningWarmfront;
let site: KeyValueSite;
let client: CloudFrontKeyValueStore;
let KvsARN: string;

beforeAll(async () => {
  warmfront = await startWarmfront({ flags: ['--workers', '2'] });
  site = await createKeyValueSite(warmfront);
  client = keyValueClient(warmfront);
  KvsARN = site.storeArn;
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

const answers = (key: string): Promise<string[]> => answersOf(site, warmfront.httpPort, key, 24).then((seen) => [...seen]);

test('every worker has a change when it has been answered', async () => {
  let IfMatch = (await client.describeKeyValueStore({ KvsARN })).ETag;
  for (const Value of ['one', 'two', 'three']) {
    IfMatch = (await client.putKey({ KvsARN, Key: 'a', Value, IfMatch })).ETag;
    expect(await answers('a')).toEqual([Value]);
  }
  const Puts = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: 'x'.repeat(1000) }));
  IfMatch = (await client.updateKeys({ KvsARN, IfMatch, Puts })).ETag;
  await client.deleteKey({ KvsARN, Key: 'k7', IfMatch });
  expect([await answers('k7'), await answers('k8')]).toEqual([['absent'], ['x'.repeat(1000)]]);
});

test('TestFunction reads what is stored', async () => {
  const request = { method: 'GET', uri: '/a', headers: {}, querystring: {}, cookies: {} };
  const event = { version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip: '198.51.100.10' }, request };
  const cloudFront = cloudFrontOf(warmfront);
  const { ETag: IfMatch } = await cloudFront.send(new DescribeFunctionCommand({ Name: 'answer' }));
  const EventObject = Buffer.from(JSON.stringify(event));
  const { TestResult } = await cloudFront.send(new TestFunctionCommand({ Name: 'answer', IfMatch, EventObject }));
  expect(JSON.parse(TestResult!.FunctionOutput!)).toMatchObject({ response: { body: 'three' } });
});

test('a worker that takes the place of another has what is in the store before it serves', async () => {
  const before = workerPids(warmfront);
  process.kill(before[0]!, 'SIGKILL');
  const health = async (): Promise<boolean> =>
    ((await (await fetch(`${warmfront.apiUrl}/_warmfront/health`)).json()) as { ready: boolean }).ready;
  while (workerPids(warmfront).includes(before[0]!) || !(await health())) await answers('a');
  expect(await answers('a')).toEqual(['three']);
});

test.skipIf(!hasBoto3)('boto3', async () => {
  const environment = { ...warmfront.environment };
  const output = await succeed(['python3', join(import.meta.dir, 'boto3_key_values.py')], environment);
  expect(JSON.parse(output)).toEqual({
    listed: Array.from({ length: 12 }, (_, n) => String(n).padStart(2, '0')),
    refused: ['ConflictException', 409],
    count: 11,
    bytes: 35,
    stores: ['answers', 'boto3'],
  });
});
