/**
 * What a later answer changes of a stored response in RFC 9111 mode: a 304 (3.2 and 4.3.4) or an answer to HEAD (4.3.5). The merging
 * itself is in cache/revalidation.ts.
 */
import { fieldValue } from '../../../http/fields.ts';
import type { OriginResponseHead } from '../../request.ts';
import { applyNotModified, type NotModified, type NotModifiedInput } from '../revalidation.ts';
import type { StoredResponse } from '../stored-response.ts';
import { decideRfc9111Storing } from './decide-storing.ts';
import { rfc9111StoredFields } from './stored-fields.ts';

/**
 * RFC 9111 3.2: all fields are updated but Content-Length and those that the stored form depends upon; of those, "some caches
 * choose to omit" Content-Encoding, Content-Type and Content-Range "to avoid corrupting" what is stored.
 */
const OF_THE_FORM: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'content-range', 'transfer-encoding']);

export function applyRfc9111NotModified(input: NotModifiedInput): NotModified {
  return applyNotModified(input, {
    decideStoring: decideRfc9111Storing,
    storedFields: rfc9111StoredFields,
    staysAsStored: () => (name) => OF_THE_FORM.has(name),
  });
}

export interface HeadInput extends Omit<NotModifiedInput, 'head'> {
  /** The answer to HEAD. */
  readonly head: Pick<OriginResponseHead, 'status' | 'fields'>;
}

/** The stored response to GET after a 200 to HEAD; undefined when the answer says nothing about it. */
export function applyRfc9111Head(input: HeadInput): StoredResponse | undefined {
  const { stored, head } = input;
  if (stored.method !== 'GET' || head.status !== 200) return undefined;
  const length = fieldValue(head.fields, 'content-length');
  const applied = length === undefined || length === String(stored.bodyLength) ? applyRfc9111NotModified(input) : undefined;
  if (applied?.kind === 'applied') return applied.stored;
  // RFC 9111 4.3.5: where validators or lengths differ, "the cache SHOULD consider the stored response to be stale".
  return { ...stored, freshness: { ...stored.freshness, lifetime: 0, staleWhileRevalidate: undefined } };
}
