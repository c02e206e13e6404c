/**
 * Content-Range with the bytes unit: RFC 9110 14.4, read from origins and written to viewers.
 */
import type { ByteRange } from './byte-range.ts';

export type ContentRange =
  /** A part; `length` is undefined when the sender did not know it (`*`). */
  | { readonly kind: 'part'; readonly range: ByteRange; readonly length: number | undefined }
  /** Of a 416: nothing of `length` bytes. */
  | { readonly kind: 'unsatisfied'; readonly length: number };

const PART = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/(?:([0-9]{1,15})|\*)$/i;
const UNSATISFIED = /^bytes \*\/([0-9]{1,15})$/i;

/** Undefined when malformed, of another unit, or self-contradictory. */
export function parseContentRange(value: string): ContentRange | undefined {
  const part = PART.exec(value);
  if (part !== null) {
    const [first, last] = [Number(part[1]), Number(part[2])];
    const length = part[3] === undefined ? undefined : Number(part[3]);
    if (last < first || (length !== undefined && last >= length)) return undefined;
    return { kind: 'part', range: { first, last }, length };
  }
  const unsatisfied = UNSATISFIED.exec(value);
  return unsatisfied === null ? undefined : { kind: 'unsatisfied', length: Number(unsatisfied[1]) };
}

export function formatContentRange(contentRange: ContentRange): string {
  if (contentRange.kind === 'unsatisfied') return `bytes */${contentRange.length}`;
  return `bytes ${contentRange.range.first}-${contentRange.range.last}/${contentRange.length ?? '*'}`;
}
