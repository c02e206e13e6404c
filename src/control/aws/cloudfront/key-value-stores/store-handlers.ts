/**
 * Key value stores: create, with the pairs of a file or without any, read, change the comment, delete, list. Facts: aws-api B2, B3; data
 * plane 14. Their pairs are another API's (aws/cloudfront-keyvaluestore); which functions read one is said by the functions.
 */
import { KEY_VALUE_QUOTAS } from '../../../../tables/quotas.ts';
import type { ReadableBuckets } from '../../../buckets/read-stored-object.ts';
import { ApiError, type Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import type { Registry } from '../registry.ts';
import { acceptTags } from '../tags.ts';
import { invalidArgument } from '../validate/references.ts';
import { requireVersion } from '../versions.ts';
import { readImport } from './read-import.ts';
import { functionsReading, keyValueStoreArn, keyValueStoreShape, type StoredKeyValueStore } from './store-document.ts';

/** `buckets`: where files to import lie; without, there are none. */
export function keyValueStoreHandlers(registry: Registry, buckets: ReadableBuckets | undefined) {
  const { keyValueStores, accountId, ids, state } = registry;
  const find = (name: string | undefined): StoredKeyValueStore => {
    const stored = name === undefined ? undefined : keyValueStores.named(name);
    if (stored === undefined) throw new ApiError('EntityNotFound', `The key value store ${name ?? ''} does not exist.`, 404);
    return stored;
  };
  const refuseTaken = (name: string): void => {
    if (keyValueStores.named(name) !== undefined)
      throw new ApiError('EntityAlreadyExists', `A key value store with the name ${name} already exists.`, 409);
    if (keyValueStores.count() >= KEY_VALUE_QUOTAS.stores) {
      const message = 'You have reached the maximum number of key value stores for this account.';
      throw new ApiError('EntityLimitExceeded', message, 400);
    }
  };

  return {
    async CreateKeyValueStore({ Name: name = '', Comment: comment, ImportSource, Tags }, call) {
      const tags = acceptTags(Tags, {});
      refuseTaken(name);
      const pairs = await readImport(buckets, ImportSource);
      // The file took time to read: somebody else may have been faster.
      refuseTaken(name);
      const id = ids.uuid();
      const resource = { id, name, etag: ids.etag(), document: { comment, tags } };
      const stored = registry.change(call, (change) => {
        state.keyValues.create(id, ids.keyValues(), pairs, change.now);
        return keyValueStores.insert(resource, change);
      });
      return {
        // CloudFront: a new store is being provisioned. Here that has happened before anybody can ask again.
        KeyValueStore: keyValueStoreShape(registry, stored, 'PROVISIONING'),
        ETag: stored.etag,
        Location: locationOf(`key-value-store/${keyValueStoreArn(accountId, id)}`),
      };
    },
    DescribeKeyValueStore({ Name }) {
      const stored = find(Name);
      return { KeyValueStore: keyValueStoreShape(registry, stored, 'READY'), ETag: stored.etag };
    },
    UpdateKeyValueStore({ Name, Comment: comment, IfMatch }, call) {
      const current = find(Name);
      requireVersion(keyValueStores, current, IfMatch);
      const next = { etag: ids.etag(), document: { ...current.document, comment } };
      const stored = registry.change(call, (change) => keyValueStores.update(current, next, change));
      return { KeyValueStore: keyValueStoreShape(registry, stored, 'READY'), ETag: stored.etag };
    },
    DeleteKeyValueStore({ Name, IfMatch }, call) {
      const current = find(Name);
      requireVersion(keyValueStores, current, IfMatch);
      const users = functionsReading(registry, current.id).map(({ name }) => name);
      if (users.length > 0) {
        const message = `The key value store ${current.name} cannot be deleted because it is associated with functions: ${users.join(', ')}.`;
        throw new ApiError('CannotDeleteEntityWhileInUse', message, 409);
      }
      registry.change(call, (change) => {
        keyValueStores.remove(current, change);
        state.keyValues.remove(current.id);
      });
      return {};
    },
    ListKeyValueStores({ Status, ...asked }) {
      // Ours: other states do not last.
      if (Status !== undefined && Status !== 'READY' && Status !== 'PROVISIONING')
        throw invalidArgument('The parameter Status must be READY or PROVISIONING.');
      const all = Status === 'PROVISIONING' ? [] : keyValueStores.list();
      const { head, items } = pageOf(all, asked, ({ id }) => id, keyValueStores);
      const { MaxItems, Quantity, NextMarker } = head;
      return {
        KeyValueStoreList: {
          MaxItems,
          Quantity,
          ...(NextMarker !== undefined && { NextMarker }),
          ...listed(items.map((stored) => keyValueStoreShape(registry, stored, 'READY'))),
        },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
