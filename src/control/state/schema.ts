/**
 * The tables of the state file, as the migrations that made them; `PRAGMA user_version` counts those already applied.
 * A released migration is never edited: a change of the tables is a new entry at the end.
 *
 *   resources      what exists now (and, marked deleted, what existed)
 *   revisions      every document a resource ever had, with its etag, when and by whom
 *   invalidations  what was asked for, and whether every edge has applied it
 *   bans           what edges must forget, in the order of `sequence`
 *   key_values     what is in each key value store: version and etag, counts, when it was changed
 *   key_value_pairs  its pairs; of these no revisions are kept
 *   counters       'snapshot' and 'ban': the newest numbers given out
 */
import type { Database } from 'bun:sqlite';
import { StateError } from './state-error.ts';

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE resources (
    kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    revision INTEGER NOT NULL, deployed INTEGER NOT NULL, etag TEXT NOT NULL, document TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, deleted INTEGER,
    PRIMARY KEY (kind, id)
  ) STRICT;
  CREATE UNIQUE INDEX resources_by_name ON resources (kind, name) WHERE deleted IS NULL;
  CREATE TABLE revisions (
    kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL,
    etag TEXT NOT NULL, document TEXT, made INTEGER NOT NULL, who TEXT NOT NULL,
    PRIMARY KEY (kind, id, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE invalidations (
    distribution_id TEXT NOT NULL, id TEXT NOT NULL, caller_reference TEXT NOT NULL, paths TEXT NOT NULL,
    sequence INTEGER NOT NULL, created INTEGER NOT NULL, completed INTEGER,
    PRIMARY KEY (distribution_id, id), UNIQUE (distribution_id, caller_reference)
  ) STRICT;
  CREATE INDEX invalidations_pending ON invalidations (distribution_id) WHERE completed IS NULL;
  CREATE TABLE bans (
    sequence INTEGER PRIMARY KEY, distribution_id TEXT NOT NULL, invalidation_id TEXT NOT NULL,
    issued INTEGER NOT NULL, items TEXT NOT NULL
  ) STRICT;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters VALUES ('snapshot', 0), ('ban', 0);
  `,
  `
  ALTER TABLE bans ADD COLUMN soft INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE key_values (
    store_id TEXT PRIMARY KEY, etag TEXT NOT NULL, version INTEGER NOT NULL,
    items INTEGER NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE key_value_pairs (
    store_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (store_id, key)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Brings the tables to the newest form, all or nothing. Refuses a file written by a newer release. */
export function migrate(db: Database, path: string): void {
  const applied = db.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0;
  if (applied > MIGRATIONS.length) {
    const message = `state file ${path} was written by a newer release (schema ${applied}, this release knows ${MIGRATIONS.length}): upgrade`;
    throw new StateError('newer-schema', path, message);
  }
  db.transaction(() => {
    for (const migration of MIGRATIONS.slice(applied)) db.run(migration);
    db.run(`PRAGMA user_version = ${MIGRATIONS.length}`);
  }).immediate();
}
