/** What tests of whoever reads the bucket store share: an object in a bucket. */
import type { BucketStore } from './bucket-store.ts';

export async function putObject(buckets: BucketStore, bucket: string, key: string, content: string | Uint8Array): Promise<void> {
  const attributes = { headers: {}, metadata: {}, storageClass: 'STANDARD', tags: [], grants: [] };
  const staged = await buckets.stage(chunks(Buffer.from(content)), []);
  await buckets.commit(staged, { bucket, key, modified: 2, attributes, checksum: undefined, parts: [] });
}

async function* chunks(octets: Uint8Array): AsyncIterable<Uint8Array> {
  if (octets.length > 0) yield octets;
}
