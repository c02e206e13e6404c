/**
 * What is in the key value stores that functions of this edge read, as the control plane says. A store comes whole before the snapshot that
 * names it is applied, and then change by change; how that travels is the bus's. Facts: aws-api B8.
 */
import type { KeyValueContents } from '../model/key-value-store.ts';
import type { KeyValueReader, KeyValueStores } from './ports.ts';

interface Held extends Pick<KeyValueContents, 'storeId' | 'created'> {
  modified: KeyValueContents['modified'];
  version: number;
  readonly pairs: Map<string, string>;
}

export function createKeyValueStores(): KeyValueStores {
  const held = new Map<string, Held>();
  const awaited = new Map<string, PromiseWithResolvers<void>>();
  let named: ReadonlySet<string> = new Set();

  function arrival(storeId: string): Promise<void> {
    let waiting = awaited.get(storeId);
    if (waiting === undefined) {
      waiting = Promise.withResolvers();
      awaited.set(storeId, waiting);
    }
    return waiting.promise;
  }

  return {
    find(storeId) {
      const store = held.get(storeId);
      return store && readerOf(store);
    },
    apply(update) {
      const { storeId } = update;
      if (update.kind === 'gone') {
        // What is named again comes again, right behind this.
        if (!named.has(storeId)) held.delete(storeId);
      } else if (update.kind === 'contents') {
        const { created, modified, version, pairs } = update;
        held.set(storeId, { storeId, created, modified, version, pairs: new Map(pairs) });
        awaited.get(storeId)?.resolve();
        awaited.delete(storeId);
      } else {
        const store = held.get(storeId);
        // What is not here comes whole, with this change in it; what is here may have it already.
        if (store === undefined || update.version <= store.version) return;
        if (update.version !== store.version + 1) {
          throw new Error(`the key value store ${storeId} is at version ${store.version}, and was sent ${update.version}`);
        }
        for (const key of update.deletes) store.pairs.delete(key);
        for (const [key, value] of update.puts) store.pairs.set(key, value);
        store.version = update.version;
        store.modified = update.modified;
      }
    },
    arrived(storeIds) {
      const missing = [...storeIds].filter((id) => !held.has(id));
      return missing.length === 0 ? undefined : Promise.all(missing.map(arrival)).then(() => undefined);
    },
    name(storeIds) {
      named = storeIds;
    },
  };
}

function readerOf({ storeId, created, modified, pairs }: Held): KeyValueReader {
  return { storeId, created, modified, count: pairs.size, get: (key) => pairs.get(key) };
}
