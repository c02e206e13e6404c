/**
 * The bucket store's metadata: SQLite, WAL, synchronous FULL, so that what was answered is on disk.
 * Keys are BLOBs: S3 lists in UTF-8 byte order, and a prefix's end is the prefix with its last byte raised.
 * What is written when is decided in bucket-store.ts.
 */
import { Database } from 'bun:sqlite';
import { toStateError } from '../state/state-error.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, region TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS setting (
    bucket TEXT NOT NULL REFERENCES bucket ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (bucket, name)) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS object (
    bucket TEXT NOT NULL REFERENCES bucket, key BLOB NOT NULL, file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    etag TEXT NOT NULL, modified INTEGER NOT NULL, attributes TEXT NOT NULL, checksum TEXT, parts TEXT NOT NULL,
    PRIMARY KEY (bucket, key)) STRICT;
  CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket, key BLOB NOT NULL, initiated INTEGER NOT NULL,
    attributes TEXT NOT NULL, checksum TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS upload_by_key ON upload (bucket, key, id);
  CREATE TABLE IF NOT EXISTS part (
    upload TEXT NOT NULL REFERENCES upload, number INTEGER NOT NULL, file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    etag TEXT NOT NULL, modified INTEGER NOT NULL, checksum TEXT,
    PRIMARY KEY (upload, number)) STRICT;
`;

/** Opens or creates the database. Throws StateError, also when another process holds it: two owners would sweep each other's bodies. */
export function openBucketDatabase(file: string): Database {
  try {
    return open(file);
  } catch (error) {
    throw toStateError(error, file, 'bucket file');
  }
}

function open(file: string): Database {
  const database = new Database(file, { create: true, strict: true });
  try {
    database.run('PRAGMA locking_mode = EXCLUSIVE');
    database.run('PRAGMA journal_mode = WAL');
    database.run('PRAGMA synchronous = FULL');
    database.run('PRAGMA foreign_keys = ON');
    database.run(SCHEMA);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

export function keyBytes(key: string): Uint8Array {
  return Buffer.from(key, 'utf8');
}

export function keyText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

/** The least key above every key that starts with `prefix`; undefined when there is none. UTF-8 has no byte 0xff. */
export function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  if (prefix.length === 0) return undefined;
  const next = Uint8Array.from(prefix);
  next[next.length - 1] = (next[next.length - 1] as number) + 1;
  return next;
}
