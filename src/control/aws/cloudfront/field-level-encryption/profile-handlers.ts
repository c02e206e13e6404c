/**
 * Profiles of field-level encryption: create, read, update, delete, list. Facts: aws-api B1, B2, B3. What one may say: accept-profile.ts.
 */
import { createPublicKey } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { FIELD_ENCRYPTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import { namedResources, type Shown } from '../policies/named-resources.ts';
import type { Registry } from '../registry.ts';
import { acceptProfile, type FieldLevelEncryptionProfileConfig } from './accept-profile.ts';
import { configsWithProfile } from './for-edges.ts';

export function fieldLevelEncryptionProfileHandlers(registry: Registry) {
  const profiles = namedResources<FieldLevelEncryptionProfileConfig, Sdk.FieldLevelEncryptionProfileConfig>(registry, {
    noun: 'profile for field-level encryption',
    code: 'FieldLevelEncryptionProfile',
    tooManyCode: 'TooManyFieldLevelEncryptionProfiles',
    quota: FIELD_ENCRYPTION_QUOTAS.profiles,
    newId: () => registry.ids.fieldLevelEncryptionProfile(),
    accept: (config) => acceptProfile(config, (id) => registry.publicKeys.get(id)?.document, rsaBits),
    acceptChange: requireSameReference,
    usedThrough: (id) => configsWithProfile(registry, id),
    users: 'configurations for field-level encryption',
    collection: registry.fieldLevelEncryptionProfiles,
    managed: [],
  });
  const shape = ({ id, config, modified }: Shown<FieldLevelEncryptionProfileConfig>): Sdk.FieldLevelEncryptionProfile => ({
    Id: id,
    LastModifiedTime: new Date(modified),
    FieldLevelEncryptionProfileConfig: config,
  });
  return {
    CreateFieldLevelEncryptionProfile(input, call) {
      const profile = profiles.create(input.FieldLevelEncryptionProfileConfig, call);
      const Location = locationOf(`field-level-encryption-profile/${profile.id}`);
      return { FieldLevelEncryptionProfile: shape(profile), ETag: profile.etag, Location };
    },
    GetFieldLevelEncryptionProfile({ Id }) {
      const profile = profiles.get(Id);
      return { FieldLevelEncryptionProfile: shape(profile), ETag: profile.etag };
    },
    GetFieldLevelEncryptionProfileConfig({ Id }) {
      const profile = profiles.get(Id);
      return { FieldLevelEncryptionProfileConfig: profile.config, ETag: profile.etag };
    },
    UpdateFieldLevelEncryptionProfile(input, call) {
      const profile = profiles.update(input.Id, input.IfMatch, input.FieldLevelEncryptionProfileConfig, call);
      return { FieldLevelEncryptionProfile: shape(profile), ETag: profile.etag };
    },
    DeleteFieldLevelEncryptionProfile({ Id, IfMatch }, call) {
      profiles.remove(Id, IfMatch, call);
      return {};
    },
    ListFieldLevelEncryptionProfiles(input) {
      const { head, items } = pageOf(profiles.list(), input, ({ id }) => id, registry.fieldLevelEncryptionProfiles);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map(({ id, modified, config: { Name, EncryptionEntities, Comment } }) => ({
        Id: id,
        LastModifiedTime: new Date(modified),
        Name,
        EncryptionEntities,
        ...(Comment !== undefined && { Comment }),
      }));
      return {
        FieldLevelEncryptionProfileList: {
          MaxItems,
          Quantity,
          ...(NextMarker !== undefined && { NextMarker }),
          ...listed(Items),
        },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

/** CloudFront: a caller's reference is for good. */
export function requireSameReference(
  current: { readonly CallerReference: string },
  next: { readonly CallerReference: string },
): void {
  if (current.CallerReference !== next.CallerReference) {
    throw new ApiError('IllegalUpdate', 'The update contains modifications that are not allowed: CallerReference.', 400);
  }
}

function rsaBits(pem: string): number | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
  return asymmetricKeyType === 'rsa' ? asymmetricKeyDetails?.modulusLength : undefined;
}
