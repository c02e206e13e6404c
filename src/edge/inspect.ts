/**
 * A look at a request without serving it: the steps of serve.ts up to the origin, asked of the same pure functions, with a store that
 * is only peeked at. Nothing is sent, stored, counted as a use or marked as checked. What it means is told in insight/explain; that both
 * ways agree is proved by test/scenarios/explain-agrees.test.ts.
 */
import { cacheKey } from '../core/cache/cache-key.ts';
import { cacheRules } from '../core/cache/cache-rules.ts';
import { decideLookup } from '../core/cache/decide-lookup.ts';
import { banningItem, isBanned } from '../core/cache/invalidation.ts';
import { neighbourKeys } from '../core/cache/neighbour-keys.ts';
import { conditionalFields } from '../core/cache/revalidation.ts';
import { variantKeys } from '../core/cache/rfc9111/variants.ts';
import type { BanInspection, CacheInspection, Inspection, MatchedInspection, StoredInspection } from '../core/inspection.ts';
import { buildOriginRequest } from '../core/origin-request/build-origin-request.ts';
import { chooseOrigin } from '../core/origin-request/choose-origin.ts';
import type { ViewerRequest } from '../core/request.ts';
import { admitRequest } from '../core/viewer-request/admit-request.ts';
import { matchCacheBehavior } from '../core/viewer-request/match-cache-behavior.ts';
import { matchDistribution } from '../core/viewer-request/match-distribution.ts';
import { decideMethod } from '../core/viewer-request/method.ts';
import { requestedPath } from '../core/viewer-request/root-object.ts';
import { decideViewerProtocol } from '../core/viewer-request/viewer-protocol.ts';
import type { CompiledCacheBehavior, CompiledDistribution, CompiledSnapshot } from '../model/compile.ts';
import type { Ban } from '../model/snapshot.ts';
import type { Instant } from '../model/units.ts';
import type { Bans } from './bans.ts';
import type { EdgePorts } from './ports.ts';
import type { RecentMisses } from './recent-misses.ts';

export interface InspectPorts extends Pick<EdgePorts, 'clock' | 'store' | 'popName' | 'viaHost' | 'httpsPort'> {
  readonly bans: Bans;
  readonly misses: RecentMisses;
  /** The one in force. */
  readonly snapshot: () => CompiledSnapshot;
}

export type Inspect = (request: ViewerRequest) => Promise<Inspection>;

/** Each request gets one of its own when it is served. */
const REQUEST_ID = '(made for each request)';

export function createInspect(ports: InspectPorts): Inspect {
  const { clock, store, bans, misses } = ports;

  return async function inspect(request) {
    const now = clock.now();
    const snapshot = ports.snapshot();
    const admission = admitRequest(request);
    const distribution = admission.kind === 'admitted' ? matchDistribution(snapshot, request.host) : undefined;
    const matched = distribution && (await inspectMatched(distribution, request, now));
    return { request, now, edgeLocation: ports.popName, snapshot, admission, matched };
  };

  async function inspectMatched(
    distribution: CompiledDistribution,
    request: ViewerRequest,
    now: Instant,
  ): Promise<MatchedInspection> {
    const path = requestedPath(distribution, request.path);
    const behavior = matchCacheBehavior(distribution, request.path);
    const lookup = decideLookup(behavior, request);
    const cache = lookup.kind === 'lookup' ? await inspectCache(distribution, behavior, request, path, now) : undefined;
    const origin = chooseOrigin(distribution, behavior, request.method);
    const { viaHost } = ports;
    const built = buildOriginRequest({
      distribution,
      behavior,
      origin: origin.primary,
      request,
      path,
      requestId: REQUEST_ID,
      viaHost,
    });
    const conditions =
      cache?.reuse.kind === 'revalidate' && cache.stored !== undefined ? conditionalFields(cache.stored.response) : [];
    return {
      distribution,
      behavior,
      path,
      protocol: decideViewerProtocol(behavior, request, ports.httpsPort()),
      method: decideMethod(behavior, request),
      lookup,
      cache,
      origin,
      originRequest: { ...built, fields: [...built.fields, ...conditions] },
    };
  }

  async function inspectCache(
    distribution: CompiledDistribution,
    behavior: CompiledCacheBehavior,
    request: ViewerRequest,
    path: string,
    now: Instant,
  ): Promise<CacheInspection> {
    const { key, uri } = cacheKey(distribution, behavior, request, path);
    const rules = cacheRules(distribution);
    const { stored, selectedKey } = await select(key, request, distribution);
    const found = stored !== undefined && stored.forgottenBy === undefined ? stored.response : undefined;
    const { id, defaultRootObject } = distribution.source;
    const { keys, scanned, isComplete } = neighbourKeys(store.keys(), id, path, selectedKey);
    const neighbours: StoredInspection[] = [];
    for (const neighbour of keys) {
      const peeked = await peek(neighbour, distribution);
      const isResponse = peeked !== undefined && peeked.response.variants === undefined;
      if (isResponse && peeked.forgottenBy === undefined) neighbours.push(peeked);
    }
    const named = { distributionId: id, uri, tags: [] };
    const ban = bans.recent.find((each) => each.source.soft !== true && isBanned(each, named))?.source;
    return {
      key,
      selectedKey,
      uri,
      stored,
      reuse: rules.decideReuse(found, request, now),
      collapsing: rules.decideCollapsing(behavior, request),
      neighbours: { stored: neighbours, scanned, isComplete },
      ban: ban && told(ban, named, defaultRootObject),
      lastMiss: misses.get(key),
    };
  }

  /** What a lookup of the key selects: the response that is there, or one of its variants (RFC 9111 4.1). */
  async function select(
    key: string,
    request: ViewerRequest,
    distribution: CompiledDistribution,
  ): Promise<{ readonly selectedKey: string; readonly stored: StoredInspection | undefined }> {
    const stored = await peek(key, distribution);
    if (stored?.response.variants === undefined || stored.forgottenBy !== undefined) return { selectedKey: key, stored };
    let wanted: string | undefined;
    for (const variant of variantKeys(stored.response.variants, key, request)) {
      const selected = await peek(variant, distribution);
      if (selected !== undefined) return { selectedKey: variant, stored: selected };
      wanted ??= variant;
    }
    return { selectedKey: wanted ?? key, stored: undefined };
  }

  async function peek(key: string, { source }: CompiledDistribution): Promise<StoredInspection | undefined> {
    const peeked = await store.peek(key);
    if (peeked === undefined) return undefined;
    const { response, bansChecked, where } = peeked;
    const ban = bans.forgetting(response, bansChecked);
    return { response, where, forgottenBy: ban && told(ban, response, source.defaultRootObject) };
  }
}

function told(ban: Ban, named: Parameters<typeof banningItem>[1], rootObject: string): BanInspection {
  const { invalidationId, issuedAt } = ban;
  return { invalidationId, issuedAt, item: banningItem(ban, named, rootObject) ?? '/*' };
}
