/**
 * Key value stores for the test kit: named by id, filled from the start, changed as the API would. What functions may read is said by the
 * functions (test-functions.ts).
 */
import { createKeyValueStores } from '../edge/key-value-stores.ts';
import type { Clock, KeyValueStores } from '../edge/ports.ts';
import { pairFault, type KeyValueChange, type KeyValuePair } from '../model/key-value-store.ts';

/** Keys and their values, by the id of their store. */
export type TestKeyValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface TestKeyValueStores {
  readonly stores: KeyValueStores;
  change(storeId: string, changes: Pick<KeyValueChange, 'puts' | 'deletes'>): void;
}

export function createTestKeyValues(given: TestKeyValues, clock: Pick<Clock, 'now'>): TestKeyValueStores {
  const stores = createKeyValueStores();
  const versions = new Map<string, number>();
  for (const [storeId, values] of Object.entries(given)) {
    const pairs = accepted(Object.entries(values));
    versions.set(storeId, 1);
    stores.apply({ kind: 'contents', storeId, created: clock.now(), modified: clock.now(), version: 1, pairs });
  }
  return {
    stores,
    change(storeId, { puts, deletes }) {
      const version = (versions.get(storeId) ?? 0) + 1;
      if (version === 1) throw new Error(`there is no key value store "${storeId}": name it in the option keyValueStores`);
      const change = { kind: 'change', storeId, modified: clock.now(), version, puts: accepted(puts), deletes } as const;
      versions.set(storeId, version);
      stores.apply(change);
    },
  };
}

/** What CloudFront would not take is a mistake of the test. */
function accepted(pairs: readonly KeyValuePair[]): readonly KeyValuePair[] {
  for (const [key, value] of pairs) {
    const fault = pairFault(key, value);
    if (fault !== undefined) throw new Error(fault);
  }
  return pairs;
}
