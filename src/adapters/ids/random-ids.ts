/**
 * Request ids as CloudFront writes them: 56 characters of URL-safe base64, ending `==` (facts 7.4): 40 octets, all random here,
 * since nobody should be able to name another viewer's request.
 */
import type { Ids } from '../../edge/ports.ts';
import type { Bytes } from '../../model/units.ts';

/** 54 characters, then two of padding, which base64url leaves out. */
const ID_SIZE: Bytes = 40;
/** Ours: asking the system for randomness costs more than the id, so it is asked for many ids at a time. */
const BATCH = 256;

export function createRandomIds(): Ids {
  const pool = Buffer.allocUnsafeSlow(ID_SIZE * BATCH);
  let next = pool.byteLength;
  return {
    requestId() {
      if (next === pool.byteLength) {
        crypto.getRandomValues(pool);
        next = 0;
      }
      const id = pool.toString('base64url', next, next + ID_SIZE);
      next += ID_SIZE;
      return `${id}==`;
    },
  };
}
