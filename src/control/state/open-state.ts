/**
 * The control plane's memory: one SQLite file. WAL with synchronous=FULL, so that an acknowledged change survives a kill or a
 * power cut; every change is one immediate transaction, so nothing is half-applied. The file is locked for this process alone.
 * What the tables hold is in schema.ts; what may be written is decided by the handlers.
 */
import { Database } from 'bun:sqlite';
import { chmodSync } from 'node:fs';
import type { Bytes } from '../../model/units.ts';
import { invalidations } from './invalidations.ts';
import type { Invalidations } from './invalidations.ts';
import { keyValues, type KeyValues } from './key-values.ts';
import { collection } from './resources.ts';
import type { Collection } from './resources.ts';
import { migrate } from './schema.ts';
import { damaged, toStateError } from './state-error.ts';

export interface State {
  readonly path: string;
  /** Runs the changes as one; whatever is thrown undoes them all. Nested calls join the outer one. */
  transaction<T>(run: () => T): T;
  /** The resources of a kind, whose documents are of type D. */
  collection<D>(kind: string): Collection<D>;
  readonly invalidations: Invalidations;
  readonly keyValues: KeyValues;
  snapshotVersion(): number;
  /** The next snapshot version; part of the transaction that changed what snapshots carry. */
  nextSnapshotVersion(): number;
  close(): void;
}

export interface StateOptions {
  /** `<data>/state.db`, or `:memory:`. Its directory exists. */
  readonly path: string;
  /** The file never grows beyond this; a change that would is refused as on a full disk. */
  readonly limit?: Bytes;
}

/** Opens or creates the state file. Throws StateError naming the file and what to do; methods throw it too. */
export function openState({ path, limit }: StateOptions): State {
  const guarded = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw toStateError(error, path);
    }
  };
  const db = guarded(() => open(path, limit));
  const transaction = <T>(run: () => T): T => guarded(() => (db.inTransaction ? run() : db.transaction(run).immediate()));
  const counter = (sql: string): number => {
    const row = guarded(() => db.query<{ value: number }, []>(sql).get());
    if (row === null) throw new Error('the snapshot counter is missing');
    return row.value;
  };
  return {
    path,
    transaction,
    collection: <D>(kind: string) => guardedMethods(collection<D>(db, kind, transaction), guarded),
    invalidations: guardedMethods(invalidations(db, transaction), guarded),
    keyValues: guardedMethods(keyValues(db, transaction), guarded),
    snapshotVersion: () => counter("SELECT value FROM counters WHERE name = 'snapshot'"),
    nextSnapshotVersion: () => counter("UPDATE counters SET value = value + 1 WHERE name = 'snapshot' RETURNING value"),
    close: () => db.close(),
  };
}

function open(path: string, limit: Bytes | undefined): Database {
  const db = new Database(path, { create: true, strict: true });
  try {
    // Secret headers for origins are in it. SQLite gives its journal the same mode.
    if (path !== ':memory:') chmodSync(path, 0o600);
    db.run('PRAGMA locking_mode = EXCLUSIVE');
    db.run('PRAGMA journal_mode = WAL');
    db.run('PRAGMA synchronous = FULL');
    // A damaged page found now is one clear line at the start, not a change refused weeks later.
    const fault = db.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()?.quick_check;
    if (fault !== 'ok') throw damaged(path, fault ?? 'no answer');
    migrate(db, path);
    if (limit !== undefined) {
      const pageSize = db.query<{ page_size: number }, []>('PRAGMA page_size').get()?.page_size ?? 4096;
      db.run(`PRAGMA max_page_count = ${Math.max(1, Math.floor(limit / pageSize))}`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

type Method = (...args: never[]) => unknown;

/** The same methods, with SQLite's errors said in our words. */
function guardedMethods<T extends object>(methods: T, guarded: <R>(run: () => R) => R): T {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    (...args: never[]) => guarded(() => (method as Method)(...args)),
  ]);
  return Object.fromEntries(wrapped) as T;
}
