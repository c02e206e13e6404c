/** Rows of the bucket database to records and back. The tables are in bucket-database.ts. */
import type { Database } from 'bun:sqlite';
import { keyBytes, keyText } from './bucket-database.ts';
import type { BucketRecord, ObjectAttributes, ObjectChecksum, ObjectRecord } from './bucket-records.ts';

export interface BucketRow {
  name: string;
  region: string;
  created: number;
}

export interface ObjectRow {
  bucket: string;
  key: Uint8Array;
  file: string;
  size: number;
  etag: string;
  modified: number;
  attributes: string;
  checksum: string | null;
  parts: string;
}

export function readBucket(row: BucketRow | null): BucketRecord | undefined {
  return row === null ? undefined : { name: row.name, region: row.region, created: row.created };
}

export function readObject(row: ObjectRow | null): ObjectRecord | undefined {
  if (row === null) return undefined;
  return {
    bucket: row.bucket,
    key: keyText(row.key),
    file: row.file,
    size: row.size,
    etag: row.etag,
    modified: row.modified,
    attributes: JSON.parse(row.attributes) as ObjectAttributes,
    checksum: readChecksum(row.checksum),
    parts: JSON.parse(row.parts) as ObjectRecord['parts'],
  };
}

export function writeObject(database: Database, object: ObjectRecord): void {
  database
    .query(
      'INSERT OR REPLACE INTO object (bucket, key, file, size, etag, modified, attributes, checksum, parts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      object.bucket,
      keyBytes(object.key),
      object.file,
      object.size,
      object.etag,
      object.modified,
      JSON.stringify(object.attributes),
      writeChecksum(object.checksum),
      JSON.stringify(object.parts),
    );
}

export function readChecksum(text: string | null): ObjectChecksum | undefined {
  return text === null ? undefined : (JSON.parse(text) as ObjectChecksum);
}

export function writeChecksum(checksum: object | undefined): string | null {
  return checksum === undefined ? null : JSON.stringify(checksum);
}
