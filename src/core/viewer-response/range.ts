/**
 * Ranges of a whole object at hand: which part of it answers, if any. RFC 9110 14.2, 13.1.5 (If-Range), facts 5.
 * CloudFront: several parts in ascending order that do not overlap are answered as such; any others, and whatever is malformed, with the
 * whole object. For GET only (RFC 9110 14.2): the caller asks for no other method. The grammar is read in http/byte-range.ts, several
 * parts are written by multipart-ranges.ts.
 */
import { parseRange, resolveRange, type ByteRange, type RangeSpec } from '../../http/byte-range.ts';
import { formatContentRange } from '../../http/content-range.ts';
import { parseEntityTag, strongEqual } from '../../http/entity-tag.ts';
import { fieldValue, type Field, type Fields } from '../../http/fields.ts';
import type { Bytes } from '../../model/units.ts';

export type RangeDecision =
  | { readonly kind: 'whole' }
  /** Both inclusive. Answer 206 with partFields. */
  | { readonly kind: 'part'; readonly first: Bytes; readonly last: Bytes }
  /** Two or more, in order. Answer 206 with multipartFields. */
  | { readonly kind: 'parts'; readonly ranges: readonly [ByteRange, ...ByteRange[]] }
  /** Answer 416 with unsatisfiableFields. */
  | { readonly kind: 'unsatisfiable' };

/** Ours: nobody needs more parts than this of one object at once, and each costs more than its octets. RFC 9110 17.15. */
const MOST_PARTS = 200;

const WHOLE: RangeDecision = { kind: 'whole' };

/** What the viewer's Range makes of a response of `length` octets. Decided after the conditions (RFC 9110 13.2.2). */
export function decideRange(asked: Fields, status: number, fields: Fields, length: Bytes): RangeDecision {
  const value = fieldValue(asked, 'range');
  if (value === undefined || status !== 200 || !isRangeCurrent(asked, fields)) return WHOLE;
  const [spec, ...others] = parseRange(value) ?? [];
  if (spec === undefined) return WHOLE;
  if (others.length > 0) return decideParts([spec, ...others], length);
  // RFC 9110 14.1.2: a suffix of an empty object is satisfiable, and is all there is of it.
  if (length === 0 && spec.kind === 'suffix' && spec.length > 0) return WHOLE;
  const range = resolveRange(spec, length);
  return range === undefined ? { kind: 'unsatisfiable' } : { kind: 'part', ...range };
}

/** RFC 9110 14.2: specs that cannot be satisfied count for nothing, unless none can. */
function decideParts(specs: readonly RangeSpec[], length: Bytes): RangeDecision {
  const ranges = specs.map((spec) => resolveRange(spec, length)).filter((range) => range !== undefined);
  const [first] = ranges;
  if (first === undefined) return { kind: 'unsatisfiable' };
  const isAscending = ranges.every((range, index) => index === 0 || range.first > (ranges[index - 1]?.last ?? length));
  if (!isAscending || ranges.length > MOST_PARTS) return WHOLE;
  // RFC 9110 15.3.7.2: where one part is left, it is sent as one.
  return ranges.length === 1 ? { kind: 'part', ...first } : { kind: 'parts', ranges: [first, ...ranges.slice(1)] };
}

/** RFC 9110 13.1.5: strong comparison, or the very date; anything else means that the object has changed. */
function isRangeCurrent(asked: Fields, fields: Fields): boolean {
  const value = fieldValue(asked, 'if-range');
  if (value === undefined) return true;
  const tag = parseEntityTag(value);
  if (tag === undefined) return value === fieldValue(fields, 'last-modified');
  const etag = parseEntityTag(fieldValue(fields, 'etag') ?? '');
  return etag !== undefined && strongEqual(tag, etag);
}

/** The fields of a 206: those of the whole, and which part it is. */
export function partFields(fields: Fields, range: ByteRange, length: Bytes): Fields {
  const line: Field = ['content-range', formatContentRange({ kind: 'part', range, length })];
  return [...fields.filter(([name]) => name !== 'content-range'), line];
}

/** The field that a 416 adds to its page: how long the object is. RFC 9110 15.5.17. */
export function unsatisfiableFields(length: Bytes): Fields {
  return [['content-range', formatContentRange({ kind: 'unsatisfied', length })]];
}
