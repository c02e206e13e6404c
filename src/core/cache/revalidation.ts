/**
 * Revalidation: what is sent to ask whether a stored response still holds, and what a 304 makes of it. RFC 9111 4.3 and 3.2,
 * facts 4.5. When to ask is decided in decide-reuse.ts. A full response instead of a 304 is judged like any other, by the driver.
 */
import { REPRESENTATION_FIELDS } from '../../http/representation-fields.ts';
import { parseEntityTag, weakEqual } from '../../http/entity-tag.ts';
import { fieldValue, hasField, type Field, type Fields } from '../../http/fields.ts';
import { withVaryMember } from '../../http/vary.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { OriginResponseHead } from '../request.ts';
import { canRevalidate } from './decide-reuse.ts';
import { decideStoring, type NotStored, type Storing, type StoringInput } from './decide-storing.ts';
import { storedFields, tagsOf } from './prepare-stored.ts';
import type { Freshness, StoredResponse } from './stored-response.ts';

/** The conditions for the request to the origin; empty when there is nothing to compare. RFC 9111 4.3.1. */
export function conditionalFields(stored: StoredResponse): Fields {
  if (!canRevalidate(stored)) return [];
  const etag = fieldValue(stored.fields, 'etag');
  const lastModified = fieldValue(stored.fields, 'last-modified');
  const conditions: Field[] = [];
  if (etag !== undefined) conditions.push(['if-none-match', etag]);
  if (lastModified !== undefined) conditions.push(['if-modified-since', lastModified]);
  return conditions;
}

/** What tells two stored bodies apart. */
export type BodyMarks = Pick<StoredResponse, 'method' | 'status' | 'bodyLength' | 'fields'> & {
  readonly freshness: Pick<Freshness, 'requestTime'>;
};

/**
 * Do both speak of the same stored body? What is learnt about one of them then holds for the other, too: they came from one fetch, or
 * have the same validators.
 */
export function isSameBody(one: BodyMarks, other: BodyMarks): boolean {
  if (one.method !== other.method || one.status !== other.status || one.bodyLength !== other.bodyLength) return false;
  if (one.freshness.requestTime === other.freshness.requestTime) return true;
  const isValidated = VALIDATORS.some((name) => hasField(one.fields, name));
  return isValidated && VALIDATORS.every((name) => fieldValue(one.fields, name) === fieldValue(other.fields, name));
}

/**
 * Are they the same octets for certain, so that a cache that holds the one need not be sent the other? A strong tag says so (RFC 9110
 * 8.8.1), or that both came from one fetch and nothing tells them apart.
 */
export function isSameOctets(one: BodyMarks, other: BodyMarks): boolean {
  if (one.method !== other.method || one.status !== other.status || one.bodyLength !== other.bodyLength) return false;
  if (!VALIDATORS.every((name) => fieldValue(one.fields, name) === fieldValue(other.fields, name))) return false;
  const etag = fieldValue(one.fields, 'etag');
  const isStrong = etag !== undefined && parseEntityTag(etag)?.weak === false;
  return isStrong || one.freshness.requestTime === other.freshness.requestTime;
}

const VALIDATORS = ['etag', 'last-modified'] as const;

export interface NotModifiedInput extends Omit<StoringInput, 'head' | 'method' | 'behavior' | 'distribution'> {
  readonly stored: StoredResponse;
  /** The 304. */
  readonly head: Pick<OriginResponseHead, 'fields'>;
  readonly behavior: StoringInput['behavior'] & Pick<CompiledCacheBehavior, 'forwardsCookies' | 'keepsInVary'>;
  readonly distribution: StoringInput['distribution'] & Pick<CompiledDistribution, 'source'>;
}

export type NotModified =
  /** The response to answer with. When `notStored` says why it may no longer be kept, it is already never fresh. */
  | {
      readonly kind: 'applied';
      readonly stored: StoredResponse;
      readonly because: string;
      readonly notStored: NotStored | undefined;
    }
  /** The 304 speaks of another representation: fetch again, without conditions. RFC 9111 4.3.4. */
  | { readonly kind: 'unmatched'; readonly reason: 'etag' | 'last-modified' };

/** The decisions that differ between the two semantics. */
export interface NotModifiedRules {
  readonly decideStoring: (input: StoringInput) => Storing;
  readonly storedFields: typeof storedFields;
  /** Which fields of the stored response no 304 changes. */
  readonly staysAsStored: (stored: Fields) => (name: string) => boolean;
}

const CLOUDFRONT: NotModifiedRules = { decideStoring, storedFields, staysAsStored };

/** The stored response with what the 304 says about it: fields, and freshness as if it had just arrived. */
export function applyNotModified(input: NotModifiedInput, rules: NotModifiedRules = CLOUDFRONT): NotModified {
  const { stored, head, behavior, distribution, request, requestTime, responseTime } = input;
  const mismatch = mismatchOf(stored.fields, head.fields);
  if (mismatch !== undefined) return { kind: 'unmatched', reason: mismatch };
  const stays = rules.staysAsStored(stored.fields);
  const received = mergeFields(stored.fields, head.fields, stays);
  const storing = rules.decideStoring({
    request,
    method: stored.method,
    head: { status: stored.status, fields: received },
    behavior,
    distribution,
    requestTime,
    responseTime,
  });
  const fresh: StoredResponse = {
    ...stored,
    fields: mergeFields(stored.fields, rules.storedFields(behavior, head, responseTime), stays),
    tags: tagsOf(distribution, received),
    freshness: storing.kind === 'store' ? storing.freshness : spent(stored.freshness, input),
  };
  return storing.kind === 'store'
    ? { kind: 'applied', stored: fresh, because: storing.because, notStored: undefined }
    : { kind: 'applied', stored: fresh, because: storing.reason, notStored: storing.reason };
}

/** Which validator of the 304, if any, contradicts the stored response's. RFC 9111 4.3.4. */
function mismatchOf(stored: Fields, received: Fields): 'etag' | 'last-modified' | undefined {
  const [ours, theirs] = [fieldValue(stored, 'etag'), fieldValue(received, 'etag')];
  if (ours !== undefined && theirs !== undefined) return isSameTag(ours, theirs) ? undefined : 'etag';
  const [ourDate, theirDate] = [fieldValue(stored, 'last-modified'), fieldValue(received, 'last-modified')];
  if (ourDate === undefined || theirDate === undefined) return undefined;
  return ourDate === theirDate ? undefined : 'last-modified';
}

/** Weakly: If-None-Match compares weakly, and a compressed copy carries the weak form of the origin's tag. RFC 9110 13.1.2. */
function isSameTag(ours: string, theirs: string): boolean {
  const [one, other] = [parseEntityTag(ours), parseEntityTag(theirs)];
  return one === undefined || other === undefined ? ours === theirs : weakEqual(one, other);
}

/**
 * RFC 9111 3.2: the fields of a stored body stay what they are; everything else the 304 brings replaces what was stored.
 * The tag stays too: it names the stored form.
 */
const OF_THE_BODY: ReadonlySet<string> = new Set([...REPRESENTATION_FIELDS, 'transfer-encoding']);

/** Digests of the octets that the origin would send: not of a body that the edge has coded. */
const OF_PLAIN_BODIES: ReadonlySet<string> = new Set(['content-digest', 'digest', 'repr-digest']);

function staysAsStored(stored: Fields): (name: string) => boolean {
  const isCoded = hasField(stored, 'content-encoding');
  const keepsTag = isCoded || hasField(stored, 'etag');
  return (name) => OF_THE_BODY.has(name) || (name === 'etag' && keepsTag) || (isCoded && OF_PLAIN_BODIES.has(name));
}

function mergeFields(stored: Fields, received: Fields, stays: (name: string) => boolean): Fields {
  const news = received.filter(([name]) => !stays(name));
  const replaced = new Set(news.map(([name]) => name));
  const merged: Field[] = [];
  const placed = new Set<string>();
  for (const field of stored) {
    const [name] = field;
    if (!replaced.has(name)) merged.push(field);
    else if (!placed.has(name)) {
      placed.add(name);
      merged.push(...news.filter(([other]) => other === name));
    }
  }
  const fields = [...merged, ...news.filter(([name]) => !placed.has(name))];
  // What the edge compressed varies by Accept-Encoding, whatever the origin says of its own form.
  const isCoded = hasField(stored, 'content-encoding');
  const varied = isCoded && (fieldValue(stored, 'vary') ?? '').toLowerCase().includes('accept-encoding');
  return varied ? withVaryMember(fields, 'Accept-Encoding') : fields;
}

/** Good for the answer under way and for nothing after it. */
function spent(freshness: Freshness, { requestTime, responseTime }: NotModifiedInput): Freshness {
  return { ...freshness, requestTime, responseTime, initialAge: 0, lifetime: 0, alwaysRevalidate: true };
}
