/**
 * A trust store through the AWS CLI against the real program, as docs/guides/tls.md has it: bundle, create, read, update, delete.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestCa } from '../contracts/certificates.ts';
import { run, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

let warmfront: RunningWarmfront;
beforeAll(async () => {
  warmfront = await startWarmfront();
});
afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

const aws = (...args: string[]): Promise<string> => succeed(['aws', ...args, '--output', 'json'], warmfront.environment);
const cloudFront = async (...args: string[]): Promise<Answer> => JSON.parse((await aws('cloudfront', ...args)) || '{}') as Answer;
interface Answer {
  readonly ETag: string;
  readonly TrustStore: {
    readonly Id: string;
    readonly Arn: string;
    readonly Status: string;
    readonly NumberOfCaCertificates: number;
  };
  readonly TrustStoreList: readonly { readonly Name: string; readonly ETag: string }[];
}

const BUNDLE = 'CaCertificatesBundleS3Location={Bucket=authorities,Key=ca.pem,Region=us-east-1}';
const bundle = ['--ca-certificates-bundle-source', BUNDLE];

async function putBundle(...names: string[]): Promise<void> {
  const file = join(warmfront.data, 'bundle.pem');
  writeFileSync(file, (await Promise.all(names.map(async (name) => (await createTestCa(name)).pem))).join(''));
  await succeed(['aws', 's3', 'cp', file, 's3://authorities/ca.pem'], warmfront.environment);
}

test('made, read, updated, deleted', async () => {
  await succeed(['aws', 's3', 'mb', 's3://authorities'], warmfront.environment);
  await putBundle('One');
  const { TrustStore, ETag } = await cloudFront('create-trust-store', '--name', 'partners', ...bundle);
  expect(TrustStore).toMatchObject({ Status: 'active', NumberOfCaCertificates: 1 });
  const { Id } = TrustStore;
  await putBundle('One', 'Two');
  const updated = await cloudFront('update-trust-store', '--id', Id, '--if-match', ETag, ...bundle);
  expect(await cloudFront('get-trust-store', '--identifier', Id)).toEqual(updated);
  expect(updated.TrustStore.NumberOfCaCertificates).toBe(2);
  expect((await cloudFront('list-trust-stores')).TrustStoreList).toMatchObject([{ Name: 'partners', ETag: updated.ETag }]);

  const stale = ['aws', 'cloudfront', 'delete-trust-store', '--id', Id, '--if-match', ETag];
  expect((await run(stale, warmfront.environment)).stderr).toContain('PreconditionFailed');
  await aws('cloudfront', 'delete-trust-store', '--id', Id, '--if-match', updated.ETag);
  const gone = ['aws', 'cloudfront', 'get-trust-store', '--identifier', Id];
  expect((await run(gone, warmfront.environment)).stderr).toContain('EntityNotFound');
});
