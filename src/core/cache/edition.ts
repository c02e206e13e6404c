/**
 * Editions: which parts of an object belong together. RFC 9111 3.4 lets parts be joined only where they share a strong validator;
 * a strong ETag is one (RFC 9110 8.8.1), a Last-Modified is one when it lies well before the response (8.8.2.2). Facts 5: parts are
 * valid while ETag or Last-Modified match. Whether one response is the part that was asked for is judged in judge-part.ts.
 */
import { parseEntityTag } from '../../http/entity-tag.ts';
import { fieldValue, type Field, type Fields } from '../../http/fields.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import { SECOND, type Bytes, type Instant } from '../../model/units.ts';

export interface Edition {
  /** The fields that every part of it carries, with these values. */
  readonly validators: Fields;
  /** Of the whole object. */
  readonly length: Bytes;
}

/** The edition that a response with these fields, which arrived at `now`, belongs to; undefined where nothing strong says. */
export function editionOf(fields: Fields, length: Bytes, now: Instant): Edition | undefined {
  const etag = fieldValue(fields, 'etag');
  if (etag !== undefined && parseEntityTag(etag)?.weak === false) return { validators: [['etag', etag]], length };
  const lastModified = fieldValue(fields, 'last-modified');
  const modified = parseHttpDate(lastModified ?? '', now);
  const sent = parseHttpDate(fieldValue(fields, 'date') ?? '', now) ?? now;
  // RFC 9110 8.8.2.2: within one second the object could have changed twice under one date.
  if (lastModified === undefined || modified === undefined || modified > sent - SECOND) return undefined;
  const date: Field = ['last-modified', lastModified];
  // A weak tag is no proof of sameness, but another one is proof of a change.
  return { validators: etag === undefined ? [date] : [date, ['etag', etag]], length };
}

export function isSameEdition(one: Edition, other: Edition): boolean {
  return (
    one.length === other.length &&
    one.validators.length === other.validators.length &&
    one.validators.every(([name, value]) => fieldValue(other.validators, name) === value)
  );
}

/** The condition under which the origin is asked for another part of the edition. RFC 9110 13.1.1 and 13.1.4: 412 when it has changed. */
export function editionConditions({ validators }: Edition): Fields {
  const [name, value] = validators[0] ?? [];
  if (name === undefined || value === undefined) return [];
  return [[name === 'etag' ? 'if-match' : 'if-unmodified-since', value]];
}
