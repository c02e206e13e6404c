/**
 * Acceptance: is this response an answer to what was asked? A response that contradicts itself or the request is the origin's failure,
 * and never stored. Facts 1.3, 5; RFC 9110 15.3.7, 15.4.5. The syntax of the head is judged by the origin client, the length of
 * the body as it arrives; whether an accepted response is stored, in core/cache/decide-storing.ts.
 */
import { parseContentRange } from '../../http/content-range.ts';
import { fieldValue, hasField, type Fields } from '../../http/fields.ts';
import { GIB, type Bytes } from '../../model/units.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { OriginResponseHead } from '../request.ts';

/** CloudFront: the largest object it caches. With caching on, a longer one is an error; with caching off it passes. */
export const LARGEST_CACHED_OBJECT: Bytes = 50 * GIB;

export type Acceptance =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly status: 502; readonly detail: ErrorDetail; readonly cause: string };

const ACCEPTED: Acceptance = { kind: 'accepted' };

/** Judges a response head against the fields of the request it answers. */
export function acceptResponse(asked: Fields, head: OriginResponseHead, cachingDisabled: boolean): Acceptance {
  const { status, bodyLength } = head;
  // Only a handshake gets 101 past the origin client, which has judged it.
  if (status === 101) return ACCEPTED;
  if (status < 200 || status > 599) return refused('OriginInvalidResponseError', ERROR_CAUSES.originInvalidResponse);
  if (status === 304 && !isConditional(asked)) {
    return refused('OriginInvalidResponseError', 'The origin answered 304 to a request without conditions.');
  }
  if (status === 206) return acceptPart(asked, head);
  if (!cachingDisabled && bodyLength !== undefined && bodyLength > LARGEST_CACHED_OBJECT) {
    return refused('OriginError', 'The object is larger than CloudFront caches.');
  }
  return ACCEPTED;
}

function acceptPart(asked: Fields, head: OriginResponseHead): Acceptance {
  if (!hasField(asked, 'range'))
    return refused('OriginInvalidResponseError', 'The origin answered 206 to a request without a range.');
  // RFC 9110 15.3.7.2: of several parts, each says in the body which it is.
  if (/^multipart\/byteranges/i.test(fieldValue(head.fields, 'content-type') ?? '')) return ACCEPTED;
  const contentRange = parseContentRange(fieldValue(head.fields, 'content-range') ?? '');
  if (contentRange?.kind !== 'part') return refused('OriginContentRangeLengthError', ERROR_CAUSES.originContentRangeLength);
  const { first, last } = contentRange.range;
  return head.bodyLength === undefined || head.bodyLength === last - first + 1
    ? ACCEPTED
    : refused('OriginContentRangeLengthError', ERROR_CAUSES.originContentRangeLength);
}

const CONDITIONS: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since']);

function isConditional(asked: Fields): boolean {
  return asked.some(([name]) => CONDITIONS.has(name));
}

function refused(detail: ErrorDetail, cause: string): Acceptance {
  return { kind: 'refused', status: 502, detail, cause };
}
