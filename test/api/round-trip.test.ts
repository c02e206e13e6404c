/**
 * Every operation of CloudFront, Certificate Manager, AWS WAF and STS through the real JavaScript SDK: the input that the client was given arrives at the handler, the
 * output that the handler gave arrives at the client, and every signature is verified on the way.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as acm from '@aws-sdk/client-acm';
import * as cloudfront from '@aws-sdk/client-cloudfront';
import * as sts from '@aws-sdk/client-sts';
import * as wafv2 from '@aws-sdk/client-wafv2';
import { createApiServer } from '../../src/control/aws/api-server.ts';
import { createCredentials, type Credentials } from '../../src/control/aws/credentials.ts';
import acmFile from '../../src/control/aws/models/acm.json' with { type: 'json' };
import cloudfrontFile from '../../src/control/aws/models/cloudfront.json' with { type: 'json' };
import stsFile from '../../src/control/aws/models/sts.json' with { type: 'json' };
import wafv2File from '../../src/control/aws/models/wafv2.json' with { type: 'json' };
import { loadModel, type ModelFile, type Operation, type ServiceModel } from '../../src/control/aws/wire/model.ts';
import { createService } from '../../src/control/aws/wire/service.ts';
import { randomStructure, seededRandom } from './random-values.ts';

type Values = Record<string, unknown>;
type Client = { send(command: unknown): Promise<Values>; destroy(): void };
type Sdk = Record<string, unknown>;

const acmModel = loadModel(acmFile as unknown as ModelFile);
const cloudfrontModel = loadModel(cloudfrontFile as unknown as ModelFile);
const stsModel = loadModel(stsFile as unknown as ModelFile);
const wafv2Model = loadModel(wafv2File as unknown as ModelFile);

let dataDir: string;
let server: ReturnType<typeof Bun.serve>;
let credentials: Credentials;
const reports: string[] = [];
const seen = new Map<string, Values>();
const answers = new Map<string, Values>();

/** A handler per operation, which notes its input and gives what the test laid out. */
function echoes(model: ServiceModel): Record<string, (input: Values) => Values | undefined> {
  const echo = (name: string) => (input: Values) => {
    seen.set(name, input);
    return answers.get(name);
  };
  return Object.fromEntries([...model.operations.keys()].map((name) => [name, echo(name)]));
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'warmfront-api-'));
  credentials = await createCredentials(dataDir);
  const report = (line: string): void => void reports.push(line);
  const options = { accountId: credentials.accountId, report };
  const services = [
    createService(acmModel, echoes(acmModel), options),
    createService(cloudfrontModel, echoes(cloudfrontModel), options),
    createService(stsModel, echoes(stsModel), options),
    createService(wafv2Model, echoes(wafv2Model), options),
  ];
  const api = createApiServer({ services, credentials, now: Date.now, report });
  server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => api.handle(request) });
});

afterAll(async () => {
  await server.stop(true);
  await rm(dataDir, { recursive: true });
});

function connect(constructor: unknown): Client {
  const Constructor = constructor as new (config: object) => Client;
  return new Constructor({ region: 'us-east-1', endpoint: server.url.origin, credentials: credentials.user, maxAttempts: 1 });
}

async function expectRoundTrip(model: ServiceModel, sdk: Sdk, client: Client, operation: Operation, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const input = operation.input === undefined ? {} : randomStructure(operation.input, random);
  const output = operation.output === undefined ? {} : randomStructure(operation.output, random);
  answers.set(operation.name, output);
  const Command = sdk[`${operation.name}Command`] as new (input: Values) => unknown;
  const { $metadata, ...received } = await client.send(new Command(structuredClone(input)));
  expect({ [operation.name]: bare(seen.get(operation.name)) }).toEqual({ [operation.name]: bare(input) });
  expect({ [operation.name]: bare(received) }).toEqual({ [operation.name]: bare(output) });
  expect($metadata).toMatchObject({ httpStatusCode: model.operations.get(operation.name)?.status });
}

/** Without what a client may leave out or add: undefined members, streams' wrappers. */
function bare(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(bare);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, bare(item)]),
  );
}

describe('each operation, there and back', () => {
  test.each([1, 2, 3])('cloudfront, seed %d', async (seed) => {
    const client = connect(cloudfront.CloudFrontClient);
    let i = 0;
    for (const operation of cloudfrontModel.operations.values()) {
      await expectRoundTrip(cloudfrontModel, cloudfront, client, operation, seed * 1000 + i++);
    }
    client.destroy();
    expect(i).toBe(167);
    expect(reports).toEqual([]);
  });

  test.each([1, 2, 3])('acm, seed %d', async (seed) => {
    const client = connect(acm.ACMClient);
    let i = 0;
    for (const operation of acmModel.operations.values()) {
      // Of those of ACME endpoints the client makes tokens by itself, and a search filter may hold others without end.
      if (/Acme|^Search/.test(operation.name)) continue;
      await expectRoundTrip(acmModel, acm, client, operation, seed * 1000 + i++);
    }
    client.destroy();
    expect(i).toBe(20);
    expect(reports).toEqual([]);
  });

  test.each([1, 2, 3])('wafv2, seed %d', async (seed) => {
    const client = connect(wafv2.WAFV2Client);
    let i = 0;
    for (const operation of wafv2Model.operations.values())
      await expectRoundTrip(wafv2Model, wafv2, client, operation, seed * 1000 + i++);
    client.destroy();
    expect(i).toBe(59);
    expect(reports).toEqual([]);
  });

  test('sts', async () => {
    const client = connect(sts.STSClient);
    let i = 0;
    for (const operation of stsModel.operations.values()) {
      // Two calls that the SDK sends unsigned, by design.
      if (!operation.name.startsWith('AssumeRoleWith')) await expectRoundTrip(stsModel, sts, client, operation, i++);
    }
    client.destroy();
    expect(reports).toEqual([]);
  });
});
