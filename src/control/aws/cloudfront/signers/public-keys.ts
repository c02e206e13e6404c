/**
 * Public keys: create, read, comment on, delete. Facts: aws-api B2 (the id is the Key-Pair-Id of signed URLs), B3, B5. What a key may be is
 * judged in accept-public-key.ts; who trusts it is said by key groups (key-groups.ts), and by the account itself for TrustedSigners.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS } from '../../../../tables/quotas.ts';
import type { Change, StoredResource } from '../../../state/resources.ts';
import { ApiError } from '../../wire/types.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { profilesWithKey } from '../field-level-encryption/for-edges.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import type { Registry } from '../registry.ts';
import { requireVersion } from '../versions.ts';
import { acceptPublicKey, type PublicKeyConfig } from './accept-public-key.ts';
import { ownAccounts } from './trusted-keys.ts';

type Stored = StoredResource<PublicKeyConfig>;

export function publicKeyHandlers(registry: Registry) {
  const keys = registry.publicKeys;
  const find = (id: string | undefined): Stored => {
    const stored = id === undefined ? undefined : keys.get(id);
    if (stored === undefined) throw new ApiError('NoSuchPublicKey', "The specified public key doesn't exist.", 404);
    return stored;
  };
  /** A change of the account's keys is one of every distribution that trusts the account. */
  const touchAccount = (change: Change): void => {
    for (const account of ownAccounts(registry)) registry.touchUsersOf(account, change);
  };
  return {
    CreatePublicKey(input, call) {
      const config = accept(input.PublicKeyConfig);
      const earlier = keys.named(config.CallerReference);
      // CloudFront: the same reference and the same content is the same request, sent again.
      if (earlier !== undefined && isSame(earlier.document, config)) return answer(earlier);
      if (earlier !== undefined) {
        throw new ApiError(
          'PublicKeyAlreadyExists',
          `The specified public key already exists. Already exists: ${earlier.id}`,
          409,
        );
      }
      if (keys.count() >= ACCOUNT_QUOTAS.publicKeys) {
        const message = 'The maximum number of public keys for field-level encryption and signed URLs have been created.';
        throw new ApiError('TooManyPublicKeys', message, 400);
      }
      const resource = {
        id: registry.ids.publicKey(),
        name: config.CallerReference,
        etag: registry.ids.etag(),
        document: config,
      };
      return answer(
        registry.change(call, (change) => {
          const stored = keys.insert(resource, change);
          touchAccount(change);
          return stored;
        }),
      );
    },
    GetPublicKey({ Id }) {
      const stored = find(Id);
      return { PublicKey: shape(stored), ETag: stored.etag };
    },
    GetPublicKeyConfig({ Id }) {
      const stored = find(Id);
      return { PublicKeyConfig: stored.document, ETag: stored.etag };
    },
    UpdatePublicKey(input, call) {
      const current = find(input.Id);
      requireVersion(keys, current, input.IfMatch);
      const config = accept(input.PublicKeyConfig);
      // CloudFront: everything but the comment is for good.
      if (!isSame({ ...current.document, Comment: '' }, { ...config, Comment: '' })) {
        const message = "You can't change the value of a public key: CallerReference, Name and EncodedKey are immutable.";
        throw new ApiError('CannotChangeImmutablePublicKeyFields', message, 400);
      }
      const next = { etag: registry.ids.etag(), document: config };
      const stored = registry.change(call, (change) => keys.update(current, next, change));
      return { PublicKey: shape(stored), ETag: stored.etag };
    },
    DeletePublicKey({ Id, IfMatch }, call) {
      const current = find(Id);
      requireVersion(keys, current, IfMatch);
      const holder = registry.keyGroups.list().find(({ document }) => document.Items.includes(current.id));
      if (holder !== undefined) {
        const message = `The specified public key is in use: by the key group ${holder.document.Name} (${holder.id}).`;
        throw new ApiError('PublicKeyInUse', message, 409);
      }
      const profile = profilesWithKey(registry, current.id)[0];
      if (profile !== undefined) {
        const message = `The specified public key is in use: by the field-level encryption profile ${profile.name} (${profile.id}).`;
        throw new ApiError('PublicKeyInUse', message, 409);
      }
      registry.change(call, (change) => {
        keys.remove(current, change);
        touchAccount(change);
      });
      return {};
    },
    ListPublicKeys(input) {
      const { head, items } = pageOf(keys.list(), input, ({ id }) => id, keys);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map(({ id, created: at, document: { Name, EncodedKey, Comment } }) => ({
        Id: id,
        Name,
        CreatedTime: new Date(at),
        EncodedKey,
        ...(Comment !== undefined && { Comment }),
      }));
      return { PublicKeyList: { MaxItems, Quantity, ...(NextMarker !== undefined && { NextMarker }), ...listed(Items) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

function accept(config: Sdk.PublicKeyConfig | undefined): PublicKeyConfig {
  if (config === undefined)
    throw new ApiError('MissingBody', 'This operation requires a body. Ensure that the body is present.', 400);
  return acceptPublicKey(config);
}

function isSame(one: PublicKeyConfig, other: PublicKeyConfig): boolean {
  const members = ['CallerReference', 'Name', 'EncodedKey', 'Comment'] as const;
  return members.every((member) => (one[member] ?? '') === (other[member] ?? ''));
}

function shape({ id, created, document }: Stored): Sdk.PublicKey {
  return { Id: id, CreatedTime: new Date(created), PublicKeyConfig: document };
}

function answer(stored: Stored): Sdk.CreatePublicKeyResult {
  return { PublicKey: shape(stored), ETag: stored.etag, Location: locationOf(`public-key/${stored.id}`) };
}
