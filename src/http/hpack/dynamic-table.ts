/**
 * The fields that one side of a connection has named before, newest first: RFC 7541 2.3.2 and 4. A ring, so that neither adding nor
 * eviction moves entries.
 */
import type { Field } from '../fields.ts';
import type { Bytes } from '../../model/units.ts';

/** A field as the table keeps it, with what its reader made of it. */
export interface TableEntry {
  readonly field: Field;
  /** What the reader's `classify` said of it. */
  readonly kind: number;
}

export interface DynamicTable {
  /** 0 for the newest; undefined where nothing is. */
  get(index: number): TableEntry | undefined;
  add(entry: TableEntry): void;
  /** Bounds the table from now on. */
  resize(capacity: Bytes): void;
}

/** RFC 7541 4.1: what an entry counts beyond its octets. */
const ENTRY_OVERHEAD: Bytes = 32;

const entrySize = ({ field }: TableEntry): Bytes => field[0].length + field[1].length + ENTRY_OVERHEAD;

/** A table that never holds more than `limit`. */
export function createDynamicTable(limit: Bytes): DynamicTable {
  /** As many as fit at all. */
  const slots = Math.floor(limit / ENTRY_OVERHEAD) + 1;
  const ring: (TableEntry | undefined)[] = [];
  let capacity = limit;
  let size: Bytes = 0;
  let count = 0;
  /** Where the next entry goes. */
  let head = 0;

  const slotOf = (index: number): number => (head - 1 - index + 2 * slots) % slots;

  function shrinkTo(bound: Bytes): void {
    while (size > bound && count > 0) {
      const slot = slotOf(count - 1);
      size -= entrySize(ring[slot]!);
      ring[slot] = undefined;
      count -= 1;
    }
  }

  return {
    get: (index) => (index < count ? ring[slotOf(index)] : undefined),
    add(entry) {
      const needed = entrySize(entry);
      // RFC 7541 4.4: what is larger than the table empties it, and is no error.
      shrinkTo(capacity - needed);
      if (needed > capacity) return;
      ring[head] = entry;
      head = (head + 1) % slots;
      count += 1;
      size += needed;
    },
    resize(next) {
      capacity = next;
      shrinkTo(next);
    },
  };
}
