/**
 * Conditional requests on objects. RFC 9110 13; S3 API reference, GetObject, PutObject, CopyObject: If-Match with a true match silences
 * If-Unmodified-Since, If-None-Match with a false one silences If-Modified-Since.
 */
import type { ObjectRecord } from '../../../buckets/bucket-records.ts';
import type { Precondition } from '../../../buckets/bucket-store.ts';
import { ApiError } from '../../wire/types.ts';
import { noSuchKey, notImplemented, preconditionFailed } from '../errors.ts';

export type ReadCondition =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'failed'; readonly condition: string };

/** `prefix` is '' for reads and `x-amz-copy-source-` for copies. */
export function decideReadCondition(
  object: Pick<ObjectRecord, 'etag' | 'modified'>,
  headers: Headers,
  prefix = '',
): ReadCondition {
  const ifMatch = headers.get(`${prefix}if-match`);
  const ifUnmodified = httpDate(headers.get(`${prefix}if-unmodified-since`));
  if (ifMatch !== null) {
    if (!matchesTag(ifMatch, object.etag)) return { kind: 'failed', condition: 'If-Match' };
  } else if (ifUnmodified !== undefined && object.modified > ifUnmodified)
    return { kind: 'failed', condition: 'If-Unmodified-Since' };

  const ifNoneMatch = headers.get(`${prefix}if-none-match`);
  const ifModified = httpDate(headers.get(`${prefix}if-modified-since`));
  if (ifNoneMatch !== null) return matchesTag(ifNoneMatch, object.etag) ? { kind: 'not-modified' } : { kind: 'proceed' };
  if (ifModified !== undefined && object.modified <= ifModified) return { kind: 'not-modified' };
  return { kind: 'proceed' };
}

/** S3: conditional writes know `If-None-Match: *` and `If-Match: <etag>` only. Judged inside the transaction that writes. */
export function writePrecondition(headers: Headers, key: string): Precondition {
  const ifNoneMatch = headers.get('if-none-match');
  const ifMatch = headers.get('if-match');
  if (ifNoneMatch !== null && ifNoneMatch !== '*') throw notImplemented('If-None-Match with an ETag on writes');
  return (current) => {
    if (ifNoneMatch !== null && current !== undefined) throw preconditionFailed('If-None-Match');
    if (ifMatch === null) return;
    if (current === undefined) throw noSuchKey(key);
    if (!matchesTag(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

/** Deletes know `If-Match`, `*` included. */
export function deletePrecondition(ifMatch: string | undefined): Precondition {
  return (current) => {
    if (ifMatch === undefined || current === undefined) return;
    if (!matchesTag(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

/** S3: tags compare with or without their quotes, weak or not. */
function matchesTag(field: string, etag: string): boolean {
  return field.split(',').some((item) => {
    const tag = item.trim().replace(/^W\//, '').replaceAll('"', '');
    return tag === '*' || tag === etag;
  });
}

/** RFC 9110 13.1.3: a date that does not parse is ignored. */
function httpDate(text: string | null): number | undefined {
  const instant = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

export type RangeDecision = { readonly kind: 'whole' } | { readonly kind: 'part'; readonly first: number; readonly last: number };

/** RFC 9110 14: one byte range; several or malformed ones are ignored, as S3 does. Throws InvalidRange beyond the end. */
export function decideRange(field: string | null, size: number): RangeDecision {
  const found = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i.exec(field?.trim() ?? '');
  const [, from = '', to = ''] = found ?? [];
  if (found === null || (from === '' && to === '')) return { kind: 'whole' };
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return { kind: 'whole' };
  if (first >= size || (from === '' && Number(to) === 0)) {
    throw new ApiError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: field,
      ActualObjectSize: size,
    });
  }
  return { kind: 'part', first, last };
}
