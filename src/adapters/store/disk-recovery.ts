/**
 * What is done once, when a disk cache is opened: whatever the last process left, index, segments and files agree afterwards, and the
 * bound holds. What was said to the journal is replayed in disk-journal.ts; what records and blocks hold is checked when they are read.
 */
import type { Bytes } from '../../model/units.ts';
import type { BodyFiles } from './body-files.ts';
import type { Space } from './disk-file.ts';
import type { DiskIndex, Location } from './disk-index.ts';
import type { Segments } from './disk-segments.ts';

export interface Recovery {
  readonly index: DiskIndex;
  readonly segments: Segments;
  readonly bodies: BodyFiles;
  readonly space: Space;
  /** Room that must be left when all is done. */
  readonly spare: Bytes;
  /** Enters an object in the eviction's books; who must leave for it. */
  readonly book: (fingerprint: number, location: Location) => readonly number[];
  readonly unbook: (fingerprint: number) => void;
}

/** Resolves with how many objects of the index were not there. */
export async function recoverIndex({ index, segments, bodies, space, spare, book, unbook }: Recovery): Promise<number> {
  const missing = await withoutOctets(index, segments, bodies);
  for (const fingerprint of missing) index.delete(fingerprint);

  const evicted: number[] = [];
  for (const [fingerprint, location] of index.slice(0, index.slots)) {
    segments.enliven(location);
    evicted.push(...book(fingerprint, location));
  }
  for (const fingerprint of evicted) await drop(fingerprint);

  for (const segment of segments.ids()) {
    const inside = index.inSegment(segment);
    // A smaller bound than last time: the oldest go, whole.
    if (inside.length > 0 && space.fits(spare)) continue;
    for (const fingerprint of inside) {
      unbook(fingerprint);
      await drop(fingerprint);
    }
    await segments.remove(segment);
  }
  return missing.size;

  async function drop(fingerprint: number): Promise<void> {
    const location = index.delete(fingerprint);
    if (location === undefined) return;
    segments.kill(location);
    if (location.file !== 0) await bodies.remove(location.file, location.fileLength);
  }
}

/** The objects whose record or file is not there. Files of nobody are removed. */
async function withoutOctets(index: DiskIndex, segments: Segments, bodies: BodyFiles): Promise<ReadonlySet<number>> {
  const files = new Map<number, Bytes>();
  const missing = new Set<number>();
  for (const [fingerprint, { segment, offset, length, file, fileLength }] of index.slice(0, index.slots)) {
    if (offset + length > segments.sizeOf(segment)) missing.add(fingerprint);
    else if (file !== 0) files.set(file, fileLength);
  }
  const found = await bodies.keepOnly(files);
  for (const [fingerprint, { file }] of index.slice(0, index.slots)) {
    if (file !== 0 && !found.has(file)) missing.add(fingerprint);
  }
  return missing;
}
