/**
 * Range with the bytes unit: RFC 9110 14.1 and 14.2, parsed and resolved against a length.
 * Whether a range is honoured, and as how many parts, is decided in core/viewer-response/range.ts.
 */
import { trimWhitespace } from './token.ts';

export type RangeSpec =
  /** `first-last` or `first-`; both inclusive. */
  | { readonly kind: 'from'; readonly first: number; readonly last: number | undefined }
  /** `-length`: the last `length` bytes. */
  | { readonly kind: 'suffix'; readonly length: number };

export interface ByteRange {
  /** Inclusive. */
  readonly first: number;
  /** Inclusive, at least `first`. */
  readonly last: number;
}

const SPEC = /^([0-9]*)-([0-9]*)$/;

/** The ranges in the order sent; undefined when the value is malformed or of another unit. RFC 9110 14.2: then it is ignored. */
export function parseRange(value: string): readonly RangeSpec[] | undefined {
  const equals = value.indexOf('=');
  if (equals < 0 || value.slice(0, equals).toLowerCase() !== 'bytes') return undefined;
  const specs: RangeSpec[] = [];
  for (const member of value.slice(equals + 1).split(',')) {
    const text = trimWhitespace(member);
    // RFC 9110 5.6.1: empty list members are ignored.
    if (text === '') continue;
    const spec = parseSpec(text);
    if (spec === undefined) return undefined;
    specs.push(spec);
  }
  return specs.length === 0 ? undefined : specs;
}

function parseSpec(text: string): RangeSpec | undefined {
  const [, first, last] = SPEC.exec(text) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return { kind: 'suffix', length: count(last) };
  if (last === '') return { kind: 'from', first: count(first), last: undefined };
  return count(first) <= count(last) ? { kind: 'from', first: count(first), last: count(last) } : undefined;
}

/** Beyond 2^53 a count only needs to stay larger than any length. */
function count(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/** The bytes that a range selects of `length`, or undefined when it cannot be satisfied. RFC 9110 14.1.2. */
export function resolveRange(spec: RangeSpec, length: number): ByteRange | undefined {
  if (spec.kind === 'suffix') {
    return spec.length === 0 || length === 0 ? undefined : { first: Math.max(0, length - spec.length), last: length - 1 };
  }
  return spec.first >= length ? undefined : { first: spec.first, last: Math.min(spec.last ?? length - 1, length - 1) };
}
