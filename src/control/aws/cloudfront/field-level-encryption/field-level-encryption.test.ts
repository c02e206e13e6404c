import { generateKeyPairSync } from 'node:crypto';
import type { FieldLevelEncryptionConfig, FieldLevelEncryptionProfileConfig } from '@aws-sdk/client-cloudfront';
import { beforeEach, describe, expect, test } from 'bun:test';
import { call, controlPlane, minimalConfig, refusal, refusalOf } from '../control-plane.fixture.ts';

const PEM = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM }).publicKey;
const ecdsa = generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...PEM }).publicKey;

let plane: ReturnType<typeof controlPlane>;
let handlers: ReturnType<typeof controlPlane>['handlers'];
let keyId: string;
beforeEach(() => {
  ({ handlers } = plane = controlPlane());
  keyId = createKey('bank', rsa).Id;
});

interface Made {
  readonly Id: string;
  readonly ETag: string;
}

function createKey(Name: string, EncodedKey: string): Made {
  const { PublicKey, ETag } = handlers.CreatePublicKey!(
    { PublicKeyConfig: { CallerReference: Name, Name, EncodedKey } },
    call,
  ) as {
    PublicKey: { Id: string };
    ETag: string;
  };
  return { Id: PublicKey.Id, ETag };
}

const entity = (...Items: string[]) => ({
  PublicKeyId: keyId,
  ProviderId: 'us:bank',
  FieldPatterns: { Quantity: Items.length, Items },
});

function profileConfig(changes: Partial<FieldLevelEncryptionProfileConfig> = {}): FieldLevelEncryptionProfileConfig {
  return { Name: 'cards', CallerReference: 'p1', EncryptionEntities: { Quantity: 1, Items: [entity('card*')] }, ...changes };
}

async function createProfile(changes: Partial<FieldLevelEncryptionProfileConfig> = {}): Promise<Made> {
  const FieldLevelEncryptionProfileConfig = profileConfig(changes);
  const made = await handlers.CreateFieldLevelEncryptionProfile!({ FieldLevelEncryptionProfileConfig }, call);
  return { Id: made.FieldLevelEncryptionProfile!.Id!, ETag: made.ETag! };
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

function forType(ContentType: string): Pick<FieldLevelEncryptionConfig, 'ContentTypeProfileConfig'> {
  const ContentTypeProfiles = { Quantity: 1, Items: [{ Format: 'URLEncoded' as const, ContentType }] };
  return { ContentTypeProfileConfig: { ForwardWhenContentTypeIsUnknown: true, ContentTypeProfiles } };
}

function config(ProfileId: string | undefined, changes: Partial<FieldLevelEncryptionConfig> = {}): FieldLevelEncryptionConfig {
  const one = { Format: 'URLEncoded' as const, ContentType: FORM_TYPE, ProfileId };
  const ContentTypeProfiles = { Quantity: 1, Items: [one] };
  return {
    CallerReference: 'c1',
    ContentTypeProfileConfig: { ForwardWhenContentTypeIsUnknown: false, ContentTypeProfiles },
    ...changes,
  };
}

async function createConfig(FieldLevelEncryptionConfig: FieldLevelEncryptionConfig): Promise<Made> {
  const made = await handlers.CreateFieldLevelEncryptionConfig!({ FieldLevelEncryptionConfig }, call);
  return { Id: made.FieldLevelEncryption!.Id!, ETag: made.ETag! };
}

const queryArguments = (...named: readonly (readonly [string, string])[]) => {
  const Items = named.map(([QueryArg, ProfileId]) => ({ QueryArg, ProfileId }));
  return { ForwardWhenQueryArgProfileIsUnknown: true, QueryArgProfiles: { Quantity: Items.length, Items } };
};

async function distributionFor(FieldLevelEncryptionId: string, behavior: object = {}, protocol = 'match-viewer') {
  const all = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
  const minimal = minimalConfig();
  const DefaultCacheBehavior = {
    ...minimal.DefaultCacheBehavior!,
    ViewerProtocolPolicy: 'https-only' as const,
    AllowedMethods: { Quantity: 7, Items: [...all] },
    FieldLevelEncryptionId,
    ...behavior,
  };
  const [site] = minimal.Origins!.Items!;
  const CustomOriginConfig = { ...site!.CustomOriginConfig!, OriginProtocolPolicy: protocol as 'match-viewer' };
  const Origins = { Quantity: 1, Items: [{ ...site!, CustomOriginConfig }] };
  const { Distribution } = await handlers.CreateDistribution!(
    { DistributionConfig: { ...minimal, Origins, DefaultCacheBehavior } },
    call,
  );
  await plane.settled();
  return Distribution!.Id!;
}

const published = () => plane.snapshots.at(-1)!.distributions[0]!.defaultCacheBehavior.fieldLevelEncryption;

describe('a profile', () => {
  test('is read, listed, changed and deleted', async () => {
    const { Id, ETag } = await createProfile();
    expect(Id).toMatch(/^P[A-Z0-9]{13}$/);
    expect(await handlers.GetFieldLevelEncryptionProfileConfig!({ Id }, call)).toEqual({
      FieldLevelEncryptionProfileConfig: profileConfig(),
      ETag,
    });
    const next = profileConfig({ Comment: 'new' });
    const update = (IfMatch: string, FieldLevelEncryptionProfileConfig: FieldLevelEncryptionProfileConfig) => () =>
      handlers.UpdateFieldLevelEncryptionProfile!({ Id, IfMatch, FieldLevelEncryptionProfileConfig }, call);
    expect(refusal(update('E0', next))).toBe('400 InvalidIfMatchVersion');
    expect(refusal(update(ETag, profileConfig({ CallerReference: 'other' })))).toBe('400 IllegalUpdate');
    const updated = (await update(ETag, next)()).ETag!;
    const { FieldLevelEncryptionProfileList } = await handlers.ListFieldLevelEncryptionProfiles!({}, call);
    expect(FieldLevelEncryptionProfileList).toMatchObject({ Quantity: 1, Items: [{ Id, Name: 'cards', Comment: 'new' }] });
    await handlers.DeleteFieldLevelEncryptionProfile!({ Id, IfMatch: updated }, call);
    expect(refusal(() => handlers.GetFieldLevelEncryptionProfile!({ Id }, call))).toBe('404 NoSuchFieldLevelEncryptionProfile');
  });

  const patterns = (...items: string[]) => ({ EncryptionEntities: { Quantity: 1, Items: [entity(...items)] } });
  const rows: [name: string, changes: () => Partial<FieldLevelEncryptionProfileConfig>, want: string][] = [
    ['names and beginnings', () => patterns('a.b', 'c[0]', 'd-*', '_'), 'accepted'],
    ['a space in its name', () => ({ Name: 'a b' }), '400 InvalidArgument'],
    ['a * in the middle', () => patterns('a*b'), '400 InvalidArgument'],
    ['an empty pattern', () => patterns(''), '400 InvalidArgument'],
    ['no pattern', () => patterns(), '400 InvalidArgument'],
    ['patterns that overlap', () => patterns('AB*', 'ABC*'), '400 InvalidArgument'],
    ['a pattern twice', () => patterns('a', 'a'), '400 InvalidArgument'],
    ['eleven patterns', () => patterns(...'a b c d e f g h i j k'.split(' ')), '400 TooManyFieldLevelEncryptionFieldPatterns'],
    ['no entity', () => ({ EncryptionEntities: { Quantity: 0 } }), '400 InvalidArgument'],
    [
      'an unknown key',
      () => ({ EncryptionEntities: { Quantity: 1, Items: [{ ...entity('a'), PublicKeyId: 'K0' }] } }),
      '404 NoSuchPublicKey',
    ],
    [
      'a key that cannot encrypt',
      () => ({ EncryptionEntities: { Quantity: 1, Items: [{ ...entity('a'), PublicKeyId: createKey('ec', ecdsa).Id }] } }),
      '400 InvalidArgument',
    ],
    ['a wrong count', () => ({ EncryptionEntities: { Quantity: 2, Items: [entity('a')] } }), '400 InconsistentQuantities'],
  ];
  test.each(rows)('%s', (_name, changes, want) => {
    const FieldLevelEncryptionProfileConfig = profileConfig(changes());
    expect(refusal(() => handlers.CreateFieldLevelEncryptionProfile!({ FieldLevelEncryptionProfileConfig }, call))).toBe(want);
  });

  test('has a name of its own, and keeps its key', async () => {
    await createProfile();
    const FieldLevelEncryptionProfileConfig = profileConfig({ CallerReference: 'p2' });
    const again = () => handlers.CreateFieldLevelEncryptionProfile!({ FieldLevelEncryptionProfileConfig }, call);
    expect(refusal(again)).toBe('409 FieldLevelEncryptionProfileAlreadyExists');
    const key = await handlers.GetPublicKey!({ Id: keyId }, call);
    expect(refusal(() => handlers.DeletePublicKey!({ Id: keyId, IfMatch: key.ETag }, call))).toBe('409 PublicKeyInUse');
  });
});

describe('a configuration', () => {
  test('is told apart by its caller’s reference', async () => {
    const { Id } = await createProfile();
    await createConfig(config(Id));
    expect(await refusalOf(() => createConfig(config(Id, { Comment: 'again' })))).toMatch(
      /^FieldLevelEncryptionConfigAlreadyExists: .* with this caller reference already exists/,
    );
  });

  const rows: [name: string, changes: (profile: string) => Partial<FieldLevelEncryptionConfig>, want: string][] = [
    ['arguments', (profile) => ({ QueryArgProfileConfig: queryArguments(['a', profile], ['b%2B*', profile]) }), 'accepted'],
    ['no content types', () => ({ ContentTypeProfileConfig: undefined }), 'accepted'],
    [
      'an unknown profile',
      () => ({ QueryArgProfileConfig: queryArguments(['a', 'P0']) }),
      '404 NoSuchFieldLevelEncryptionProfile',
    ],
    ['no profile', () => ({ QueryArgProfileConfig: queryArguments(['a', '']) }), '400 QueryArgProfileEmpty'],
    ['an argument twice', (it) => ({ QueryArgProfileConfig: queryArguments(['a', it], ['a', it]) }), '400 InvalidArgument'],
    ['an argument with a space', (it) => ({ QueryArgProfileConfig: queryArguments(['a b', it]) }), '400 InvalidArgument'],
    [
      'six arguments',
      (it) => ({ QueryArgProfileConfig: queryArguments(...'a b c d e f'.split(' ').map((name) => [name, it] as const)) }),
      '400 TooManyFieldLevelEncryptionQueryArgProfiles',
    ],
    ['another content type', () => forType('text/plain'), '400 InvalidArgument'],
    // Edges compare without parameters: with one it would never match, and what should be encrypted would pass.
    ['a content type with a parameter', () => forType(`${FORM_TYPE}; charset=utf-8`), '400 InvalidArgument'],
    ['a content type with a space', () => forType(`${FORM_TYPE} `), '400 InvalidArgument'],
    ['the content type in capitals', () => forType(FORM_TYPE.toUpperCase()), 'accepted'],
  ];
  test.each(rows)('%s', async (_name, changes, want) => {
    const profile = await createProfile();
    const FieldLevelEncryptionConfig = config(profile.Id, changes(profile.Id));
    expect(refusal(() => handlers.CreateFieldLevelEncryptionConfig!({ FieldLevelEncryptionConfig }, call))).toBe(want);
  });

  test('reaches edges with its keys, and anew when a profile changes', async () => {
    const profile = await createProfile();
    const { Id } = await createConfig(config(profile.Id, { QueryArgProfileConfig: queryArguments(['a', profile.Id]) }));
    expect(Id).toMatch(/^C[A-Z0-9]{13}$/);
    await distributionFor(Id);
    const entities = [{ key: { name: 'bank', provider: 'us:bank', pem: rsa }, fieldPatterns: ['card*'] }];
    expect(published()).toEqual({
      id: Id,
      contentTypes: { 'application/x-www-form-urlencoded': { entities } },
      forwardsUnknownContentType: false,
      queryArguments: { profiles: { a: { entities } }, forwardsUnknown: true },
    });
    const next = profileConfig({ EncryptionEntities: { Quantity: 1, Items: [entity('iban')] } });
    await handlers.UpdateFieldLevelEncryptionProfile!(
      { Id: profile.Id, IfMatch: profile.ETag, FieldLevelEncryptionProfileConfig: next },
      call,
    );
    await plane.settled();
    expect(published()?.contentTypes['application/x-www-form-urlencoded']?.entities[0]?.fieldPatterns).toEqual(['iban']);
  });

  test('is not deleted while in use, nor is its profile', async () => {
    const profile = await createProfile();
    const { Id, ETag } = await createConfig(config(profile.Id));
    const removeProfile = () => handlers.DeleteFieldLevelEncryptionProfile!({ Id: profile.Id, IfMatch: profile.ETag }, call);
    expect(refusal(removeProfile)).toBe('409 FieldLevelEncryptionProfileInUse');
    await distributionFor(Id);
    const remove = () => handlers.DeleteFieldLevelEncryptionConfig!({ Id, IfMatch: ETag }, call);
    expect(refusal(remove)).toBe('409 FieldLevelEncryptionConfigInUse');
    const { FieldLevelEncryptionList } = await handlers.ListFieldLevelEncryptionConfigs!({}, call);
    expect(FieldLevelEncryptionList).toMatchObject({ Quantity: 1, Items: [{ Id }] });
  });

  const illegal = 'IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior';
  const behaviors: [name: string, behavior: object, protocol: string, want: string][] = [
    ['over clear text', { ViewerProtocolPolicy: 'allow-all' }, 'match-viewer', illegal],
    ['without POST', { AllowedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] } }, 'match-viewer', illegal],
    ['to an origin over clear text', {}, 'http-only', illegal],
    ['that redirects', { ViewerProtocolPolicy: 'redirect-to-https' }, 'https-only', 'accepted'],
    ['with an unknown configuration', { FieldLevelEncryptionId: 'C0' }, 'https-only', 'NoSuchFieldLevelEncryptionConfig'],
  ];
  test.each(behaviors)('in a cache behavior %s', async (_name, behavior, protocol, want) => {
    const { Id } = await createConfig(config((await createProfile()).Id));
    const verdict = await distributionFor(Id, behavior, protocol).then(
      () => 'accepted',
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(verdict).toBe(want);
  });
});
