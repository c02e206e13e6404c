/**
 * Key groups: the public keys that a cache behavior trusts together, so that a key can be replaced without a moment in which nobody can
 * sign. Facts: aws-api B3, B5; data plane 9.1, 14.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk, Defined } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import { namedResources, type Shown } from '../policies/named-resources.ts';
import type { Registry } from '../registry.ts';
import { checkConstraints, length, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { firstRepeated, invalidArgument } from '../validate/references.ts';

export type KeyGroupConfig = Defined<Sdk.KeyGroupConfig>;

const CONSTRAINTS: readonly Constraint[] = [
  ['Name', required],
  ['Name', length(1, 128)],
  ['Items', required],
  ['Comment', length(0, 128)],
];

/** Throws ApiError. `hasKey`: the public keys that there are. */
export function acceptKeyGroup(config: Sdk.KeyGroupConfig, hasKey: (id: string) => boolean): KeyGroupConfig {
  checkConstraints(config, 'keyGroupConfig', CONSTRAINTS);
  const accepted = config as KeyGroupConfig;
  const { Items } = accepted;
  if (Items.length === 0) throw invalidArgument('The parameter Items must name at least one public key.');
  if (Items.length > ACCOUNT_QUOTAS.keysPerGroup) {
    const message = 'The number of public keys in this key group is more than the maximum allowed.';
    throw new ApiError('TooManyPublicKeysInKeyGroup', message, 400);
  }
  const repeated = firstRepeated(Items);
  if (repeated !== undefined) throw invalidArgument(`The parameter Items names the public key ${repeated} more than once.`);
  const unknown = Items.find((id) => !hasKey(id));
  if (unknown !== undefined) throw invalidArgument(`The parameter Items names a public key that does not exist: ${unknown}`);
  return accepted;
}

export function keyGroupHandlers(registry: Registry) {
  const groups = namedResources<KeyGroupConfig, Sdk.KeyGroupConfig>(registry, {
    noun: 'key group',
    code: 'KeyGroup',
    noSuchCode: 'NoSuchResource',
    inUseCode: 'ResourceInUse',
    tooManyCode: 'TooManyKeyGroups',
    quota: ACCOUNT_QUOTAS.keyGroups,
    newId: () => registry.ids.uuid(),
    accept: (config) => acceptKeyGroup(config, (id) => registry.publicKeys.get(id) !== undefined),
    collection: registry.keyGroups,
    managed: [],
  });
  const shape = ({ id, config, modified }: Shown<KeyGroupConfig>): Sdk.KeyGroup => ({
    Id: id,
    LastModifiedTime: new Date(modified),
    KeyGroupConfig: config,
  });
  return {
    CreateKeyGroup(input, call) {
      const group = groups.create(input.KeyGroupConfig, call);
      return { KeyGroup: shape(group), ETag: group.etag, Location: locationOf(`key-group/${group.id}`) };
    },
    GetKeyGroup({ Id }) {
      const group = groups.get(Id);
      return { KeyGroup: shape(group), ETag: group.etag };
    },
    GetKeyGroupConfig({ Id }) {
      const group = groups.get(Id);
      return { KeyGroupConfig: group.config, ETag: group.etag };
    },
    UpdateKeyGroup(input, call) {
      const group = groups.update(input.Id, input.IfMatch, input.KeyGroupConfig, call);
      return { KeyGroup: shape(group), ETag: group.etag };
    },
    DeleteKeyGroup({ Id, IfMatch }, call) {
      groups.remove(Id, IfMatch, call);
      return {};
    },
    ListKeyGroups(input) {
      const { head, items } = pageOf(groups.list(), input, ({ id }) => id, registry.keyGroups);
      const { MaxItems, Quantity, NextMarker } = head;
      const Items = items.map((group) => ({ KeyGroup: shape(group) }));
      return { KeyGroupList: { MaxItems, Quantity, ...(NextMarker !== undefined && { NextMarker }), ...listed(Items) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
