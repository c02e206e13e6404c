/**
 * A key value store as it is stored, and as the API and functions see it. Facts: aws-api B2, B3. Its settings and its pairs have a version
 * (ETag) each: the settings' is the resource's, the pairs' is kept with them (control/state/key-values.ts).
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { KeyValueReader } from '../../../../edge/ports.ts';
import type { KeyValues } from '../../../state/key-values.ts';
import type { StoredResource } from '../../../state/resources.ts';
import type { StoredFunction } from '../functions/function-document.ts';
import type { Registry } from '../registry.ts';

export interface KeyValueStoreDocument {
  /** Absent where none was given: clients compare it with what they said. */
  readonly comment?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export type StoredKeyValueStore = StoredResource<KeyValueStoreDocument>;

export function keyValueStoreArn(accountId: string, id: string): string {
  return `arn:aws:cloudfront::${accountId}:key-value-store/${id}`;
}

/** The id in the ARN of a key value store of this account; undefined of anything else. */
export function keyValueStoreId(arn: string, accountId: string): string | undefined {
  const prefix = keyValueStoreArn(accountId, '');
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}

export function keyValueStoreShape(
  { accountId }: Pick<Registry, 'accountId'>,
  { id, name, document: { comment }, modified }: StoredKeyValueStore,
  status: 'PROVISIONING' | 'READY',
): Sdk.KeyValueStore {
  return {
    Name: name,
    Id: id,
    Comment: comment,
    ARN: keyValueStoreArn(accountId, id),
    Status: status,
    LastModifiedTime: new Date(modified),
  };
}

/** Functions that name the store in either stage. */
export function functionsReading({ functions, accountId }: Registry, id: string): readonly StoredFunction[] {
  const arn = keyValueStoreArn(accountId, id);
  return functions
    .list()
    .filter(({ document: { development, live } }) => development.keyValueStore === arn || live?.keyValueStore === arn);
}

/** The store as TestFunction reads it: what is stored now. */
export function storedReader(keyValues: KeyValues, storeId: string): KeyValueReader | undefined {
  const state = keyValues.state(storeId);
  if (state === undefined) return undefined;
  const { created, modified, items } = state;
  return { storeId, created, modified, count: items, get: (key) => keyValues.get(storeId, key) };
}
