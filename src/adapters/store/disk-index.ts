/**
 * Where every object of the disk store lies, in flat lists: a fingerprint stands for the key, so that an object costs the same few
 * octets however long its key is. `bun test/store/many-objects.ts` measures them. The index is rebuilt from the journal
 * (disk-journal.ts); whether a record really is the key's is checked when it is read (disk-record.ts).
 */
import type { NumberMap } from '../../core/cache/number-map.ts';
import type { Bytes } from '../../model/units.ts';

/** A record in a segment, and the file of its body where that is too large to lie in the record. */
export interface Location {
  readonly segment: number;
  readonly offset: Bytes;
  readonly length: Bytes;
  /** 0: the body lies in the record. */
  readonly file: number;
  readonly fileLength: Bytes;
}

export interface DiskIndex {
  get(fingerprint: number): Location | undefined;
  has(fingerprint: number): boolean;
  set(fingerprint: number, location: Location): void;
  /** What was there. */
  delete(fingerprint: number): Location | undefined;
  /** The fingerprints of a segment's records, in the order in which they lie there. */
  inSegment(segment: number): readonly number[];
  /** Slots from `from` to before `to`: what is there now. The slot of an entry never changes. */
  slice(from: number, to: number): Iterable<readonly [fingerprint: number, location: Location]>;
  /** Slots in use lie below. */
  readonly slots: number;
  readonly size: number;
}

const FREE = -1;
const GROWTH = 1.5;

export function createDiskIndex(slotOf: NumberMap): DiskIndex {
  const free: number[] = [];
  let slots = 0;
  let fingerprints = new Float64Array(64);
  let segments = new Uint32Array(64);
  let offsets = new Uint32Array(64);
  let lengths = new Uint32Array(64);
  let files = new Uint32Array(64);
  let fileLengths = new Float64Array(64);

  function grow(): void {
    const length = Math.ceil(fingerprints.length * GROWTH);
    fingerprints = lengthened(fingerprints, new Float64Array(length));
    segments = lengthened(segments, new Uint32Array(length));
    offsets = lengthened(offsets, new Uint32Array(length));
    lengths = lengthened(lengths, new Uint32Array(length));
    files = lengthened(files, new Uint32Array(length));
    fileLengths = lengthened(fileLengths, new Float64Array(length));
  }

  function take(fingerprint: number): number {
    const slot = free.pop() ?? slots++;
    if (slot >= fingerprints.length) grow();
    slotOf.set(fingerprint, slot);
    fingerprints[slot] = fingerprint;
    return slot;
  }

  const at = (slot: number): Location => ({
    segment: segments[slot] ?? 0,
    offset: offsets[slot] ?? 0,
    length: lengths[slot] ?? 0,
    file: files[slot] ?? 0,
    fileLength: fileLengths[slot] ?? 0,
  });

  return {
    get(fingerprint) {
      const slot = slotOf.get(fingerprint);
      return slot === undefined ? undefined : at(slot);
    },
    has: (fingerprint) => slotOf.has(fingerprint),
    set(fingerprint, location) {
      const slot = slotOf.get(fingerprint) ?? take(fingerprint);
      segments[slot] = location.segment;
      offsets[slot] = location.offset;
      lengths[slot] = location.length;
      files[slot] = location.file;
      fileLengths[slot] = location.fileLength;
    },
    delete(fingerprint) {
      const slot = slotOf.get(fingerprint);
      if (slot === undefined) return undefined;
      slotOf.delete(fingerprint);
      fingerprints[slot] = FREE;
      free.push(slot);
      return at(slot);
    },
    inSegment(segment) {
      const found: number[] = [];
      for (let slot = 0; slot < slots; slot++) {
        if (segments[slot] === segment && fingerprints[slot] !== FREE) found.push(slot);
      }
      found.sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0));
      return found.map((slot) => fingerprints[slot] ?? FREE);
    },
    *slice(from, to) {
      for (let slot = from; slot < Math.min(to, slots); slot++) {
        const fingerprint = fingerprints[slot] ?? FREE;
        if (fingerprint !== FREE) yield [fingerprint, at(slot)] as const;
      }
    },
    get slots() {
      return slots;
    },
    get size() {
      return slotOf.size;
    },
  };
}

function lengthened<List extends Float64Array | Uint32Array>(from: List, to: List): List {
  to.set(from);
  return to;
}
