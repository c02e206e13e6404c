/**
 * Which fields of a response are relayed and which are kept: RFC 9111 3.1, RFC 9110 7.6.1. A cache to the letter keeps all it is not
 * told to leave out, Set-Cookie and Vary among them. The edge's own are appended in viewer-response/viewer-fields.ts.
 */
import { hasField, type Fields } from '../../../http/fields.ts';
import { connectionNames, HOP_BY_HOP } from '../../../http/hop-by-hop.ts';
import { formatHttpDate } from '../../../http/http-date.ts';
import type { Instant } from '../../../model/units.ts';
import type { OriginResponseHead } from '../../request.ts';
import { responseDirectives } from './response-directives.ts';

/** Ours: what the edge says of itself is not the origin's to say. */
const WRITTEN_BY_EDGE: ReadonlySet<string> = new Set(['content-length', 'x-cache', 'x-amz-cf-id', 'x-amz-cf-pop']);

/** The fields for the viewer whose request caused the fetch. */
export function rfc9111RelayedFields(_behavior: unknown, head: Pick<OriginResponseHead, 'fields'>, arrivedAt?: Instant): Fields {
  const named = connectionNames(head.fields);
  const fields = head.fields.filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name) && !WRITTEN_BY_EDGE.has(name));
  // RFC 9110 6.6.1: "a recipient with a clock that receives a response message without a Date header field".
  return arrivedAt === undefined || hasField(fields, 'date') ? fields : [...fields, ['date', formatHttpDate(arrivedAt)]];
}

/** RFC 9111 3.1: specific to the proxy that forwarded the request; 5.1: Age is reckoned anew for each answer. */
const NEVER_STORED: ReadonlySet<string> = new Set(['age', 'proxy-authentication-info']);

/** The fields to store: those relayed, without those that no-cache or private keep out by name. RFC 9111 5.2.2.4 and 5.2.2.7. */
export function rfc9111StoredFields(
  behavior: unknown,
  head: Pick<OriginResponseHead, 'fields'>,
  arrivedAt?: Instant,
  relayed: Fields = rfc9111RelayedFields(behavior, head, arrivedAt),
): Fields {
  const { noCache, private: privateScope } = responseDirectives(head.fields).control;
  const keptOut = new Set(NEVER_STORED);
  for (const scope of [noCache, privateScope]) if (typeof scope === 'object') for (const name of scope) keptOut.add(name);
  return relayed.filter(([name]) => !keptOut.has(name));
}
