/**
 * Configurations of field-level encryption: create, read, update, delete, list. Facts: aws-api B1, B2, B3. What one may say:
 * accept-config.ts; which cache behavior may use one: validate/field-level-encryption.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { FIELD_ENCRYPTION_QUOTAS } from '../../../../tables/quotas.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import { namedResources, type Shown } from '../policies/named-resources.ts';
import type { Registry } from '../registry.ts';
import { acceptConfig, type FieldLevelEncryptionConfig } from './accept-config.ts';
import { requireSameReference } from './profile-handlers.ts';

export function fieldLevelEncryptionHandlers(registry: Registry) {
  const configs = namedResources<FieldLevelEncryptionConfig, Sdk.FieldLevelEncryptionConfig>(registry, {
    noun: 'configuration for field-level encryption',
    code: 'FieldLevelEncryptionConfig',
    tooManyCode: 'TooManyFieldLevelEncryptionConfigs',
    quota: FIELD_ENCRYPTION_QUOTAS.configs,
    newId: () => registry.ids.fieldLevelEncryption(),
    accept: (config) => acceptConfig(config, (id) => registry.fieldLevelEncryptionProfiles.get(id) !== undefined),
    acceptChange: requireSameReference,
    collection: registry.fieldLevelEncryptionConfigs,
    managed: [],
  });
  const shape = ({ id, config, modified }: Shown<FieldLevelEncryptionConfig>): Sdk.FieldLevelEncryption => ({
    Id: id,
    LastModifiedTime: new Date(modified),
    FieldLevelEncryptionConfig: config,
  });
  return {
    CreateFieldLevelEncryptionConfig(input, call) {
      const config = configs.create(input.FieldLevelEncryptionConfig, call);
      const Location = locationOf(`field-level-encryption/${config.id}`);
      return { FieldLevelEncryption: shape(config), ETag: config.etag, Location };
    },
    GetFieldLevelEncryption({ Id }) {
      const config = configs.get(Id);
      return { FieldLevelEncryption: shape(config), ETag: config.etag };
    },
    GetFieldLevelEncryptionConfig({ Id }) {
      const { config, etag } = configs.get(Id);
      return { FieldLevelEncryptionConfig: config, ETag: etag };
    },
    UpdateFieldLevelEncryptionConfig(input, call) {
      const config = configs.update(input.Id, input.IfMatch, input.FieldLevelEncryptionConfig, call);
      return { FieldLevelEncryption: shape(config), ETag: config.etag };
    },
    DeleteFieldLevelEncryptionConfig({ Id, IfMatch }, call) {
      configs.remove(Id, IfMatch, call);
      return {};
    },
    ListFieldLevelEncryptionConfigs(input) {
      const { head, items } = pageOf(configs.list(), input, ({ id }) => id, registry.fieldLevelEncryptionConfigs);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map(({ id, modified, config: { Comment, QueryArgProfileConfig, ContentTypeProfileConfig } }) => ({
        Id: id,
        LastModifiedTime: new Date(modified),
        ...(Comment !== undefined && { Comment }),
        ...(QueryArgProfileConfig !== undefined && { QueryArgProfileConfig }),
        ...(ContentTypeProfileConfig !== undefined && { ContentTypeProfileConfig }),
      }));
      return {
        FieldLevelEncryptionList: {
          MaxItems,
          Quantity,
          ...(NextMarker !== undefined && { NextMarker }),
          ...listed(Items),
        },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
