/**
 * What is in key value stores. A change of pairs is one transaction that also counts the version and takes a new etag, so an acknowledged
 * change is there whole after a kill. Which stores there are is a collection of resources; what a change may hold is judged by the
 * handlers (aws/cloudfront-keyvaluestore).
 */
import type { Database } from 'bun:sqlite';
import { pairSize, type KeyValueChange, type KeyValueContents, type KeyValuePair } from '../../model/key-value-store.ts';
import type { Bytes, Instant } from '../../model/units.ts';

/** What is said of a store's pairs without reading them. */
export interface KeyValueState {
  readonly storeId: string;
  /** Of the pairs; that of the store's own settings is its resource's. */
  readonly etag: string;
  readonly version: number;
  readonly items: number;
  readonly bytes: Bytes;
  readonly created: Instant;
  readonly modified: Instant;
}

export interface KeyValues {
  create(storeId: string, etag: string, pairs: readonly KeyValuePair[], now: Instant): void;
  state(storeId: string): KeyValueState | undefined;
  get(storeId: string, key: string): string | undefined;
  /** In the order of their UTF-8, those after a key. */
  list(storeId: string, after: string, count: number): readonly KeyValuePair[];
  contents(storeId: string): KeyValueContents | undefined;
  /** Deletes, then puts; nothing of it, and undefined, where that would be more than `most`. Deleting what is not there is no matter here. */
  change(
    current: KeyValueState,
    changes: Pick<KeyValueChange, 'puts' | 'deletes'>,
    etag: string,
    now: Instant,
    most: Bytes,
  ): { readonly state: KeyValueState; readonly change: KeyValueChange } | undefined;
  remove(storeId: string): void;
}

interface StateRow extends Omit<KeyValueState, 'storeId'> {
  readonly store_id: string;
}

interface PairRow {
  readonly key: string;
  readonly value: string;
}

export function keyValues(db: Database, transaction: <T>(run: () => T) => T): KeyValues {
  const state: KeyValues['state'] = (storeId) => {
    const row = db.query<StateRow, [string]>('SELECT * FROM key_values WHERE store_id = ?').get(storeId);
    if (row === null) return undefined;
    const { store_id, ...rest } = row;
    return { storeId: store_id, ...rest };
  };
  const get: KeyValues['get'] = (storeId, key) =>
    db
      .query<Pick<PairRow, 'value'>, [string, string]>('SELECT value FROM key_value_pairs WHERE store_id = ? AND key = ?')
      .get(storeId, key)?.value;
  const put = (storeId: string, [key, value]: KeyValuePair): void => {
    db.query('INSERT INTO key_value_pairs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
      storeId,
      key,
      value,
    );
  };
  const save = ({ storeId, etag, version, items, bytes, created, modified }: KeyValueState): void => {
    db.query('INSERT OR REPLACE INTO key_values VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      storeId,
      etag,
      version,
      items,
      bytes,
      created,
      modified,
    );
  };
  return {
    create: (storeId, etag, pairs, now) =>
      transaction(() => {
        const bytes = pairs.reduce((sum, [key, value]) => sum + pairSize(key, value), 0);
        save({ storeId, etag, version: 1, items: pairs.length, bytes, created: now, modified: now });
        for (const pair of pairs) put(storeId, pair);
      }),
    state,
    get,
    list: (storeId, after, count) =>
      db
        .query<PairRow, [string, string, number]>(
          'SELECT key, value FROM key_value_pairs WHERE store_id = ? AND key > ? ORDER BY key LIMIT ?',
        )
        .all(storeId, after, count)
        .map(({ key, value }) => [key, value]),
    contents(storeId) {
      const found = state(storeId);
      if (found === undefined) return undefined;
      const pairs = db
        .query<PairRow, [string]>('SELECT key, value FROM key_value_pairs WHERE store_id = ?')
        .all(storeId)
        .map(({ key, value }): KeyValuePair => [key, value]);
      const { created, modified, version } = found;
      return { storeId, created, modified, version, pairs };
    },
    change: (current, { puts, deletes }, etag, now, most) =>
      transaction(() => {
        const { storeId } = current;
        let { items, bytes } = current;
        const forget = (gone: string): void => {
          const was = get(storeId, gone);
          if (was === undefined) return;
          items -= 1;
          bytes -= pairSize(gone, was);
        };
        for (const named of [...deletes, ...puts.map(([key]) => key)]) forget(named);
        items += puts.length;
        for (const pair of puts) bytes += pairSize(...pair);
        if (bytes > most) return undefined;
        for (const key of deletes) db.query('DELETE FROM key_value_pairs WHERE store_id = ? AND key = ?').run(storeId, key);
        for (const pair of puts) put(storeId, pair);
        const next = { ...current, etag, version: current.version + 1, items, bytes, modified: now };
        save(next);
        return { state: next, change: { storeId, version: next.version, modified: now, puts, deletes } };
      }),
    remove: (storeId) =>
      transaction(() => {
        db.query('DELETE FROM key_values WHERE store_id = ?').run(storeId);
        db.query('DELETE FROM key_value_pairs WHERE store_id = ?').run(storeId);
      }),
  };
}
