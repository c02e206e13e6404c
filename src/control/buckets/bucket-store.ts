/**
 * The built-in bucket store: buckets, objects, multipart uploads and bucket settings under one directory.
 *
 *   <directory>/buckets.sqlite   metadata (bucket-database.ts)
 *   <directory>/bodies/          bytes (body-files.ts)
 *
 * Order of a write: bytes fsynced under a temporary name, renamed, then named by a committed row; so a kill at any moment leaves
 * either the old object or the new one, never a torn one. Rules of S3 (names, permissions, checksums) are in control/aws/s3.
 */
import type { Database } from 'bun:sqlite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBodyFiles } from './body-files.ts';
import type { StagedBody } from './body-files.ts';
import { keyBytes, openBucketDatabase } from './bucket-database.ts';
import type { BucketRecord, BucketSettings, ObjectRecord, PartRecord, SettingName, UploadRecord } from './bucket-records.ts';
import type { ChecksumAlgorithm } from './checksums.ts';
import { listObjects } from './list-objects.ts';
import type { ListRequest, ListResult } from './list-objects.ts';
import { openUploads } from './uploads.ts';
import { readBucket, readObject, writeObject } from './bucket-rows.ts';
import type { BucketRow, ObjectRow } from './bucket-rows.ts';
import { errorCode } from '../../model/error-code.ts';

/** Everything about an object that its staged body does not say. `etag` is the body's MD5 unless given. */
export type ObjectDraft = Omit<ObjectRecord, 'file' | 'size' | 'etag'> & { readonly etag?: string };

/** Looks at the object that would be replaced, inside the transaction; throws to refuse. */
export type Precondition = (current: ObjectRecord | undefined) => void;

export interface BucketStore {
  /** False when the name is taken. */
  createBucket(bucket: BucketRecord): boolean;
  bucket(name: string): BucketRecord | undefined;
  /** By name. */
  buckets(): readonly BucketRecord[];
  deleteBucket(name: string): 'deleted' | 'not-empty' | 'absent';
  setting<N extends SettingName>(bucket: string, name: N): BucketSettings[N] | undefined;
  putSetting<N extends SettingName>(bucket: string, name: N, value: BucketSettings[N]): void;
  deleteSetting(bucket: string, name: SettingName): void;

  object(bucket: string, key: string): ObjectRecord | undefined;
  list(bucket: string, request: ListRequest): ListResult;
  /** Writes a body to disk. Rejects with StorageFailure, or with what `chunks` throws; nothing stays behind then. */
  stage(chunks: AsyncIterable<Uint8Array>, algorithms: readonly ChecksumAlgorithm[]): Promise<StagedBody>;
  discard(staged: StagedBody): Promise<void>;
  /** Makes a staged body the object. Undefined when the bucket has gone meanwhile. */
  commit(staged: StagedBody, draft: ObjectDraft, precondition?: Precondition): Promise<ObjectRecord | undefined>;
  /** A copy that shares the source's bytes on disk. */
  copyObject(source: ObjectRecord, draft: ObjectDraft, precondition?: Precondition): Promise<ObjectRecord | undefined>;
  /** New attributes for bytes that stay. False when that very object has gone meanwhile. */
  updateAttributes(object: ObjectRecord, attributes: ObjectRecord['attributes']): boolean;
  /** False when there was none. */
  deleteObject(bucket: string, key: string, precondition?: Precondition): boolean;
  /** Where the bytes lie, for answers straight from the file. */
  bodyPath(object: Pick<ObjectRecord, 'file'>): string;
  /** Bytes `first` to `last`, both counted. */
  readBody(object: Pick<ObjectRecord, 'file'>, first: number, last: number): AsyncIterable<Uint8Array>;

  createUpload(upload: UploadRecord): void;
  upload(id: string): UploadRecord | undefined;
  uploads(bucket: string): readonly UploadRecord[];
  /** False when the upload has ended meanwhile; the body is discarded then. */
  putPart(uploadId: string, staged: StagedBody, part: Omit<PartRecord, 'size'>): Promise<boolean>;
  parts(uploadId: string): readonly PartRecord[];
  /** One staged body of the named parts in order. */
  joinParts(uploadId: string, numbers: readonly number[], algorithms: readonly ChecksumAlgorithm[]): Promise<StagedBody>;
  /** The upload ends and its object appears, at once. Undefined when the upload or bucket has gone meanwhile. */
  completeUpload(
    uploadId: string,
    staged: StagedBody,
    draft: ObjectDraft,
    precondition?: Precondition,
  ): Promise<ObjectRecord | undefined>;
  /** False when there is none. */
  abortUpload(id: string): boolean;
  close(): void;
}

/** The disk failed us. */
export class StorageFailure extends Error {
  constructor(
    readonly reason: 'disk-full' | 'input-output',
    options: ErrorOptions,
  ) {
    super(
      reason === 'disk-full' ? 'No space is left for the bucket store.' : 'The bucket store could not use its disk.',
      options,
    );
    this.name = 'StorageFailure';
  }
}

/** Opens the store, creating it when absent, and removes what a crash left behind. */
export function openBucketStore(directory: string): BucketStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = openBucketDatabase(join(directory, 'buckets.sqlite'));
  const files = openBodyFiles(join(directory, 'bodies'));
  const named = new Set(
    database
      .query<{ file: string }, []>('SELECT file FROM object UNION ALL SELECT file FROM part')
      .all()
      .map((row) => row.file),
  );
  files.sweep((file) => named.has(file));
  named.clear();

  const selectBucket = database.query<BucketRow, [string]>('SELECT * FROM bucket WHERE name = ?');
  const selectObject = database.query<ObjectRow, [string, Uint8Array]>('SELECT * FROM object WHERE bucket = ? AND key = ?');
  const deleteObjectRow = database.query<null, [string, Uint8Array]>('DELETE FROM object WHERE bucket = ? AND key = ?');
  const selectSetting = database.query<{ value: string }, [string, string]>(
    'SELECT value FROM setting WHERE bucket = ? AND name = ?',
  );
  const uploads = openUploads(database, files);

  const bucket = (name: string): BucketRecord | undefined => readBucket(selectBucket.get(name));
  const object = (bucketName: string, key: string): ObjectRecord | undefined =>
    readObject(selectObject.get(bucketName, keyBytes(key)));

  /** Runs in one transaction; `alsoDo` joins it. The new file is settled before and retired again when the rows do not follow. */
  async function place(
    record: ObjectRecord,
    settle: () => Promise<void>,
    precondition: Precondition | undefined,
    alsoDo?: () => { readonly freed: readonly string[] } | undefined,
  ): Promise<ObjectRecord | undefined> {
    await guarded(settle);
    try {
      const replaced = transaction(database, () => {
        if (bucket(record.bucket) === undefined) return undefined;
        const current = object(record.bucket, record.key);
        precondition?.(current);
        const also = alsoDo === undefined ? { freed: [] } : alsoDo();
        if (also === undefined) return undefined;
        writeObject(database, record);
        return current === undefined ? also.freed : [...also.freed, current.file];
      });
      if (replaced === undefined) {
        files.retire(record.file);
        return undefined;
      }
      for (const file of replaced) files.retire(file);
      return record;
    } catch (error) {
      files.retire(record.file);
      throw error;
    }
  }

  const recordOf = (staged: StagedBody, draft: ObjectDraft): ObjectRecord => ({
    ...draft,
    file: staged.file,
    size: staged.size,
    etag: draft.etag ?? staged.md5,
  });

  return {
    createBucket: ({ name, region, created }) =>
      guardedSync(
        () =>
          database.query('INSERT INTO bucket VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(name, region, created).changes === 1,
      ),
    bucket,
    buckets: () =>
      database
        .query<BucketRow, []>('SELECT * FROM bucket ORDER BY name')
        .all()
        .flatMap((row) => readBucket(row) ?? []),
    deleteBucket(name) {
      const freed: string[] = [];
      const result = transaction(database, () => {
        if (bucket(name) === undefined) return 'absent';
        if (database.query('SELECT 1 FROM object WHERE bucket = ? LIMIT 1').get(name) !== null) return 'not-empty';
        // S3: uploads in progress do not keep a bucket.
        freed.push(...uploads.removeAll(name));
        database.query('DELETE FROM bucket WHERE name = ?').run(name);
        return 'deleted';
      });
      for (const file of freed) files.retire(file);
      return result;
    },
    setting<N extends SettingName>(name: string, setting: N) {
      const row = selectSetting.get(name, setting);
      return row === null ? undefined : (JSON.parse(row.value) as BucketSettings[N]);
    },
    putSetting: (name, setting, value) =>
      guardedSync(
        () => void database.query('INSERT OR REPLACE INTO setting VALUES (?, ?, ?)').run(name, setting, JSON.stringify(value)),
      ),
    deleteSetting: (name, setting) =>
      guardedSync(() => void database.query('DELETE FROM setting WHERE bucket = ? AND name = ?').run(name, setting)),

    object,
    list: (name, request) => listObjects(database, name, request),
    stage: (chunks, algorithms) => guarded(() => files.stage(chunks, algorithms)),
    discard: (staged) => files.discard(staged.file),
    commit: (staged, draft, precondition) => place(recordOf(staged, draft), () => files.settle(staged.file), precondition),
    async copyObject(source, draft, precondition) {
      const file = await guarded(() => files.copy(source.file));
      const record = { ...draft, file, size: source.size, etag: draft.etag ?? source.etag };
      return place(record, () => Promise.resolve(), precondition);
    },
    updateAttributes: (target, attributes) =>
      guardedSync(
        () =>
          database.query('UPDATE object SET attributes = ? WHERE file = ?').run(JSON.stringify(attributes), target.file)
            .changes === 1,
      ),
    deleteObject(name, key, precondition) {
      const freed = transaction(database, () => {
        const current = object(name, key);
        precondition?.(current);
        if (current !== undefined) deleteObjectRow.run(name, keyBytes(key));
        return current?.file;
      });
      if (freed !== undefined) files.retire(freed);
      return freed !== undefined;
    },
    bodyPath: ({ file }) => files.path(file),
    readBody: ({ file }, first, last) => (last < first ? nothing() : files.read(file, first, last)),

    createUpload: (upload) => guardedSync(() => uploads.create(upload)),
    upload: uploads.find,
    uploads: uploads.ofBucket,
    async putPart(uploadId, staged, part) {
      await guarded(() => files.settle(staged.file));
      const record = { ...part, size: staged.size };
      const replaced = transaction(database, () => uploads.putPart(uploadId, staged.file, record));
      if (replaced === undefined) files.retire(staged.file);
      for (const file of replaced ?? []) files.retire(file);
      return replaced !== undefined;
    },
    parts: uploads.parts,
    joinParts: (uploadId, numbers, algorithms) => guarded(() => files.stage(uploads.read(uploadId, numbers), algorithms)),
    completeUpload: (uploadId, staged, draft, precondition) =>
      place(
        recordOf(staged, draft),
        () => files.settle(staged.file),
        precondition,
        () => {
          const freed = uploads.remove(uploadId);
          return freed === undefined ? undefined : { freed };
        },
      ),
    abortUpload(id) {
      const freed = transaction(database, () => uploads.remove(id));
      for (const file of freed ?? []) files.retire(file);
      return freed !== undefined;
    },
    close() {
      files.close();
      database.close();
    },
  };
}

async function* nothing(): AsyncIterable<Uint8Array> {
  // An empty object has no bytes to read.
}

function transaction<T>(database: Database, run: () => T): T {
  return guardedSync(() => database.transaction(run)());
}

async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storageFailure(error) ?? error;
  }
}

function guardedSync<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw storageFailure(error) ?? error;
  }
}

/** Says a failing disk in our words; undefined for every other error, such as a body that broke off. */
function storageFailure(error: unknown): StorageFailure | undefined {
  const code = errorCode(error) ?? '';
  if (['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code)) return new StorageFailure('disk-full', { cause: error });
  if (['EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES'].includes(code) || /^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) {
    return new StorageFailure('input-output', { cause: error });
  }
  return undefined;
}
