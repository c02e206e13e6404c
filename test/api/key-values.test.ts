/**
 * Key value stores on the wire: both APIs as golden pairs, and every operation of the pairs' API through the real JavaScript SDK, signed with
 * Signature Version 4A as that API's clients sign. What is decided is told beside the handlers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Agent } from 'node:http';
import {
  CloudFrontKeyValueStore,
  ConflictException,
  ResourceNotFoundException,
  ValidationException,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
// oxlint-disable-next-line import/no-unassigned-import -- it makes itself known to the SDK when it is read.
import '@aws-sdk/signature-v4a';
import { createApiServer, type ApiServer } from '../../src/control/aws/api-server.ts';
import { call, controlPlane } from '../../src/control/aws/cloudfront/control-plane.fixture.ts';
import cloudFrontFile from '../../src/control/aws/models/cloudfront.json' with { type: 'json' };
import keyValueFile from '../../src/control/aws/models/cloudfront-keyvaluestore.json' with { type: 'json' };
import { loadModel, type ModelFile } from '../../src/control/aws/wire/model.ts';
import { createService } from '../../src/control/aws/wire/service.ts';
import { goldenPairs } from './golden-pair.ts';

const user = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00' };
const models = {
  cloudFront: loadModel(cloudFrontFile as unknown as ModelFile),
  keyValues: loadModel(keyValueFile as unknown as ModelFile),
};

function target(now = Date.parse('2026-03-01T12:00:00Z')) {
  const plane = controlPlane();
  const options = { accountId: call.accountId, report: () => {} };
  const services = [
    createService(models.cloudFront, plane.handlers, options),
    createService(models.keyValues, plane.keyHandlers, options),
  ];
  const credentials = { lookup: () => ({ secretAccessKey: user.secretAccessKey, principal: call.principal }) };
  const api = createApiServer({ services, credentials, now: () => now, report: options.report });
  return { plane, api, user, now };
}

goldenPairs('key-value-stores', 'cloudfront', () => target());
goldenPairs('key-values', 'cloudfront-keyvaluestore', async () => {
  const made = target();
  await made.plane.handlers.CreateKeyValueStore!({ Name: 'store' }, { ...call, now: made.now });
  return made;
});

describe('the JavaScript SDK', () => {
  let server: Bun.Server<undefined>;
  let client: CloudFrontKeyValueStore;
  let KvsARN: string;
  const hosts = new Set<string>();
  const schemes = new Set<string>();

  beforeAll(async () => {
    const { api, plane } = target(Date.now());
    server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => note(api, request) });
    KvsARN = (await plane.handlers.CreateKeyValueStore!({ Name: 'store' }, call)).KeyValueStore!.ARN!;
    client = clientWith(user.secretAccessKey);
  });
  afterAll(() => server.stop(true));

  function clientWith(secretAccessKey: string): CloudFrontKeyValueStore {
    // Names under .localhost are this machine (RFC 6761 6.3), which not every system's resolver knows.
    const httpAgent = new Agent({ lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
    return new CloudFrontKeyValueStore({
      region: 'us-east-1',
      endpoint: `http://localhost:${server.port}`,
      credentials: { ...user, secretAccessKey },
      maxAttempts: 1,
      requestHandler: { httpAgent },
    });
  }

  function note(api: ApiServer, request: Request): Promise<Response> {
    hosts.add(request.headers.get('host')!);
    schemes.add(request.headers.get('authorization')!.split(' ')[0]!);
    return api.handle(request);
  }

  test('reads and changes pairs, a version at a time', async () => {
    const { ETag, ...empty } = await client.describeKeyValueStore({ KvsARN });
    expect(empty).toMatchObject({ ItemCount: 0, TotalSizeInBytes: 0, KvsARN, Status: 'READY' });
    const put = await client.putKey({ KvsARN, Key: 'a/b?c&d é', Value: 'x\0"y"\n', IfMatch: ETag });
    expect(put).toMatchObject({ ItemCount: 1, TotalSizeInBytes: 16 });
    expect(await client.getKey({ KvsARN, Key: 'a/b?c&d é' })).toMatchObject({ Value: 'x\0"y"\n', ItemCount: 1 });
    const updated = await client.updateKeys({
      KvsARN,
      IfMatch: put.ETag,
      Puts: [
        { Key: '1', Value: '' },
        { Key: '2', Value: '2' },
      ],
      Deletes: [{ Key: 'a/b?c&d é' }],
    });
    expect(updated).toMatchObject({ ItemCount: 2, TotalSizeInBytes: 3 });
    const { NextToken } = await client.listKeys({ KvsARN, MaxResults: 1 });
    expect((await client.listKeys({ KvsARN, NextToken })).Items).toEqual([{ Key: '2', Value: '2' }]);
    expect(await client.deleteKey({ KvsARN, Key: '1', IfMatch: updated.ETag })).toMatchObject({ ItemCount: 1 });
    expect([...hosts]).toEqual([`000000000000.localhost:${server.port}`]);
    expect([...schemes]).toEqual(['AWS4-ECDSA-P256-SHA256']);
  });

  test('gets errors of their own classes', async () => {
    const { ETag: IfMatch } = await client.describeKeyValueStore({ KvsARN });
    const refusals: [refused: () => Promise<unknown>, type: new (...all: never[]) => Error][] = [
      [() => client.getKey({ KvsARN, Key: 'none' }), ResourceNotFoundException],
      [() => client.getKey({ KvsARN: KvsARN.replace(/.{12}$/, '000000000000'), Key: 'none' }), ResourceNotFoundException],
      [() => client.deleteKey({ KvsARN, Key: 'none', IfMatch }), ResourceNotFoundException],
      [() => client.putKey({ KvsARN, Key: 'a', Value: 'a', IfMatch: 'KVOLD' }), ConflictException],
      [() => client.putKey({ KvsARN, Key: 'a'.repeat(513), Value: 'a', IfMatch }), ValidationException],
      [() => client.listKeys({ KvsARN, MaxResults: 51 }), ValidationException],
    ];
    for (const [refused, type] of refusals) await expect(refused()).rejects.toBeInstanceOf(type);
  });

  test('is refused with another secret', async () => {
    const other = clientWith('another');
    await expect(other.listKeys({ KvsARN })).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });
});
