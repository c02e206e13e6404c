/**
 * Listing in UTF-8 byte order with prefix and delimiter: keys that share what follows up to the delimiter are rolled up into one
 * common prefix, and the cursor leaps over them, so a folder of a million objects costs one step.
 * S3 API reference, ListObjectsV2. Tokens and encodings are decided in control/aws/s3/operations/listing.ts.
 */
import type { Database } from 'bun:sqlite';
import { afterPrefix, keyBytes } from './bucket-database.ts';
import type { ObjectRecord } from './bucket-records.ts';
import { readObject } from './bucket-rows.ts';
import type { ObjectRow } from './bucket-rows.ts';

export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only keys and common prefixes above this one. */
  readonly after: string;
  /** How many keys and common prefixes together. */
  readonly limit: number;
}

export type Listed =
  | { readonly kind: 'object'; readonly object: ObjectRecord }
  | { readonly kind: 'common-prefix'; readonly prefix: string };

export interface ListResult {
  readonly listed: readonly Listed[];
  readonly isTruncated: boolean;
}

const BATCH = 256;
/** With a delimiter most batches end at their first row. */
const ROLLED_UP_BATCH = 16;

export function listObjects(database: Database, bucket: string, request: ListRequest): ListResult {
  const prefix = keyBytes(request.prefix);
  const end = afterPrefix(prefix);
  const select = database.query<ObjectRow, [string, Uint8Array, number]>(
    'SELECT * FROM object WHERE bucket = ?1 AND key >= ?2 ORDER BY key LIMIT ?3',
  );
  const isBeyond = (key: Uint8Array): boolean => end !== undefined && Buffer.compare(key, end) >= 0;
  const listed: Listed[] = [];
  const batch = request.delimiter === '' ? BATCH : ROLLED_UP_BATCH;
  if (request.limit === 0) return { listed, isTruncated: false };

  let from: Uint8Array | undefined = firstKey(request, prefix);
  while (from !== undefined) {
    const rows: ObjectRow[] = select.all(bucket, from, batch);
    let next: Uint8Array | undefined = rows.length < batch ? undefined : afterKey((rows.at(-1) as ObjectRow).key);
    for (const row of rows) {
      if (isBeyond(row.key)) return { listed, isTruncated: false };
      if (listed.length === request.limit) return { listed, isTruncated: true };
      const object = readObject(row) as ObjectRecord;
      const common = commonPrefix(object.key, request);
      if (common === undefined) {
        listed.push({ kind: 'object', object });
        continue;
      }
      listed.push({ kind: 'common-prefix', prefix: common });
      // Everything below the common prefix is said: go on after it.
      next = afterPrefix(keyBytes(common));
      break;
    }
    from = next;
  }
  return { listed, isTruncated: false };
}

/** What the key is rolled up into, if it is. */
function commonPrefix(key: string, { prefix, delimiter }: ListRequest): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function firstKey(request: ListRequest, prefix: Uint8Array): Uint8Array | undefined {
  if (request.after === '') return prefix;
  const after = keyBytes(request.after);
  if (Buffer.compare(after, prefix) < 0) return prefix;
  const rolledUp = request.after.startsWith(request.prefix) ? commonPrefix(request.after, request) : undefined;
  // S3: to go on after a common prefix is to go on after everything in it.
  return rolledUp === request.after ? afterPrefix(after) : afterKey(after);
}

/** The least key above this one. */
function afterKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
