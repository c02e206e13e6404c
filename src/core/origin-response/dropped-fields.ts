/**
 * The fields of an origin's response that never reach a viewer or the cache (facts 7.4): those of the connection to the origin,
 * framing, and those that an edge writes itself. Set-Cookie and Vary depend on the cache behavior: core/cache/prepare-stored.ts.
 */
import { connectionNames, HOP_BY_HOP } from '../../http/hop-by-hop.ts';
import type { Fields } from '../../http/fields.ts';

/** CloudFront: an origin's own Via, X-Cache and X-Amz-Cf-* give way to the edge's; Age is counted by whoever answers from a cache. */
const WRITTEN_BY_EDGE: ReadonlySet<string> = new Set(['age', 'cache-status', 'content-length', 'via', 'x-cache']);

/** The lower-case names to drop from these fields. */
export function isDroppedField(fields: Fields): (name: string) => boolean {
  const named = connectionNames(fields);
  return (name) => HOP_BY_HOP.has(name) || WRITTEN_BY_EDGE.has(name) || name.startsWith('x-amz-cf-') || named.has(name);
}
