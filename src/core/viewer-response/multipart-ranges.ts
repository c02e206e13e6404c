/**
 * Several parts of one object in one body: multipart/byteranges, RFC 9110 14.6. Which parts is decided in range.ts; the octets are put
 * between these lines in edge/bodies/multipart-body.ts. Layout:
 *
 *     --<boundary> | Content-Type | Content-Range | empty line | octets     once for each part
 *     --<boundary>--
 */
import type { ByteRange } from '../../http/byte-range.ts';
import { formatContentRange } from '../../http/content-range.ts';
import { fieldValue, withField, withoutFields, type Fields } from '../../http/fields.ts';
import type { Bytes } from '../../model/units.ts';

export interface MultipartRanges {
  readonly contentType: string;
  readonly parts: readonly MultipartPart[];
  /** What follows the last part. */
  readonly end: string;
  /** Of the whole body. */
  readonly length: Bytes;
}

export interface MultipartPart {
  /** What precedes the octets; one character is one octet. */
  readonly head: string;
  readonly range: ByteRange;
}

/** `ranges` of an object of `length` octets with these fields. `requestId` makes a boundary that the object does not hold. */
export function multipartRanges(fields: Fields, ranges: readonly ByteRange[], length: Bytes, requestId: string): MultipartRanges {
  // RFC 2046 5.1.1: at most 70 characters; `=` would need quotes.
  const boundary = requestId.replaceAll('=', '').slice(0, 70);
  const type = fieldValue(fields, 'content-type');
  const typeLine = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  const parts = ranges.map((range, index) => ({
    range,
    head: `${index === 0 ? '' : '\r\n'}--${boundary}\r\n${typeLine}Content-Range: ${formatContentRange({ kind: 'part', range, length })}\r\n\r\n`,
  }));
  const end = `\r\n--${boundary}--\r\n`;
  const octets = parts.reduce((sum, { head, range }) => sum + head.length + range.last - range.first + 1, end.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, parts, end, length: octets };
}

/** The fields of the 206: RFC 9110 15.3.7.2: each part says its Content-Range, the whole says none. */
export function multipartFields(fields: Fields, { contentType }: MultipartRanges): Fields {
  return withField(withoutFields(fields, CONTENT_RANGE), 'content-type', contentType);
}

const CONTENT_RANGE: ReadonlySet<string> = new Set(['content-range']);
