/**
 * Multipart uploads in the bucket database. Every function is one step of a transaction that bucket-store.ts owns; files that a
 * step frees are returned, never removed here. What parts are allowed is decided in control/aws/s3.
 */
import type { Database } from 'bun:sqlite';
import type { BodyFiles } from './body-files.ts';
import { keyBytes, keyText } from './bucket-database.ts';
import type { ObjectAttributes, PartRecord, UploadRecord } from './bucket-records.ts';
import { readChecksum, writeChecksum } from './bucket-rows.ts';

interface UploadRow {
  id: string;
  bucket: string;
  key: Uint8Array;
  initiated: number;
  attributes: string;
  checksum: string | null;
}

interface PartRow {
  number: number;
  file: string;
  size: number;
  etag: string;
  modified: number;
  checksum: string | null;
}

export interface Uploads {
  create(upload: UploadRecord): void;
  find(id: string): UploadRecord | undefined;
  /** By key, then by age. */
  ofBucket(bucket: string): readonly UploadRecord[];
  /** The files it replaces, or undefined when there is no such upload. */
  putPart(id: string, file: string, part: PartRecord): readonly string[] | undefined;
  parts(id: string): readonly PartRecord[];
  read(id: string, numbers: readonly number[]): AsyncIterable<Uint8Array>;
  /** The files it frees, or undefined when there is no such upload. */
  remove(id: string): readonly string[] | undefined;
  /** The files that all uploads of the bucket free. */
  removeAll(bucket: string): readonly string[];
}

export function openUploads(database: Database, files: BodyFiles): Uploads {
  const selectUpload = database.query<UploadRow, [string]>('SELECT * FROM upload WHERE id = ?');
  const selectParts = database.query<PartRow, [string]>('SELECT * FROM part WHERE upload = ? ORDER BY number');

  const find = (id: string): UploadRecord | undefined => {
    const row = selectUpload.get(id);
    return row === null ? undefined : readUpload(row);
  };
  const remove = (id: string): readonly string[] | undefined => {
    if (find(id) === undefined) return undefined;
    const freed = selectParts.all(id).map((row) => row.file);
    database.query('DELETE FROM part WHERE upload = ?').run(id);
    database.query('DELETE FROM upload WHERE id = ?').run(id);
    return freed;
  };
  const ofBucket = (bucket: string): readonly UploadRecord[] =>
    database
      .query<UploadRow, [string]>('SELECT * FROM upload WHERE bucket = ? ORDER BY key, initiated, id')
      .all(bucket)
      .map(readUpload);

  return {
    create({ id, bucket, key, initiated, attributes, checksum }) {
      database
        .query('INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?)')
        .run(id, bucket, keyBytes(key), initiated, JSON.stringify(attributes), writeChecksum(checksum));
    },
    find,
    ofBucket,
    putPart(id, file, part) {
      if (find(id) === undefined) return undefined;
      const replaced = selectParts.all(id).filter((row) => row.number === part.number);
      database
        .query('INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(id, part.number, file, part.size, part.etag, part.modified, writeChecksum(part.checksum));
      return replaced.map((row) => row.file);
    },
    parts: (id) =>
      selectParts.all(id).map(({ number, size, etag, modified, checksum }) => ({
        number,
        size,
        etag,
        modified,
        checksum: readChecksum(checksum),
      })),
    async *read(id, numbers) {
      const rows = new Map(selectParts.all(id).map((row) => [row.number, row]));
      for (const number of numbers) {
        const row = rows.get(number);
        if (row === undefined) throw new Error(`part ${number} of upload ${id} is not there`);
        if (row.size > 0) yield* files.read(row.file, 0, row.size - 1);
      }
    },
    remove,
    removeAll: (bucket) => ofBucket(bucket).flatMap(({ id }) => remove(id) ?? []),
  };
}

function readUpload(row: UploadRow): UploadRecord {
  return {
    id: row.id,
    bucket: row.bucket,
    key: keyText(row.key),
    initiated: row.initiated,
    attributes: JSON.parse(row.attributes) as ObjectAttributes,
    checksum: row.checksum === null ? undefined : (JSON.parse(row.checksum) as UploadRecord['checksum']),
  };
}
