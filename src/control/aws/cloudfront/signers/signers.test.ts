import { generateKeyPairSync } from 'node:crypto';
import type { KeyGroupConfig, PublicKeyConfig } from '@aws-sdk/client-cloudfront';
import { beforeEach, describe, expect, test } from 'bun:test';
import { call, controlPlane, minimalConfig, refusal } from '../control-plane.fixture.ts';

const PEM = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });
const ecdsa = generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...PEM });

let plane: ReturnType<typeof controlPlane>;
let handlers: ReturnType<typeof controlPlane>['handlers'];
beforeEach(() => ({ handlers } = plane = controlPlane()));

const keyConfig = (changes: Partial<PublicKeyConfig> = {}): PublicKeyConfig => ({
  CallerReference: 'ref',
  Name: 'mine',
  EncodedKey: rsa.publicKey,
  ...changes,
});

async function createKey(changes: Partial<PublicKeyConfig> = {}): Promise<{ Id: string; ETag: string }> {
  const { PublicKey, ETag } = await handlers.CreatePublicKey!({ PublicKeyConfig: keyConfig(changes) }, call);
  return { Id: PublicKey!.Id!, ETag: ETag! };
}

async function createGroup(Items: string[], changes: Partial<KeyGroupConfig> = {}): Promise<{ Id: string; ETag: string }> {
  const KeyGroupConfig = { Name: 'signers', Items, ...changes };
  const { KeyGroup, ETag } = await handlers.CreateKeyGroup!({ KeyGroupConfig }, call);
  return { Id: KeyGroup!.Id!, ETag: ETag! };
}

async function distributionFor(behavior: object) {
  const DefaultCacheBehavior = { ...minimalConfig().DefaultCacheBehavior, ...behavior };
  const { Distribution } = await handlers.CreateDistribution!(
    { DistributionConfig: minimalConfig({ DefaultCacheBehavior } as object) },
    call,
  );
  await plane.settled();
  return Distribution!.Id!;
}

const named = (...Items: string[]) => ({ Enabled: true, Quantity: Items.length, Items });
const published = () => plane.snapshots.at(-1)!.distributions[0]!.defaultCacheBehavior.signers;

describe('public keys', () => {
  test('come back as they were sent, octet for octet', async () => {
    const EncodedKey = `${ecdsa.publicKey.replaceAll('\n', '\r\n')}\n`;
    const { Id, ETag } = await createKey({ EncodedKey, Comment: 'for <us> & them' });
    expect(Id).toMatch(/^K[A-Z0-9]{13}$/);
    const config = await handlers.GetPublicKeyConfig!({ Id }, call);
    expect(config).toEqual({ PublicKeyConfig: keyConfig({ EncodedKey, Comment: 'for <us> & them' }), ETag });
    const { PublicKeyList } = await handlers.ListPublicKeys!({}, call);
    expect(PublicKeyList).toMatchObject({ Quantity: 1, Items: [{ Id, Name: 'mine', EncodedKey }] });
  });

  const wrong = (EncodedKey: string) => () => handlers.CreatePublicKey!({ PublicKeyConfig: keyConfig({ EncodedKey }) }, call);
  const BAD: readonly (readonly [name: string, key: () => string, want: string])[] = [
    ['a private key', () => rsa.privateKey, 'it is a private key'],
    ['no PEM', () => 'ssh-rsa AAAA', 'it must be one block in PEM'],
    ['two keys', () => rsa.publicKey + ecdsa.publicKey, 'it must be one block in PEM'],
    ['a damaged key', () => rsa.publicKey.replace('MIIB', 'MIIC'), 'is no public key'],
    ['a short RSA key', () => generateKeyPairSync('rsa', { modulusLength: 1024, ...PEM }).publicKey, 'and is rsa 1024'],
    ['another curve', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1', ...PEM }).publicKey, 'and is ec secp384r1'],
    ['another kind', () => generateKeyPairSync('ed25519', PEM).publicKey, 'and is ed25519'],
    [
      'the form of PKCS #1',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM, publicKeyEncoding: { type: 'pkcs1', format: 'pem' } })
          .publicKey,
      'it must be one block in PEM that begins with -----BEGIN PUBLIC KEY-----',
    ],
  ];
  test.each(BAD)('%s is refused', (_, key, want) => {
    expect(refusal(wrong(key()))).toBe('400 InvalidArgument');
    expect(wrong(key())).toThrow(want);
  });

  test('the same call again finds the same key; another under its reference is refused', async () => {
    const { Id } = await createKey();
    expect((await createKey()).Id).toBe(Id);
    expect(refusal(wrong(ecdsa.publicKey))).toBe('409 PublicKeyAlreadyExists');
  });

  test('only the comment can change', async () => {
    const { Id, ETag } = await createKey();
    const update = (changes: Partial<PublicKeyConfig>, IfMatch = ETag) =>
      handlers.UpdatePublicKey!({ Id, IfMatch, PublicKeyConfig: keyConfig(changes) }, call);
    for (const change of [{ Name: 'other' }, { CallerReference: 'other' }, { EncodedKey: ecdsa.publicKey }]) {
      expect(refusal(() => update(change))).toBe('400 CannotChangeImmutablePublicKeyFields');
    }
    const updated = await update({ Comment: 'new' });
    expect(updated.PublicKey).toMatchObject({ PublicKeyConfig: { Comment: 'new' } });
    expect(refusal(() => update({ Comment: 'newer' }))).toBe('412 PreconditionFailed');
  });

  test('ten, and none that a key group holds can go', async () => {
    const { Id, ETag } = await createKey();
    await createGroup([Id]);
    expect(refusal(() => handlers.DeletePublicKey!({ Id, IfMatch: ETag }, call))).toBe('409 PublicKeyInUse');
    for (let n = 1; n < 10; n++) await createKey({ CallerReference: `ref-${n}` });
    expect(refusal(() => handlers.CreatePublicKey!({ PublicKeyConfig: keyConfig({ CallerReference: 'x' }) }, call))).toBe(
      '400 TooManyPublicKeys',
    );
    expect(refusal(() => handlers.GetPublicKey!({ Id: 'KNONE' }, call))).toBe('404 NoSuchPublicKey');
  });
});

describe('key groups', () => {
  test('hold keys that exist, each once, five at most', async () => {
    const keys: string[] = [];
    for (let n = 0; n < 6; n++) keys.push((await createKey({ CallerReference: `ref-${n}` })).Id);
    const create =
      (...Items: string[]) =>
      () =>
        handlers.CreateKeyGroup!({ KeyGroupConfig: { Name: 'g', Items } }, call);
    expect(refusal(create())).toBe('400 InvalidArgument');
    expect(refusal(create('KNONE'))).toBe('400 InvalidArgument');
    expect(refusal(create(keys[0]!, keys[0]!))).toBe('400 InvalidArgument');
    expect(refusal(create(...keys))).toBe('400 TooManyPublicKeysInKeyGroup');
    expect(refusal(create(...keys.slice(1)))).toBe('accepted');
    expect(refusal(create(keys[0]!))).toBe('409 KeyGroupAlreadyExists');
    for (let n = 1; n < 10; n++) await createGroup([keys[0]!], { Name: `g${n}` });
    expect(refusal(() => handlers.CreateKeyGroup!({ KeyGroupConfig: { Name: 'x', Items: [keys[0]!] } }, call))).toBe(
      '400 TooManyKeyGroups',
    );
  });

  test('reach the edges with their keys, and again when they change; none can go while it is trusted', async () => {
    const [one, two] = [await createKey(), await createKey({ CallerReference: 'two', EncodedKey: ecdsa.publicKey })];
    const group = await createGroup([one.Id]);
    const Id = await distributionFor({ TrustedKeyGroups: named(group.Id) });
    expect(published()).toEqual({ keys: [{ id: one.Id, pem: rsa.publicKey }], unknownAccounts: [] });

    const KeyGroupConfig = { Name: 'signers', Items: [one.Id, two.Id] };
    const updated = await handlers.UpdateKeyGroup!({ Id: group.Id, IfMatch: group.ETag, KeyGroupConfig }, call);
    await plane.settled();
    expect(published()?.keys.map(({ id }) => id)).toEqual([one.Id, two.Id]);
    const { Distribution } = await handlers.GetDistribution!({ Id }, call);
    expect(Distribution).toMatchObject({
      ActiveTrustedSigners: { Enabled: false, Quantity: 0 },
      ActiveTrustedKeyGroups: {
        Enabled: true,
        Quantity: 1,
        Items: [{ KeyGroupId: group.Id, KeyPairIds: { Quantity: 2, Items: [one.Id, two.Id] } }],
      },
    });
    const listed = await handlers.ListDistributionsByKeyGroup!({ KeyGroupId: group.Id }, call);
    expect(listed.DistributionIdList).toMatchObject({ Quantity: 1, Items: [Id] });
    const remove = () => handlers.DeleteKeyGroup!({ Id: group.Id, IfMatch: updated.ETag }, call);
    expect(refusal(remove)).toBe('409 ResourceInUse');
    expect(refusal(() => handlers.GetKeyGroup!({ Id: 'none' }, call))).toBe('404 NoSuchResource');
  });
});

describe('trusted signers', () => {
  test('this account is all its public keys, today’s and tomorrow’s', async () => {
    await distributionFor({ TrustedSigners: named('self', '000000000000') });
    expect(published()).toEqual({ keys: [], unknownAccounts: [] });
    const { Id, ETag } = await createKey();
    await plane.settled();
    expect(published()?.keys).toEqual([{ id: Id, pem: rsa.publicKey }]);
    await handlers.DeletePublicKey!({ Id, IfMatch: ETag }, call);
    await plane.settled();
    expect(published()?.keys).toEqual([]);
  });

  test('another account is taken, and said to be unknown', async () => {
    const { Id } = await createKey();
    const DistributionId = await distributionFor({ TrustedSigners: named('self', '123456789012') });
    const { Distribution } = await handlers.GetDistribution!({ Id: DistributionId }, call);
    expect(Distribution!.ActiveTrustedSigners).toEqual({
      Enabled: true,
      Quantity: 2,
      Items: [{ AwsAccountNumber: 'self', KeyPairIds: { Quantity: 1, Items: [Id] } }, { AwsAccountNumber: '123456789012' }],
    });
    expect(plane.warned.join('\n')).toContain('TrustedSigners: what other AWS accounts sign is refused');
  });
});
