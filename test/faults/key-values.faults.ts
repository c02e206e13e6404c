/**
 * kill -9 while keys are put and deleted: after each restart every change that was acknowledged is in the store, none is half there, the
 * counts are those of the pairs, and functions see the same. docs/architecture.md: handlers write first and answer then.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { CloudFrontKeyValueStore } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { answersOf, createKeyValueSite, keyValueClient, type KeyValueSite } from '../process/key-value-site.ts';

/** How many changes are acknowledged before each kill; the next is under way then. */
const ROUNDS = [1, 2, 10, 40];
/** Each change puts all of these to one value and deletes the key of the change before. */
const TOGETHER = 20;

let warmfront: RunningWarmfront;
let site: KeyValueSite;
let acknowledged = 0;
let sent = 0;

beforeAll(async () => {
  warmfront = await startWarmfront({ flags: ['--workers', '2'] });
  site = await createKeyValueSite(warmfront);
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

/** Goes on until the process is gone; says when so many changes have been acknowledged. */
async function write(client: CloudFrontKeyValueStore, count: number, reached: () => void): Promise<void> {
  const KvsARN = site.storeArn;
  let IfMatch = (await client.describeKeyValueStore({ KvsARN })).ETag;
  for (let done = 1; ; done++) {
    const next = (sent = acknowledged + 1);
    const Puts = Array.from({ length: TOGETHER }, (_, n) => ({ Key: `together-${n}`, Value: `${next}` }));
    const Deletes = [{ Key: `only-${next - 1}` }];
    IfMatch = (await client.updateKeys({ KvsARN, IfMatch, Puts: [...Puts, { Key: `only-${next}`, Value: '' }], Deletes })).ETag;
    acknowledged = next;
    if (done === count) reached();
  }
}

test.each(ROUNDS)('killed after %d changes', async (count) => {
  const reached = Promise.withResolvers<void>();
  const writing = write(keyValueClient(warmfront), count, reached.resolve).catch((error: unknown) => reached.reject(error));
  await reached.promise;
  await warmfront.kill();
  await writing;
  warmfront = await startWarmfront({ data: warmfront.data, flags: ['--workers', '2'] });

  const KvsARN = site.storeArn;
  const client = keyValueClient(warmfront);
  const { Items = [] } = await client.listKeys({ KvsARN, MaxResults: 50 });
  const values = new Set(Items.flatMap(({ Key, Value }) => (Key!.startsWith('together-') ? [Number(Value)] : [])));
  const [value = 0] = values;
  expect(values.size).toBe(1);
  // What was sent last may have been stored without an answer.
  expect([acknowledged, sent]).toContain(value);
  expect(Items.map(({ Key }) => Key).filter((key) => key!.startsWith('only-'))).toEqual([`only-${value}`]);
  const { ItemCount, TotalSizeInBytes } = await client.describeKeyValueStore({ KvsARN });
  const size = Items.reduce((sum, { Key, Value }) => sum + Key!.length + Value!.length, 0);
  expect([ItemCount, TotalSizeInBytes]).toEqual([TOGETHER + 1, size]);
  expect([...(await answersOf(site, warmfront.httpPort, 'together-7', 16))]).toEqual([`${value}`]);
  acknowledged = value;
  sent = value;
});
