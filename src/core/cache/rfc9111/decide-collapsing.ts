/**
 * Which requests may share a fetch in RFC 9111 mode. The document speaks of stored responses only ("collapsed requests", 4): a
 * request may wait for a response that it could be answered with once it is stored. Whether the response that came suits those who
 * waited is asked again with its Vary (variants.ts, selectsSame).
 */
import { parseCacheControl } from '../../../http/cache-control.ts';
import { fieldValue } from '../../../http/fields.ts';
import type { CompiledCacheBehavior } from '../../../model/compile.ts';
import type { ViewerRequest } from '../../request.ts';
import type { Collapsing } from '../collapsing.ts';

const COLLAPSE: Collapsing = { kind: 'collapse' };

export function decideRfc9111Collapsing(
  behavior: Pick<CompiledCacheBehavior, 'cachingDisabled'>,
  request: Pick<ViewerRequest, 'method' | 'fields'>,
): Collapsing {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { kind: 'alone', reason: 'method' };
  if (behavior.cachingDisabled) return { kind: 'alone', reason: 'caching-disabled' };
  const value = fieldValue(request.fields, 'cache-control');
  if (value === undefined) return COLLAPSE;
  // RFC 9111 5.2.1: these ask for an answer of their own, or for one that is not kept for others.
  const { noCache, noStore, maxAge } = parseCacheControl(value);
  return noCache !== false || noStore || maxAge !== undefined ? { kind: 'alone', reason: 'request' } : COLLAPSE;
}
