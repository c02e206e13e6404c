/**
 * Request ids as CloudFront writes them: 56 characters of URL-safe base64, ending `==` (facts 7.4): 40 octets, all random here,
 * since nobody should be able to name another viewer's request.
 */
import type { Ids } from '../../edge/ports.ts';
import type { Bytes } from '../../model/units.ts';

/** 54 characters and two of padding. 42 octets are 56 characters without any, of which the last two give way. */
const ID_SIZE: Bytes = 42;
const ID_LENGTH = 56;
const PADDING = '==';
/** Ours: asking the system for randomness, and writing it out, costs more than an id, so it is done for many ids at a time. */
const BATCH = 256;

export function createRandomIds(): Ids {
  const pool = Buffer.allocUnsafeSlow(ID_SIZE * BATCH);
  let text = '';
  let next = 0;
  return {
    requestId() {
      if (next === text.length) {
        crypto.getRandomValues(pool);
        text = pool.toString('base64url');
        next = 0;
      }
      const id = text.slice(next, next + ID_LENGTH - PADDING.length) + PADDING;
      next += ID_LENGTH;
      return id;
    },
  };
}
