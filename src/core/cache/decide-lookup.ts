/**
 * Is the cache asked at all? Facts 3.2, 3.6, 4.3 and 10.2: by method and by settings. What a lookup finds is judged in decide-reuse.ts.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import type { MissReason } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';

export type Lookup =
  /** GET: what is stored for GET also answers HEAD. */
  | { readonly kind: 'lookup'; readonly method: 'GET' | 'OPTIONS' }
  | { readonly kind: 'bypass'; readonly reason: Extract<MissReason, 'method' | 'bypass' | 'upgrade'> };

const LOOKUP_GET: Lookup = { kind: 'lookup', method: 'GET' };
const LOOKUP_OPTIONS: Lookup = { kind: 'lookup', method: 'OPTIONS' };
const BYPASS_METHOD: Lookup = { kind: 'bypass', reason: 'method' };
const BYPASS_UPGRADE: Lookup = { kind: 'bypass', reason: 'upgrade' };
const BYPASS: Lookup = { kind: 'bypass', reason: 'bypass' };

export function decideLookup(
  behavior: Pick<CompiledCacheBehavior, 'cachingDisabled' | 'cachesOptions'>,
  request: Pick<ViewerRequest, 'method' | 'upgrade'>,
): Lookup {
  const { method } = request;
  const isGet = method === 'GET' || method === 'HEAD';
  if (!isGet && !(method === 'OPTIONS' && behavior.cachesOptions)) return BYPASS_METHOD;
  // CloudFront: WebSockets are never collapsed or cached (facts 5, 10.2).
  if (request.upgrade !== undefined) return BYPASS_UPGRADE;
  if (behavior.cachingDisabled) return BYPASS;
  return isGet ? LOOKUP_GET : LOOKUP_OPTIONS;
}
