/**
 * Storing in a shared cache: RFC 9111 3, clause by clause, 3.5 for Authorization and 4.1 for `Vary: *`. How long the response is then
 * fresh: response-lifetime.ts; which of its fields are kept: stored-fields.ts.
 */
import { parseCacheControl, type CacheControl } from '../../../http/cache-control.ts';
import { fieldValue, hasField, type Fields } from '../../../http/fields.ts';
import { parseVary } from '../../../http/vary.ts';
import type { NotStored, Storing, StoringInput } from '../decide-storing.ts';
import { responseDirectives } from './response-directives.ts';
import { freshnessInputs, isHeuristicallyCacheable, responseLifetime } from './response-lifetime.ts';

/** RFC 9110 15: the final statuses whose requirements for caches this one implements. 206 is stored by nobody here, 304 updates. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411,
  412, 413, 414, 415, 416, 417, 421, 422, 426, 500, 501, 502, 503, 504, 505,
]);

export function decideRfc9111Storing(input: StoringInput): Storing {
  const { request, method, head, behavior, requestTime, responseTime } = input;
  const { status, fields } = head;
  if (behavior.cachingDisabled) return pass('caching-disabled');
  // RFC 9111 3: "the request method is understood by the cache".
  if (!isStoredMethod(request.method) || !isStoredMethod(method)) return pass('method');
  // RFC 9111 3: "the response status code is final"; 206 and 304 only by a cache that understands them.
  if (status === 206) return pass('partial');
  if (status < 200 || status === 304) return pass('status');
  const directives = responseDirectives(fields);
  const { control } = directives;
  const refusal = refusalBy(control, status, request.fields);
  if (refusal !== undefined) return pass(refusal);
  // RFC 9111 4.1: "a stored response with a Vary header field value containing a member '*' always fails to match".
  if (parseVary(fieldValue(fields, 'vary') ?? '') === '*') return pass('vary');
  const lifetime = responseLifetime(directives, status, fields, responseTime);
  // RFC 9111 3: at least one of public, Expires, max-age, s-maxage, or a heuristically cacheable status.
  if (!control.public && !lifetime.isExplicit && !isHeuristicallyCacheable(status)) return pass('status');
  const freshness = freshnessInputs(directives, lifetime, fields, requestTime, responseTime);
  // Ours: what is never fresh and cannot be validated would only take room.
  if (lifetime.lifetime === 0 && !hasValidator(fields)) return pass('no-freshness');
  return { kind: 'store', freshness, because: lifetime.formula };
}

function isStoredMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** What the directives of the response, or of the request, forbid. */
function refusalBy(control: CacheControl, status: number, asked: Fields): NotStored | undefined {
  // RFC 9111 5.2.2.3: must-understand admits only statuses that are understood, and then makes no-store void.
  if (control.mustUnderstand && !UNDERSTOOD.has(status)) return 'must-understand';
  if (control.noStore && !control.mustUnderstand) return 'no-store';
  // RFC 9111 5.2.2.7: unqualified, private keeps the response out of a shared cache; qualified, only the fields it names.
  if (control.private === true) return 'private';
  const requested = parseCacheControl(fieldValue(asked, 'cache-control'));
  // RFC 9111 5.2.1.5: "a cache MUST NOT store any part of either this request or any response to it".
  if (requested.noStore) return 'no-store';
  // RFC 9111 3.5: with Authorization only what must-revalidate, public or s-maxage allows.
  const isAllowed = control.mustRevalidate || control.public || control.sMaxage !== undefined;
  return hasField(asked, 'authorization') && !isAllowed ? 'authorization' : undefined;
}

function hasValidator(fields: Fields): boolean {
  return hasField(fields, 'etag') || hasField(fields, 'last-modified');
}

function pass(reason: NotStored): Storing {
  return { kind: 'pass', reason };
}
