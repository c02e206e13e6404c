/**
 * How a disk cache divides its capacity: segments, slack for their holes, the journal, what one object or all bodies under way may
 * take. Ours throughout; docs/decisions/0006-disk-cache.md says why it is a log.
 */
import { GIB, KIB, MIB, type Bytes } from '../../model/units.ts';
import { fileSize } from './body-files.ts';
import { JOURNAL_FLOOR, JOURNAL_PER_OBJECT } from './disk-journal.ts';

/** Ours: below this, segments and journal leave no room for objects. */
export const SMALLEST_DISK: Bytes = 256 * KIB;
/** Ours: so many segments make up the store: enough that one can be emptied at little cost, few enough to be kept open. */
const SEGMENTS = 128;
const SMALLEST_SEGMENT: Bytes = 16 * KIB;
const LARGEST_SEGMENT: Bytes = GIB / 4;
/** Ours: a sixteenth of the disk is left to holes in segments, so that emptying one frees more than it moves. */
const SLACK = 1 / 16;
const LEAST_SLACK_SEGMENTS = 5;
/** Ours: larger bodies get a file of their own. */
const LARGEST_INLINE: Bytes = 64 * KIB;
/** Measured by test/store/many-objects.ts: index, eviction and its ghost, for each object. */
const INDEX_PER_OBJECT: Bytes = 200;
/** Ours: what is put faster than the disk takes it is refused beyond this. */
const WAITING: Bytes = 32 * MIB;
/** Ours: the share of the disk that bodies under way may take. */
const FILLING_SHARE = 0.5;

export interface DiskSizing {
  readonly segmentSize: Bytes;
  /** For objects, as bookedFor() counts them. */
  readonly usable: Bytes;
  readonly largestInline: Bytes;
  /** The largest body put whole, and the largest written as it comes. */
  readonly largestPut: Bytes;
  readonly largestFill: Bytes;
  /** All bodies under way together. */
  readonly mostFilling: Bytes;
  /** Octets in memory that wait to be written. */
  readonly mostWaiting: Bytes;
  /** What an object counts for: its record, its share of the journal, and the file of its body; or its share of the index. */
  bookedFor(recordLength: Bytes, fileLength: Bytes): Bytes;
}

export function sizeDisk(capacity: Bytes, indexMemory: Bytes, largestObject: Bytes = capacity): DiskSizing {
  if (capacity < SMALLEST_DISK) throw new RangeError(`a disk cache takes at least ${SMALLEST_DISK / KIB} KB`);
  const segmentSize = Math.min(LARGEST_SEGMENT, Math.max(SMALLEST_SEGMENT, Math.floor(capacity / SEGMENTS)));
  const usable = Math.floor(capacity - JOURNAL_FLOOR - Math.max(capacity * SLACK, LEAST_SLACK_SEGMENTS * segmentSize));
  const mostFilling = usable * FILLING_SHARE;
  const mostWaiting = Math.min(WAITING, capacity / 4);
  const largestFill = Math.min(largestObject, mostFilling);
  /** As if the disk were full when the index is. */
  const leastBooked = Math.ceil((usable * INDEX_PER_OBJECT) / indexMemory);
  return {
    segmentSize,
    usable,
    largestInline: Math.min(LARGEST_INLINE, Math.floor(segmentSize / 8)),
    largestPut: Math.min(largestFill, mostWaiting / 2),
    largestFill,
    mostFilling,
    mostWaiting,
    bookedFor: (recordLength, fileLength) => Math.max(leastBooked, recordLength + JOURNAL_PER_OBJECT + fileSize(fileLength)),
  };
}
