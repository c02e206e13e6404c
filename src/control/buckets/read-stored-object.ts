/**
 * A small object of the built-in bucket store, read whole: what other services are given in buckets. How large it may be is theirs to say
 * before.
 */
import type { BucketStore } from './bucket-store.ts';
import type { ObjectRecord } from './bucket-records.ts';

export type ReadableBuckets = Pick<BucketStore, 'bucket' | 'object' | 'readBody'>;

export async function readStoredObject(
  buckets: Pick<BucketStore, 'readBody'>,
  object: Pick<ObjectRecord, 'file' | 'size'>,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of buckets.readBody(object, 0, object.size - 1)) pieces.push(piece);
  return Buffer.concat(pieces);
}
