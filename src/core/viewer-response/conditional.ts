/**
 * Conditional requests, answered from the response at hand: 304 or 412 instead of it. RFC 9110 13.1 and 13.2.2 for which condition
 * counts, 15.4.5 for what a 304 carries, facts 4.5. Conditions towards the origin are made in core/cache/revalidation.ts;
 * If-Range is decided in range.ts. For GET and HEAD only: the caller asks for no other method.
 */
import { REPRESENTATION_FIELDS } from '../../http/representation-fields.ts';
import { parseEntityTag, parseEntityTagList, strongEqual, weakEqual, type EntityTag } from '../../http/entity-tag.ts';
import { fieldValue, type Fields } from '../../http/fields.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import { CACHED_OBJECTS_ANSWER_412 } from '../../model/assumptions.ts';
import type { Instant } from '../../model/units.ts';

/** 200: the selected response answers as it is. */
export type Conditional = 200 | 304 | 412;

export interface SelectedResponse {
  readonly status: number;
  readonly fields: Fields;
}

/** What the viewer's conditions make of the selected response. `now` settles the century of two-digit years. */
export function decideConditional(asked: Fields, selected: SelectedResponse, now: Instant, forwardsCookies = false): Conditional {
  // CloudFront: where the cache behavior forwards cookies, conditional requests are not supported.
  if (forwardsCookies) return 200;
  if (!asked.some(([name]) => name.startsWith('if-'))) return 200;
  // RFC 9110 13.2.1: conditions count only where the answer would otherwise be a success.
  if (selected.status < 200 || selected.status >= 300) return 200;
  const etag = parseEntityTag(fieldValue(selected.fields, 'etag') ?? '');
  const modified = parseHttpDate(fieldValue(selected.fields, 'last-modified') ?? '', now);

  if (CACHED_OBJECTS_ANSWER_412) {
    const ifMatch = fieldValue(asked, 'if-match');
    const ifUnmodifiedSince = fieldValue(asked, 'if-unmodified-since');
    if (ifMatch !== undefined) {
      if (!matches(ifMatch, etag, strongEqual)) return 412;
    } else if (ifUnmodifiedSince !== undefined && isModifiedSince(ifUnmodifiedSince, modified, now) === true) {
      return 412;
    }
  }
  const ifNoneMatch = fieldValue(asked, 'if-none-match');
  // RFC 9110 13.1.3: with If-None-Match there, If-Modified-Since is ignored, whatever the former says.
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, etag, weakEqual) ? 304 : 200;
  const ifModifiedSince = fieldValue(asked, 'if-modified-since');
  if (ifModifiedSince === undefined) return 200;
  return isModifiedSince(ifModifiedSince, modified, now) === false ? 304 : 200;
}

/** RFC 9110 13.1.1, 13.1.2: `*` matches whatever there is; a value that is no list of tags matches nothing. */
function matches(value: string, etag: EntityTag | undefined, isEqual: (one: EntityTag, other: EntityTag) => boolean): boolean {
  const tags = parseEntityTagList(value);
  if (tags === '*') return true;
  return etag !== undefined && tags !== undefined && tags.some((tag) => isEqual(tag, etag));
}

/** Undefined, and the condition ignored, when either date is missing or is none. RFC 9110 13.1.3, 13.1.4. */
function isModifiedSince(value: string, modified: Instant | undefined, now: Instant): boolean | undefined {
  const since = parseHttpDate(value, now);
  return since === undefined || modified === undefined ? undefined : modified > since;
}

const OF_THE_BODY: ReadonlySet<string> = new Set([...REPRESENTATION_FIELDS, 'accept-ranges']);

/**
 * The fields of a 304 about a response with these fields. RFC 9110 15.4.5: none that describe the body, and Last-Modified only where
 * there is no tag; what guides caches (Cache-Control, Date, ETag, Expires, Vary) and what browsers judge by (CORS) stays.
 */
export function notModifiedFields(fields: Fields): Fields {
  const hasTag = fields.some(([name]) => name === 'etag');
  return fields.filter(([name]) => !OF_THE_BODY.has(name) && !(hasTag && name === 'last-modified'));
}
