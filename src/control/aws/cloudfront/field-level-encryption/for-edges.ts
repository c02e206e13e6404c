/**
 * Field-level encryption from the stored configurations, profiles and keys to the form that edges read, and who of them names whom.
 */
import type { EncryptionProfile, FieldLevelEncryption } from '../../../../model/field-level-encryption.ts';
import { items } from '../filled-config.ts';
import type { Registry } from '../registry.ts';
import type { FieldLevelEncryptionConfig } from './accept-config.ts';
import type { FieldLevelEncryptionProfileConfig } from './accept-profile.ts';

export function fieldLevelEncryptionFor(registry: Registry, id: string): FieldLevelEncryption | undefined {
  const config = registry.fieldLevelEncryptionConfigs.get(id)?.document;
  if (config === undefined) return undefined;
  const profile = (profileId: string): EncryptionProfile => profileFor(registry, profileId);
  const { ContentTypeProfileConfig: byType, QueryArgProfileConfig: byArgument } = config;
  return {
    id,
    contentTypes: Object.fromEntries(
      items(byType?.ContentTypeProfiles).map(({ ContentType, ProfileId }) => [
        ContentType.toLowerCase(),
        ProfileId ? profile(ProfileId) : undefined,
      ]),
    ),
    forwardsUnknownContentType: byType?.ForwardWhenContentTypeIsUnknown ?? false,
    queryArguments: byArgument && {
      profiles: Object.fromEntries(
        items(byArgument.QueryArgProfiles).map(({ QueryArg, ProfileId }) => [QueryArg, profile(ProfileId)]),
      ),
      forwardsUnknown: byArgument.ForwardWhenQueryArgProfileIsUnknown,
    },
  };
}

/** What a configuration names exists, and so does what a profile names: neither can be deleted while in use. */
function profileFor(registry: Registry, id: string): EncryptionProfile {
  const profile = registry.fieldLevelEncryptionProfiles.get(id);
  if (profile === undefined) throw new Error(`the field-level encryption profile ${id} is named and does not exist`);
  return {
    entities: items(profile.document.EncryptionEntities).map(({ PublicKeyId, ProviderId, FieldPatterns }) => {
      const key = registry.publicKeys.get(PublicKeyId);
      if (key === undefined) throw new Error(`the public key ${PublicKeyId} is named and does not exist`);
      const { Name: name, EncodedKey: pem } = key.document;
      return { key: { name, provider: ProviderId, pem }, fieldPatterns: items<string>(FieldPatterns) };
    }),
  };
}

/** The profiles that encrypt with the key. */
export function profilesWithKey(registry: Registry, keyId: string): readonly { readonly id: string; readonly name: string }[] {
  return registry.fieldLevelEncryptionProfiles
    .list()
    .filter(({ document }) => items(document.EncryptionEntities).some(({ PublicKeyId }) => PublicKeyId === keyId))
    .map(({ id, document: { Name: name } }: { id: string; document: FieldLevelEncryptionProfileConfig }) => ({ id, name }));
}

/** Ids of the configurations that use the profile. */
export function configsWithProfile(registry: Registry, profileId: string): readonly string[] {
  const names = ({ ContentTypeProfileConfig, QueryArgProfileConfig }: FieldLevelEncryptionConfig): boolean =>
    [...items(ContentTypeProfileConfig?.ContentTypeProfiles), ...items(QueryArgProfileConfig?.QueryArgProfiles)].some(
      ({ ProfileId }) => ProfileId === profileId,
    );
  return registry.fieldLevelEncryptionConfigs.list().flatMap(({ id, document }) => (names(document) ? [id] : []));
}
