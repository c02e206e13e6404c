/**
 * Parts: is this response the part of the object that was asked for? RFC 9110 15.3.7 and 15.5.17, facts 5. A part that contradicts
 * itself is refused before (core/origin-response/accept-response.ts); here it is held against the question. What becomes of an
 * object once a part of it is known is decided in decide-range-fill.ts.
 */
import type { ByteRange } from '../../http/byte-range.ts';
import { parseContentRange } from '../../http/content-range.ts';
import { fieldValue, type Field, type Fields } from '../../http/fields.ts';
import type { Bytes, Instant } from '../../model/units.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { OriginResponseHead } from '../request.ts';
import { editionConditions, editionOf, isSameEdition, type Edition } from './edition.ts';

/** What is asked of the origin for a part: of the edition, where one is known. */
export interface PartAsked {
  readonly range: ByteRange;
  readonly edition: Edition | undefined;
}

export function partFieldsAsked({ range, edition }: PartAsked): Fields {
  const line: Field = ['range', `bytes=${range.first}-${range.last}`];
  return edition === undefined ? [line] : [line, ...editionConditions(edition)];
}

export type PartJudgement =
  /** These octets, of an object of `length` octets; `edition` is undefined where nothing tells it from the next. */
  | { readonly kind: 'part'; readonly octets: Bytes; readonly length: Bytes; readonly edition: Edition | undefined }
  /** A part of an object whose length the origin does not say. */
  | { readonly kind: 'part-of-unknown' }
  /** The edition asked for is no more. */
  | { readonly kind: 'changed' }
  /** 416: nothing of the object lies in the range. */
  | { readonly kind: 'unsatisfiable' }
  /** The origin lies about what it sends. */
  | { readonly kind: 'refused'; readonly status: 502; readonly detail: ErrorDetail; readonly cause: string }
  /** An answer as to a request without Range: the whole object, a redirect, an error. */
  | { readonly kind: 'unranged' };

const CHANGED: PartJudgement = { kind: 'changed' };
const UNRANGED: PartJudgement = { kind: 'unranged' };
const REFUSED: PartJudgement = {
  kind: 'refused',
  status: 502,
  detail: 'OriginContentRangeLengthError',
  cause: ERROR_CAUSES.originContentRangeLength,
};

export function judgePart({ range, edition }: PartAsked, head: OriginResponseHead, now: Instant): PartJudgement {
  const { status, fields, bodyLength } = head;
  if (status !== 206) return withoutPart(status, edition);
  const contentRange = parseContentRange(fieldValue(fields, 'content-range') ?? '');
  // RFC 9110 15.3.7.2: one range is never answered in several parts; and where the part begins is for us to say.
  if (contentRange?.kind !== 'part' || contentRange.range.first !== range.first) return REFUSED;
  const { length } = contentRange;
  const { first, last } = contentRange.range;
  const octets = last - first + 1;
  if (bodyLength !== undefined && bodyLength !== octets) return REFUSED;
  if (length === undefined) return last > range.last ? REFUSED : edition === undefined ? { kind: 'part-of-unknown' } : CHANGED;
  if (last !== Math.min(range.last, length - 1)) return isOfAnotherLength(edition, length) ? CHANGED : REFUSED;
  const found = editionOf(fields, length, now);
  if (edition === undefined) return { kind: 'part', octets, length, edition: found };
  if (found === undefined || !isSameEdition(edition, found)) return CHANGED;
  return { kind: 'part', octets, length, edition };
}

/** An object that has grown or shrunk answers a question about its old last block differently, and means no harm. */
function isOfAnotherLength(edition: Edition | undefined, length: Bytes): boolean {
  return edition !== undefined && edition.length !== length;
}

/** Of an edition that exists every part exists: a 416 or 412, and a whole object instead of a part, say that it is no more. */
function withoutPart(status: number, edition: Edition | undefined): PartJudgement {
  if (edition !== undefined && status < 500) return CHANGED;
  if (status === 416) return { kind: 'unsatisfiable' };
  return UNRANGED;
}
