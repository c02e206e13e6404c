/**
 * A MaxMind DB file, read whole and found to be one (MaxMind DB 2.0), or a sentence that names the file, the flag and what is wrong.
 * What its records say: read-place.ts.
 */
import { Reader, type Response } from 'maxmind';

/** MaxMind DB 2.0, "Database Metadata": this comes before it, at the end of the file. */
const METADATA_MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');

export type MmdbReader = Reader<Response>;

/** Throws where the octets are no whole database. */
export function openMmdb(path: string, bytes: Buffer): MmdbReader {
  const end = bytes.lastIndexOf(METADATA_MARKER);
  if (end < 0) throw unusable(path, 'it is no such file, or its end is missing');
  try {
    const reader = new Reader<Response>(bytes);
    // The tree lies before the metadata, or something between was lost.
    if (reader.metadata.searchTreeSize < end) return reader;
  } catch (error) {
    throw unusable(path, 'its metadata cannot be read', error);
  }
  throw unusable(path, 'a part of it is missing');
}

export function unusable(path: string, reason: string, cause?: unknown): Error {
  return new Error(`cannot use ${path} (--geo-database): ${reason}; it must be a MaxMind DB file, such as GeoLite2-City.mmdb`, {
    cause,
  });
}
