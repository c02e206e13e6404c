/**
 * The segments of the disk store: files of one size that records are appended to, one after the other. A record that has been
 * overtaken leaves a hole; when room is needed, the segment with the least left in it gives up what is left to the newest one and
 * goes as a whole. Which records are alive is the index's to say (disk-index.ts).
 */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../../model/units.ts';
import { openDiskFile, removeFile, type DiskFile, type Space } from './disk-file.ts';
import type { Location } from './disk-index.ts';

export interface Segments {
  /** Octets that the newest segment still takes. */
  readonly room: Bytes;
  /** A new segment follows the newest. False when the disk's bound leaves no room for one, with `spare` left over. */
  start(spare: Bytes): Promise<boolean>;
  /** Appends to the newest, which must have the room; resolves with where the octets begin. */
  append(bytes: Uint8Array): Promise<{ readonly segment: number; readonly offset: Bytes }>;
  /** Fewer octets than asked for where the segment ends early; undefined when it is gone. */
  read(segment: number, offset: Bytes, length: Bytes): Promise<Buffer | undefined>;
  /** A record has come alive there. */
  enliven(location: Location): void;
  /** A record there has been overtaken. */
  kill(location: Location): void;
  /** The segment, other than the newest, whose going frees the most. */
  emptiest(): { readonly segment: number; readonly dead: Bytes } | undefined;
  /** All of them, oldest first. */
  ids(): readonly number[];
  sizeOf(segment: number): Bytes;
  remove(segment: number): Promise<void>;
  close(): void;
}

interface Segment {
  readonly file: DiskFile;
  /** Octets written or being written. */
  size: Bytes;
  live: Bytes;
}

export async function openSegments(directory: string, segmentSize: Bytes, space: Space): Promise<Segments> {
  const folder = join(directory, 'segments');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: number): string => join(folder, String(id));
  const segments = new Map<number, Segment>();
  let newest = 0;
  for (const name of await readdir(folder)) {
    const id = Number(name);
    if (!Number.isSafeInteger(id) || id <= 0) continue;
    newest = Math.max(newest, id);
    const { size } = await stat(pathOf(id));
    // Bound or not, it is there; opening frees what is too much (disk-store.ts).
    space.find(size);
    segments.set(id, { file: await openDiskFile(pathOf(id), 'r'), size, live: 0 });
  }
  let active: Segment | undefined;

  function seal(): void {
    if (active === undefined) return;
    space.give(segmentSize - active.size);
    active = undefined;
  }

  return {
    get room() {
      return active === undefined ? 0 : segmentSize - active.size;
    },
    async start(spare) {
      seal();
      if (!space.take(segmentSize, spare)) return false;
      try {
        const file = await openDiskFile(pathOf(newest + 1), 'wx+');
        newest += 1;
        active = { file, size: 0, live: 0 };
      } catch (error) {
        space.give(segmentSize);
        throw error;
      }
      segments.set(newest, active);
      return true;
    },
    async append(bytes) {
      if (active === undefined || active.size + bytes.byteLength > segmentSize) throw new Error('the segment is full');
      const segment = active;
      const offset = segment.size;
      const id = newest;
      await segment.file.write(bytes, offset);
      // After a write that failed, the next one goes to the same place.
      segment.size = offset + bytes.byteLength;
      return { segment: id, offset };
    },
    async read(id, offset, length) {
      const segment = segments.get(id);
      if (segment === undefined) return undefined;
      const bytes = Buffer.allocUnsafeSlow(length);
      return bytes.subarray(0, await segment.file.read(bytes, offset));
    },
    enliven({ segment, length }) {
      const held = segments.get(segment);
      if (held !== undefined) held.live += length;
    },
    kill({ segment, length }) {
      const held = segments.get(segment);
      if (held !== undefined) held.live -= length;
    },
    emptiest() {
      let best: { segment: number; dead: Bytes } | undefined;
      let least = Infinity;
      for (const [segment, held] of segments) {
        if (held === active || held.live >= least) continue;
        least = held.live;
        best = { segment, dead: held.size - held.live };
      }
      return best;
    },
    ids: () => [...segments.keys()].toSorted((a, b) => a - b),
    sizeOf: (id) => segments.get(id)?.size ?? 0,
    async remove(id) {
      const held = segments.get(id);
      if (held === undefined) return;
      if (held === active) seal();
      segments.delete(id);
      held.file.release();
      await removeFile(pathOf(id));
      space.give(held.size);
    },
    close() {
      for (const { file } of segments.values()) file.release();
      segments.clear();
    },
  };
}
