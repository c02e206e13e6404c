import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned, createTestCa } from '../../../../../test/contracts/certificates.ts';
import { putObject } from '../../../buckets/bucket.fixture.ts';
import { openBucketStore, type BucketStore } from '../../../buckets/bucket-store.ts';
import { call, controlPlane, minimalConfig, refusalOf } from '../control-plane.fixture.ts';

let folder: string;
let buckets: BucketStore;
let plane: ReturnType<typeof controlPlane>;
let handlers: ReturnType<typeof controlPlane>['handlers'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-trust-'));
  buckets = openBucketStore(folder);
  buckets.createBucket({ name: 'cas', region: 'eu-west-1', created: 1 });
  ({ handlers } = plane = controlPlane(':memory:', buckets));
});
afterEach(() => {
  buckets.close();
  rmSync(folder, { recursive: true });
});

async function put(key: string, text: string): Promise<void> {
  await putObject(buckets, 'cas', key, text);
}

const at = (Key: string, changes: object = {}) => ({
  CaCertificatesBundleS3Location: { Bucket: 'cas', Key, Region: 'eu-west-1', ...changes },
});

async function create(Name: string, Key: string): Promise<{ Id: string; ETag: string }> {
  const { TrustStore, ETag } = await handlers.CreateTrustStore!({ Name, CaCertificatesBundleSource: at(Key) }, call);
  return { Id: TrustStore!.Id!, ETag: ETag! };
}

function distributionWith(TrustStoreId: string, reference = 'ref-1') {
  const DistributionConfig = minimalConfig({
    CallerReference: reference,
    DefaultCacheBehavior: { ...minimalConfig().DefaultCacheBehavior!, ViewerProtocolPolicy: 'https-only' },
    ViewerMtlsConfig: { Mode: 'required', TrustStoreConfig: { TrustStoreId, IgnoreCertificateExpiry: true } },
  });
  return handlers.CreateDistribution!({ DistributionConfig }, call);
}

describe('trust stores', () => {
  test('hold the authorities of the bundle, each once, and say so', async () => {
    const [one, other] = [await createTestCa('One'), await createTestCa('Other')];
    await put('all.pem', `One:\n${one.pem.replaceAll('\n', '\r\n')}\n${other.pem}${one.pem}`);
    const { Id, ETag } = await create('partners', 'all.pem');
    expect(Id).toMatch(/^ts_[A-Z0-9]{27}$/);
    const TrustStore = {
      Id,
      Arn: `arn:aws:cloudfront::000000000000:trust-store/${Id}`,
      Name: 'partners',
      Status: 'active' as const,
      NumberOfCaCertificates: 2,
      LastModifiedTime: new Date(1_000),
    };
    for (const Identifier of [Id, 'partners', TrustStore.Arn]) {
      const got = await handlers.GetTrustStore!({ Identifier }, call);
      expect(got).toEqual({ TrustStore: { ...TrustStore, UseClientCertificateOCSPEndpoint: false }, ETag });
    }
    expect(await handlers.ListTrustStores!({}, call)).toEqual({ TrustStoreList: [{ ...TrustStore, ETag }] });
  });

  test('what is no bundle is refused, with what is wrong and where', async () => {
    const ca = await createTestCa('One');
    const { cert, key } = await createSelfSigned(['viewer']);
    const texts: readonly (readonly [key: string, text: string, want: string])[] = [
      ['empty', '', 'it holds no certificate in PEM'],
      ['text', 'One', 'it holds no certificate in PEM'],
      ['key', ca.pem + key, 'its block 2 is no certificate'],
      ['leaf', ca.pem + cert, "its certificate 2 (CN=viewer) is no CA's"],
      ['damaged', ca.pem.replace(/MII./, 'AAAA'), 'its certificate 1 cannot be read'],
      ['many', ca.pem.repeat(26), 'it holds 26 certificates, and may hold 25'],
      ['large', ca.pem + ' '.repeat(65_536), 'octets, and may have 65536'],
    ];
    for (const [name, text, want] of texts) {
      await put(name, text);
      expect(await refusalOf(() => create('x', name))).toContain(want);
    }
    const source = (Key: string, changes: object) => () =>
      handlers.CreateTrustStore!({ Name: 'x', CaCertificatesBundleSource: at(Key, changes) }, call);
    expect(await refusalOf(source('gone', {}))).toContain('there is no object s3://cas/gone');
    expect(await refusalOf(source('leaf', { Bucket: 'none' }))).toContain('there is no bucket none');
    expect(await refusalOf(source('leaf', { Region: 'us-east-1' }))).toContain('in eu-west-1, not in us-east-1');
    expect(await refusalOf(source('leaf', { Version: 'v1' }))).toContain('of version v1');
    expect(await refusalOf(source('leaf', { Bucket: undefined }))).toStartWith('MalformedXML');
    const asked = { Name: 'x', CaCertificatesBundleSource: at('leaf'), UseClientCertificateOCSPEndpoint: true };
    expect(await refusalOf(() => handlers.CreateTrustStore!(asked, call))).toStartWith('NotImplemented');
    expect(await handlers.ListTrustStores!({}, call)).toEqual({ TrustStoreList: [] });
  });

  test('names are unique, and there are 20', async () => {
    await put('ca', (await createTestCa()).pem);
    for (let count = 0; count < 20; count++) await create(`store ${count}`, 'ca');
    expect(await refusalOf(() => create('store 3', 'ca'))).toStartWith('EntityAlreadyExists');
    expect(await refusalOf(() => create('one more', 'ca'))).toStartWith('EntityLimitExceeded');
  });

  test('a new bundle reaches the distributions that use it', async () => {
    const [old, next] = [await createTestCa('Old'), await createTestCa('Next')];
    await put('ca', old.pem);
    const { Id, ETag } = await create('partners', 'ca');
    await distributionWith(Id);
    await put('ca', next.pem);
    const update = (IfMatch: string) => handlers.UpdateTrustStore!({ Id, IfMatch, CaCertificatesBundleSource: at('ca') }, call);
    const { ETag: newer } = await update(ETag);
    expect(newer).not.toBe(ETag);
    await plane.settled();
    const shown = plane.snapshots.map(({ distributions }) => distributions[0]?.viewerMtls).filter((it) => it !== undefined);
    const trustStore = { id: Id, revision: 2, certificates: [next.pem], ignoresExpiry: true, tellsNames: true };
    expect(shown.at(-1)).toEqual({ mode: 'required', trustStore });
    expect(await refusalOf(() => update(ETag))).toStartWith('PreconditionFailed');
    expect(await refusalOf(() => update('E1'))).toStartWith('InvalidIfMatchVersion');
  });

  test('one in use cannot be deleted, and 25 distributions may use it', async () => {
    await put('ca', (await createTestCa()).pem);
    const { Id, ETag } = await create('partners', 'ca');
    const free = await create('free', 'ca');
    for (let count = 0; count < 25; count++) await distributionWith(Id, `ref-${count}`);
    expect(await refusalOf(() => distributionWith(Id, 'ref-25'))).toStartWith('EntityLimitExceeded');
    const { DistributionList } = await handlers.ListDistributionsByTrustStore!({ TrustStoreIdentifier: Id, MaxItems: 2 }, call);
    expect(DistributionList).toMatchObject({ Quantity: 2, IsTruncated: true });
    expect(await refusalOf(() => handlers.DeleteTrustStore!({ Id, IfMatch: ETag }, call))).toStartWith(
      'CannotDeleteEntityWhileInUse',
    );
    await handlers.DeleteTrustStore!({ Id: free.Id, IfMatch: free.ETag }, call);
    expect(await refusalOf(() => handlers.GetTrustStore!({ Identifier: free.Id }, call))).toStartWith('EntityNotFound');
  });

  test('tags', async () => {
    await put('ca', (await createTestCa()).pem);
    const Tags = { Items: [{ Key: 'team', Value: 'edge' }] };
    const { TrustStore } = await handlers.CreateTrustStore!({ Name: 'x', CaCertificatesBundleSource: at('ca'), Tags }, call);
    const Resource = TrustStore!.Arn!;
    await handlers.TagResource!({ Resource, Tags: { Items: [{ Key: 'stage', Value: 'test' }] } }, call);
    await handlers.UntagResource!({ Resource, TagKeys: { Items: ['team'] } }, call);
    const { Tags: tags } = await handlers.ListTagsForResource!({ Resource }, call);
    expect(tags).toEqual({ Items: [{ Key: 'stage', Value: 'test' }] });
    const gone = () => handlers.ListTagsForResource!({ Resource: `${Resource}x` }, call);
    expect(await refusalOf(gone)).toStartWith('NoSuchResource');
  });
});
