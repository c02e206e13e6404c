/**
 * The way to the cache of a request that a connection brings again and again, each time as the same object: which distribution, cache
 * behavior and key it has. Kept where nothing on that way depends on more than the request and the snapshot in force: no place, count,
 * signature, web ACL or function of a viewer. What is found under the key is looked at each time. Which requests recur:
 * adapters/listen/http1/recurring-head.ts.
 */
import type { ViewerRequest } from '../core/request.ts';
import type { CompiledCacheBehavior, CompiledDistribution, CompiledSnapshot } from '../model/compile.ts';
import type { FillWork, LookupKind } from './fetching/fills.ts';
import type { MatchedVisit } from './visit.ts';

export interface KnownWay extends Pick<FillWork, 'key' | 'uri'>, Pick<LookupKind, 'method'> {
  readonly distribution: CompiledDistribution;
  readonly behavior: CompiledCacheBehavior;
  readonly path: string;
}

export interface KnownWays {
  find(request: ViewerRequest, snapshot: CompiledSnapshot): KnownWay | undefined;
  /** `visit` has come to the cache by `snapshot`. */
  keep(visit: MatchedVisit, snapshot: CompiledSnapshot, to: Pick<KnownWay, 'method' | 'key' | 'uri'>): void;
}

export function createKnownWays(): KnownWays {
  const ways = new WeakMap<ViewerRequest, { readonly snapshot: CompiledSnapshot; readonly way: KnownWay }>();
  return {
    find(request, snapshot) {
      const known = ways.get(request);
      return known?.snapshot === snapshot ? known.way : undefined;
    },
    keep(visit, snapshot, to) {
      const { request, distribution, behavior, path } = visit;
      if (request === visit.asked && isFixed(visit))
        ways.set(request, { snapshot, way: { distribution, behavior, path, ...to } });
    },
  };
}

function isFixed({ distribution, behavior, deployment, pageOf }: MatchedVisit): boolean {
  return (
    distribution.geoRestriction === undefined &&
    distribution.floods === 'off' &&
    distribution.source.webAclId === undefined &&
    deployment === undefined &&
    pageOf === undefined &&
    behavior.signers === undefined &&
    behavior.functions?.viewerRequest === undefined &&
    behavior.lambdas?.viewerRequest === undefined &&
    !behavior.key.needsPlace
  );
}
