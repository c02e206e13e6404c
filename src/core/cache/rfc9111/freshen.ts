/**
 * What a 304 changes of a stored response in RFC 9111 mode: 3.2 and 4.3.4. The merging itself is in cache/revalidation.ts.
 */
import { applyNotModified, type NotModified, type NotModifiedInput } from '../revalidation.ts';
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
