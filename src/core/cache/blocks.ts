/**
 * Blocks: an object that viewers ask for in parts is stored in parts, as aligned blocks of one size and a head that says what they
 * are blocks of. RFC 9111 3.3 and 3.4, facts 5. Each is an ordinary stored response, so bans, eviction and bounds hold for it:
 *
 *     <cache key>             the head: a response to HEAD with the object's fields, length and edition; it answers HEAD, too
 *     <cache key>\nblock 0    octets 0 to 1048575 and the edition they are of
 *     <cache key>\nblock 1    ...
 *
 * The head's freshness is that of all its blocks: one validation renews them together. A block that outlives its head is used again
 * as soon as the origin has named the same edition. When an object is divided is decided in decide-range-fill.ts.
 */
import type { ByteRange } from '../../http/byte-range.ts';
import type { Fields } from '../../http/fields.ts';
import { RANGE_BLOCK } from '../../model/assumptions.ts';
import type { Bytes } from '../../model/units.ts';
import type { Edition } from './edition.ts';
import type { StoredResponse } from './stored-response.ts';

/** A head: a stored response that knows the edition it speaks of. */
export type HeadResponse = StoredResponse & { readonly edition: Edition };

/** No other key has such a line: see cache-key.ts. */
export function blockKey(key: string, index: number): string {
  return `${key}\nblock ${index}`;
}

/** The block that holds the octet `offset`. */
export function blockAt(offset: Bytes): number {
  return Math.floor(offset / RANGE_BLOCK);
}

/** The octets of a block, of an object of `length` octets if that is known. */
export function blockRange(index: number, length: Bytes = Number.MAX_SAFE_INTEGER): ByteRange {
  const first = index * RANGE_BLOCK;
  return { first, last: Math.min(first + RANGE_BLOCK, length) - 1 };
}

export function isHead(stored: StoredResponse | undefined): stored is HeadResponse {
  return stored?.method === 'HEAD' && stored.edition !== undefined;
}

/** The head of an object, from the fields of one of its parts as viewers will see them. */
export function headOf(part: Omit<StoredResponse, 'method' | 'status' | 'bodyLength'>, edition: Edition): HeadResponse {
  return { ...part, method: 'HEAD', status: 200, fields: wholeFields(part.fields), bodyLength: edition.length, edition };
}

/** One block of the object with this head. `banSequence` as of the request that fetched it. */
export function blockOf(head: HeadResponse, index: number, banSequence: number): StoredResponse {
  const { first, last } = blockRange(index, head.edition.length);
  return {
    ...head,
    key: blockKey(head.key, index),
    method: 'GET',
    status: 206,
    // The head has them once for all.
    fields: [],
    bodyLength: last - first + 1,
    banSequence,
  };
}

/** The fields of a part without what is only true of the part. */
export function wholeFields(fields: Fields): Fields {
  return fields.filter(([name]) => name !== 'content-range' && name !== 'content-length');
}
