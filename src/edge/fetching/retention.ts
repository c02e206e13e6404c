/**
 * The octets of bodies on their way to the store, all fetches together, held against one bound: what does not fit goes to its viewers
 * without being kept. What has arrived in the store is the store's to count.
 */
import type { Bytes } from '../../model/units.ts';

export interface Retention {
  /** Could this many more be held? */
  fits(bytes: Bytes): boolean;
  hold(bytes: Bytes): void;
  free(bytes: Bytes): void;
  readonly isExceeded: boolean;
}

export function createRetention(limit: Bytes): Retention {
  let held: Bytes = 0;
  return {
    fits: (bytes) => held + bytes <= limit,
    hold(bytes) {
      held += bytes;
    },
    free(bytes) {
      held -= bytes;
    },
    get isExceeded() {
      return held > limit;
    },
  };
}
