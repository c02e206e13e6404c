/**
 * Which key value store a function may read. CloudFront: at most one, for runtime 2.0 alone, and so many functions for each store.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { KEY_VALUE_QUOTAS } from '../../../../tables/quotas.ts';
import { functionsReading, keyValueStoreId } from '../key-value-stores/store-document.ts';
import type { Registry } from '../registry.ts';
import { invalidArgument } from '../validate/references.ts';

/** The ARN of the store that the function `name` is given, or undefined. Throws InvalidArgument. */
export function acceptAssociations(registry: Registry, name: string, config: Sdk.FunctionConfig): string | undefined {
  const [first, ...more] = config.KeyValueStoreAssociations?.Items ?? [];
  if (first === undefined) return undefined;
  const arn = first.KeyValueStoreARN ?? '';
  if (more.length >= KEY_VALUE_QUOTAS.storesPerFunction) {
    const message = `A function may be associated with at most ${KEY_VALUE_QUOTAS.storesPerFunction} key value store.`;
    throw invalidArgument(message);
  }
  if (config.Runtime !== 'cloudfront-js-2.0')
    throw invalidArgument('Key value stores may be associated with functions of the runtime cloudfront-js-2.0 only.');
  const id = keyValueStoreId(arn, registry.accountId);
  if (id === undefined || registry.keyValueStores.get(id) === undefined)
    throw invalidArgument(`The key value store does not exist: ${arn}`);
  const others = functionsReading(registry, id).filter((each) => each.name !== name);
  if (others.length >= KEY_VALUE_QUOTAS.functionsPerStore) {
    const message = `A key value store may be associated with at most ${KEY_VALUE_QUOTAS.functionsPerStore} functions: ${arn}`;
    throw invalidArgument(message);
  }
  return arn;
}
