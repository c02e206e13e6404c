import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionConfig } from '@aws-sdk/client-cloudfront';
import { putObject } from '../../../buckets/bucket.fixture.ts';
import { openBucketStore, type BucketStore } from '../../../buckets/bucket-store.ts';
import { call, controlPlane, minimalConfig, refusalOf } from '../control-plane.fixture.ts';

let buckets: BucketStore;
let plane: ReturnType<typeof controlPlane>;
let handlers: ReturnType<typeof controlPlane>['handlers'];
let keys: ReturnType<typeof controlPlane>['keyHandlers'];
const start = (files?: BucketStore): void => void ({ handlers, keyHandlers: keys } = plane = controlPlane(':memory:', files));
beforeEach(() => start());

const store = (key: string, content: string | Uint8Array): Promise<void> => putObject(buckets, 'files', key, content);

async function create(Name: string, SourceARN?: string): Promise<{ ARN: string; ETag: string }> {
  const ImportSource = SourceARN === undefined ? undefined : { SourceType: 'S3' as const, SourceARN };
  const { KeyValueStore, ETag } = await handlers.CreateKeyValueStore!({ Name, ImportSource }, call);
  return { ARN: KeyValueStore!.ARN!, ETag: ETag! };
}

const FunctionCode = Buffer.from('function handler(event) { return event.request; }');
function configured(ARNs: readonly string[], Runtime: FunctionConfig['Runtime'] = 'cloudfront-js-2.0'): FunctionConfig {
  const Items = ARNs.map((KeyValueStoreARN) => ({ KeyValueStoreARN }));
  return { Comment: '', Runtime, KeyValueStoreAssociations: { Quantity: Items.length, Items } };
}
async function createFunction(Name: string, ...ARNs: readonly string[]): Promise<string> {
  return (await handlers.CreateFunction!({ Name, FunctionConfig: configured(ARNs), FunctionCode }, call)).ETag!;
}
const etagOf = async (KvsARN: string): Promise<string> => (await keys.DescribeKeyValueStore!({ KvsARN }, call)).ETag!;

describe('a store is made with a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'warmfront-stores-'));
    buckets = openBucketStore(folder);
    buckets.createBucket({ name: 'files', region: 'us-east-1', created: 1 });
  });
  beforeEach(() => start(buckets));
  afterAll(() => {
    buckets.close();
    rmSync(folder, { recursive: true });
  });

  test('whose pairs are in it', async () => {
    await store('pairs.json', '{"data":[{"key":"b","value":"2"},{"key":"a","value":"é"}]}');
    const { ARN } = await create('imported', 'arn:aws:s3:::files/pairs.json');
    expect(await keys.ListKeys!({ KvsARN: ARN }, call)).toEqual({
      Items: [
        { Key: 'a', Value: 'é' },
        { Key: 'b', Value: '2' },
      ],
    });
    expect(await keys.DescribeKeyValueStore!({ KvsARN: ARN }, call)).toMatchObject({ ItemCount: 2, TotalSizeInBytes: 5 });
  });

  const large = JSON.stringify({ data: Array.from({ length: 5121 }, (_, n) => ({ key: `${n}`, value: 'x'.repeat(1024) })) });
  const rows: [name: string, content: string | Uint8Array | undefined, arn: string, want: string][] = [
    [
      'no ARN',
      undefined,
      'files/x',
      'InvalidArgument: The parameter ImportSource.SourceARN must be arn:aws:s3:::<bucket>/<key>.',
    ],
    ['no such bucket', undefined, 'arn:aws:s3:::none/x', 'AccessDenied: The import source s3://none/x is not in the built-in'],
    ['no such object', undefined, 'arn:aws:s3:::files/none', 'AccessDenied: The import source s3://files/none is not in'],
    ['no JSON', '{', 'arn:aws:s3:::files/x', 'InvalidArgument: The import source s3://files/x cannot be used: it is not JSON'],
    ['empty', '', 'arn:aws:s3:::files/x', 'InvalidArgument: The import source s3://files/x cannot be used: it is not JSON'],
    [
      'Latin-1',
      Buffer.from('{"data":[{"key":"é","value":""}]}', 'latin1'),
      'arn:aws:s3:::files/x',
      'InvalidArgument: The import source s3://files/x cannot be used: it is not UTF-8.',
    ],
    ['too large', large, 'arn:aws:s3:::files/x', 'EntitySizeLimitExceeded: The import source s3://files/x is too large: it has'],
  ];
  test.each(rows)('which is refused: %s', async (_name, content, arn, want) => {
    if (content !== undefined) await store('x', content);
    expect(await refusalOf(() => create('s', arn))).toStartWith(want);
    expect(handlers.ListKeyValueStores!({}, call)).toEqual({ KeyValueStoreList: { MaxItems: 100, Quantity: 0 } });
  });
});

describe('functions name a store', () => {
  test('that is there, one, for runtime 2.0', async () => {
    const { ARN } = await create('one');
    const other = (await create('other')).ARN;
    const gone = ARN.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const refused = (FunctionConfig: FunctionConfig): Promise<string> =>
      refusalOf(() => handlers.CreateFunction!({ Name: 'f', FunctionConfig, FunctionCode }, call));
    expect(await refused(configured([ARN, other]))).toBe(
      'InvalidArgument: A function may be associated with at most 1 key value store.',
    );
    expect(await refused(configured([gone]))).toBe(`InvalidArgument: The key value store does not exist: ${gone}`);
    expect(await refused(configured([ARN.replace(':000000000000:', ':111111111111:')]))).toStartWith(
      'InvalidArgument: The key value store does not',
    );
    expect(await refused(configured([ARN], 'cloudfront-js-1.0'))).toStartWith(
      'InvalidArgument: Key value stores may be associated with',
    );
    await createFunction('f', ARN);
    const { FunctionSummary } = await handlers.DescribeFunction!({ Name: 'f' }, call);
    expect(FunctionSummary!.FunctionConfig!.KeyValueStoreAssociations).toEqual({
      Quantity: 1,
      Items: [{ KeyValueStoreARN: ARN }],
    });
  });

  test('ten of them at most', async () => {
    const { ARN } = await create('one');
    for (let n = 0; n < 10; n++) await createFunction(`f${n}`, ARN);
    expect(await refusalOf(() => createFunction('f10', ARN))).toStartWith(
      'InvalidArgument: A key value store may be associated with at most 10',
    );
  });

  test('which stays while either stage names it', async () => {
    const { ARN, ETag: IfMatch } = await create('one');
    const remove = (): Promise<string> => refusalOf(() => handlers.DeleteKeyValueStore!({ Name: 'one', IfMatch }, call));
    let version = await createFunction('f', ARN);
    await handlers.PublishFunction!({ Name: 'f', IfMatch: version }, call);
    version = (
      await handlers.UpdateFunction!({ Name: 'f', IfMatch: version, FunctionConfig: configured([]), FunctionCode }, call)
    ).ETag!;
    expect(await remove()).toBe(
      'CannotDeleteEntityWhileInUse: The key value store one cannot be deleted because it is associated with functions: f.',
    );
    await handlers.PublishFunction!({ Name: 'f', IfMatch: version }, call);
    expect(await remove()).toBe('accepted');
    expect(await refusalOf(() => keys.GetKey!({ KvsARN: ARN, Key: 'a' }, call))).toStartWith(
      'ResourceNotFoundException: There is no key value store',
    );
  });
});

describe('edges are kept up to date', () => {
  /** A distribution whose function reads the store; how to take the function off again. */
  async function read(ARN: string): Promise<() => Promise<void>> {
    await handlers.PublishFunction!({ Name: 'f', IfMatch: await createFunction('f', ARN) }, call);
    const { DefaultCacheBehavior } = minimalConfig();
    const FunctionARN = 'arn:aws:cloudfront::000000000000:function/f';
    const FunctionAssociations = { Quantity: 1, Items: [{ EventType: 'viewer-request' as const, FunctionARN }] };
    const config = minimalConfig({ DefaultCacheBehavior: { ...DefaultCacheBehavior!, FunctionAssociations } });
    const { Distribution, ETag: IfMatch } = await handlers.CreateDistribution!({ DistributionConfig: config }, call);
    await plane.settled();
    return async () => {
      const DistributionConfig = { ...Distribution!.DistributionConfig!, DefaultCacheBehavior: DefaultCacheBehavior! };
      await handlers.UpdateDistribution!({ Id: Distribution!.Id, IfMatch, DistributionConfig }, call);
      await plane.settled();
    };
  }

  test('with the store of a published function of a distribution, whole and then by change, until it is read no more', async () => {
    const { ARN } = await create('one');
    const storeId = ARN.split('/')[1]!;
    const unread = (await create('unread')).ARN;
    await keys.PutKey!({ KvsARN: ARN, IfMatch: await etagOf(ARN), Key: 'a', Value: '1' }, call);
    expect(plane.keyValues).toEqual([]);
    const takeOff = await read(ARN);
    expect(plane.snapshots.at(-1)!.functions).toMatchObject([{ name: 'f', keyValueStore: storeId }]);
    expect(plane.keyValues).toMatchObject([{ kind: 'contents', storeId, version: 2, pairs: [['a', '1']] }]);
    const [Puts, Deletes] = [[{ Key: 'b', Value: '2' }], [{ Key: 'a' }]];
    await keys.UpdateKeys!({ KvsARN: ARN, IfMatch: await etagOf(ARN), Puts, Deletes }, call);
    await keys.PutKey!({ KvsARN: unread, IfMatch: await etagOf(unread), Key: 'a', Value: '1' }, call);
    const change = { kind: 'change' as const, storeId, modified: 1_000, version: 3, deletes: ['a'] };
    expect(plane.keyValues.slice(1)).toEqual([{ ...change, puts: [['b', '2']] }]);
    await takeOff();
    expect(plane.keyValues.at(-1)).toEqual({ kind: 'gone', storeId });
  });

  test('and keep it while a snapshot that names it is the newest that all of them have', async () => {
    const { ARN } = await create('one');
    const takeOff = await read(ARN);
    const acknowledgeFirst = plane.hold();
    await handlers.TagResource!(
      { Resource: plane.snapshots.at(-1)!.distributions[0]!.arn, Tags: { Items: [{ Key: 'a' }] } },
      call,
    );
    // The snapshot leaves in a turn of its own.
    await new Promise(setImmediate);
    const acknowledgeSecond = plane.hold();
    const takenOff = takeOff();
    acknowledgeFirst();
    await new Promise(setImmediate);
    expect(plane.snapshots.slice(-2).map(({ functions }) => functions!.length)).toEqual([1, 0]);
    expect(plane.keyValues.map(({ kind }) => kind)).toEqual(['contents']);
    acknowledgeSecond();
    await takenOff;
    expect(plane.keyValues.map(({ kind }) => kind)).toEqual(['contents', 'gone']);
  });

  test('whole or by change with what is put while their first snapshot is made, whenever that is', async () => {
    for (let turns = 0; turns < 16; turns += 1) {
      start();
      const { ARN } = await create('one');
      const [IfMatch, sent] = [await etagOf(ARN), read(ARN)];
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      await keys.PutKey!({ KvsARN: ARN, IfMatch, Key: 'a', Value: '1' }, call);
      await sent;
      const last = plane.keyValues.at(-1)!;
      const pairs = last.kind === 'contents' ? last.pairs : last.kind === 'change' ? last.puts : [];
      expect({ turns, pairs }).toEqual({ turns, pairs: [['a', '1']] });
    }
  });

  test('and one that does not answer holds nobody up for long', async () => {
    const { ARN } = await create('one');
    await read(ARN);
    plane.hold();
    const put = keys.PutKey!({ KvsARN: ARN, IfMatch: await etagOf(ARN), Key: 'a', Value: '1' }, call);
    expect(await put).toMatchObject({ ItemCount: 1 });
    plane.release();
  });
});
