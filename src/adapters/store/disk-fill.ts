/**
 * A body that is written to the disk cache as it comes. Room for it is booked ahead: all of it where its length is known, else a step
 * at a time. When it is whole, it becomes an object like any other (disk-store.ts).
 */
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { StoreFill } from '../../edge/store-ports.ts';
import { MIB, type Bytes } from '../../model/units.ts';
import type { FillingBody } from './body-files.ts';
import { NoRoom } from './disk-file.ts';

/** Ours: what is booked at a time for a body of unknown length. */
const STEP: Bytes = MIB;

export interface DiskFillOptions {
  readonly length: Bytes | undefined;
  readonly largestFill: Bytes;
  /** False when that much more may not be booked. What is given back is negative. */
  readonly book: (more: Bytes) => boolean;
  readonly create: () => FillingBody;
  /** The body is complete: makes an object of it. */
  readonly keep: (response: StoredResponse, file: FillingBody) => boolean;
  readonly failed: (error: unknown) => void;
}

/** Undefined where there is no room to begin with. */
export function startDiskFill({ length, largestFill, book, create, keep, failed }: DiskFillOptions): StoreFill | undefined {
  let booked = length ?? STEP;
  if (!book(booked)) return undefined;
  const file = create();
  let isKept = false;

  function bookUpTo(needed: Bytes): void {
    if (needed <= booked) return;
    const more = Math.max(needed - booked, STEP);
    if (needed > largestFill || !book(more)) throw new NoRoom();
    booked += more;
  }

  function unbook(): void {
    if (booked > 0) book(-booked);
    booked = 0;
  }

  return {
    async write(chunk) {
      bookUpTo(file.length + chunk.byteLength);
      try {
        await file.write(chunk);
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    read: (first, last) => file.read(first, last),
    async commit(response) {
      try {
        await file.complete();
      } catch (error) {
        failed(error);
        file.discard();
      }
      unbook();
      isKept = !file.isDiscarded && keep(response, file);
      return isKept;
    },
    close() {
      unbook();
      if (!isKept) file.discard();
      file.close();
    },
  };
}
