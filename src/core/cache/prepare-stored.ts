/**
 * What is kept of a response: its fields as viewers will see them, and its cache tags. Facts 4.3, 7.4, 14.1.
 * Done once, when the response arrives, so that a hit only copies. The edge's own fields are added for each viewer in
 * viewer-response/viewer-fields.ts; fields that never pass are named in origin-response/dropped-fields.ts.
 */
import { parseCacheControl } from '../../http/cache-control.ts';
import { fieldValue, hasField, type Field, type Fields } from '../../http/fields.ts';
import { formatHttpDate } from '../../http/http-date.ts';
import { listMembers } from '../../http/token.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Bytes, Instant } from '../../model/units.ts';
import { isDroppedField } from '../origin-response/dropped-fields.ts';
import type { OriginResponseHead } from '../request.ts';
import type { StoredResponse } from './stored-response.ts';

type Keeping = Pick<CompiledCacheBehavior, 'forwardsCookies' | 'keepsInVary'>;

/**
 * The fields for the viewer whose request caused the fetch. Content-Type leads, as on CloudFront's answers; Date is when the
 * response arrived, if the origin did not say (RFC 9110 6.6.1).
 */
export function relayedFields(behavior: Keeping, head: Pick<OriginResponseHead, 'fields'>, arrivedAt?: Instant): Fields {
  const isDropped = isDroppedField(head.fields);
  const type: Field[] = [];
  const rest: Field[] = [];
  let isVarySettled = false;
  for (const field of head.fields) {
    const [name] = field;
    if (isDropped(name)) continue;
    // CloudFront: Set-Cookie is removed where cookies are not forwarded.
    if (name === 'set-cookie' && !behavior.forwardsCookies) continue;
    if (name === 'content-type') type.push(field);
    else if (name !== 'vary') rest.push(field);
    else if (!isVarySettled) {
      isVarySettled = true;
      const vary = keptVary(behavior, fieldValue(head.fields, 'vary') ?? '');
      if (vary !== '') rest.push(['vary', vary]);
    }
  }
  if (arrivedAt !== undefined && !hasField(rest, 'date')) rest.push(['date', formatHttpDate(arrivedAt)]);
  return [...type, ...rest];
}

/** The fields to store: those relayed, without a Set-Cookie that the origin keeps out of caches. */
export function storedFields(
  behavior: Keeping,
  head: Pick<OriginResponseHead, 'fields'>,
  arrivedAt?: Instant,
  fields: Fields = relayedFields(behavior, head, arrivedAt),
): Fields {
  if (!behavior.forwardsCookies || !hasField(fields, 'set-cookie')) return fields;
  const { noCache, private: privateScope } = parseCacheControl(fieldValue(fields, 'cache-control'));
  // CloudFront: no-cache="Set-Cookie" keeps the cookies out of the cache, and nothing else. RFC 9111 5.2.2.7: so does private.
  const isKeptOut = [noCache, privateScope].some((scope) => typeof scope === 'object' && scope.includes('set-cookie'));
  return isKeptOut ? fields.filter(([name]) => name !== 'set-cookie') : fields;
}

/** What explanations want to know of fields that are not kept. */
export function droppedNotes(head: Pick<OriginResponseHead, 'fields'>, kept: Fields): Pick<StoredResponse, 'setCookieDropped'> {
  return hasField(head.fields, 'set-cookie') && !hasField(kept, 'set-cookie') ? { setCookieDropped: true } : {};
}

// CloudFront: of Vary only Accept-Encoding, Cookie and what is forwarded survive; with nothing left the field goes.
function keptVary(behavior: Keeping, value: string): string {
  return listMembers(value)
    .filter(
      (member, index, members) => member !== '*' && behavior.keepsInVary(member.toLowerCase()) && isFirst(members, member, index),
    )
    .join(', ');
}

function isFirst(members: readonly string[], member: string, index: number): boolean {
  return members.findIndex((other) => other.toLowerCase() === member.toLowerCase()) === index;
}

/** CloudFront: at most so many tags count for one object, of at most so many characters. */
const MAX_TAGS = 50;
const MAX_TAG_LENGTH = 256;
const TAG = /^[\x21-\x7e]+$/;
const NO_TAGS: readonly string[] = [];

/** The cache tags of a response, lower case, once each; tags that cannot be invalidated are left out. */
export function tagsOf(distribution: Pick<CompiledDistribution, 'source'>, fields: Fields): readonly string[] {
  const name = distribution.source.cacheTagField;
  const value = name === undefined ? undefined : fieldValue(fields, name);
  if (value === undefined) return NO_TAGS;
  const tags = new Set<string>();
  for (const member of value.split(',')) {
    const tag = member.trim().toLowerCase();
    if (tag.length <= MAX_TAG_LENGTH && TAG.test(tag)) tags.add(tag);
    if (tags.size === MAX_TAGS) break;
  }
  return [...tags];
}

/** What Content-Length said where it only describes: in answers to HEAD. The length that a GET's body would have. */
export function describedLength(head: Pick<OriginResponseHead, 'fields'>): Bytes | undefined {
  const value = fieldValue(head.fields, 'content-length');
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
}
