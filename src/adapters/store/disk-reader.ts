/**
 * Reading what the index says is there: a record in one read, checked as a whole; a large body in blocks, checked one by one. What
 * turns out not to be what was written is told once to who can drop it. Records move while others read (disk-log.ts): a read that
 * found its record gone looks where it is now.
 */
import type { StoredFile } from '../../edge/store-ports.ts';
import type { Bytes } from '../../model/units.ts';
import type { BodyFiles } from './body-files.ts';
import type { DiskIndex, Location } from './disk-index.ts';
import { decodeRecord, type DiskRecord } from './disk-record.ts';
import type { Segments } from './disk-segments.ts';

export interface DiskReader {
  /** What lies under the fingerprint, if it is whole. Never rejects. */
  record(fingerprint: number): Promise<FoundRecord | undefined>;
  /** The body of an object in a file of its own. */
  file(fingerprint: number, file: number, length: Bytes): StoredFile;
}

export interface FoundRecord extends DiskRecord {
  readonly location: Location;
}

interface DiskReaderOptions {
  readonly index: DiskIndex;
  readonly segments: Segments;
  readonly bodies: BodyFiles;
  readonly damaged: (fingerprint: number, error: unknown) => void;
}

export function createDiskReader({ index, segments, bodies, damaged }: DiskReaderOptions): DiskReader {
  async function readAt({ segment, offset, length }: Location): Promise<{ bytes?: Buffer | undefined; failure?: unknown }> {
    try {
      return { bytes: await segments.read(segment, offset, length) };
    } catch (failure) {
      return { failure };
    }
  }

  return {
    async record(fingerprint) {
      let location = index.get(fingerprint);
      while (location !== undefined) {
        const { bytes, failure } = await readAt(location);
        const record = bytes && decodeRecord(fingerprint, bytes);
        const now = index.get(fingerprint);
        const isThere = now !== undefined && now.segment === location.segment && now.offset === location.offset;
        if (record !== undefined && isThere) return { ...record, location };
        if (isThere) {
          damaged(fingerprint, failure);
          return undefined;
        }
        location = now;
      }
      return undefined;
    },
    file(fingerprint, file, length) {
      const broken = (error: unknown): void => {
        // One that has been replaced or evicted meanwhile is not damaged.
        if (index.get(fingerprint)?.file === file) damaged(fingerprint, error);
      };
      return {
        length,
        read(first, last) {
          const held = bodies.hold(file, length, broken);
          const reader = held.read(first, last);
          held.release();
          return reader;
        },
        async open() {
          const { read, release, isOpen } = bodies.hold(file, length, broken);
          if (await isOpen) return { length, read, close: release };
          release();
          return undefined;
        },
      };
    },
  };
}
