/**
 * A look at a request without serving it: the steps of serve.ts up to the origin, asked of the same pure functions, with a store that
 * is only peeked at. Nothing is sent, stored, counted as a use or marked as checked. What it means is told in insight/explain; that both
 * ways agree is proved by test/scenarios/explain-agrees.test.ts.
 */
import { blockAt, blockKey, isHead, type HeadResponse } from '../core/cache/blocks.ts';
import { cacheKey } from '../core/cache/cache-key.ts';
import { cacheRules } from '../core/cache/cache-rules.ts';
import { decideLookup } from '../core/cache/decide-lookup.ts';
import { decideRangeFill } from '../core/cache/decide-range-fill.ts';
import { decideReuse } from '../core/cache/decide-reuse.ts';
import { isSameEdition } from '../core/cache/edition.ts';
import { banningItem, isBanned } from '../core/cache/invalidation.ts';
import { neighbourKeys } from '../core/cache/neighbour-keys.ts';
import { conditionalFields } from '../core/cache/revalidation.ts';
import { variantKeys } from '../core/cache/rfc9111/variants.ts';
import { soften } from '../core/cache/soften.ts';
import type {
  BanInspection,
  BlocksInspection,
  CacheInspection,
  GeoInspection,
  FunctionInspection,
  Inspection,
  MatchedInspection,
  StoredInspection,
  WafInspection,
} from '../core/inspection.ts';
import { buildOriginRequest } from '../core/origin-request/build-origin-request.ts';
import { answersAsked } from '../core/guard/asked-with.ts';
import { chooseOrigin } from '../core/origin-request/choose-origin.ts';
import type { ViewerRequest } from '../core/request.ts';
import { admitRequest } from '../core/viewer-request/admit-request.ts';
import { decideDeployment, withoutSession } from '../core/viewer-request/decide-deployment.ts';
import type { FloodGuard } from '../core/viewer-request/flood/flood-guard.ts';
import { decideGeoRestriction } from '../core/viewer-request/geo-restriction.ts';
import { functionResponse, viewerRequestEvent, viewerResponseEvent } from '../core/viewer-request/function-event.ts';
import { matchCacheBehavior } from '../core/viewer-request/match-cache-behavior.ts';
import { matchDistribution } from '../core/viewer-request/match-distribution.ts';
import { decideMethod } from '../core/viewer-request/method.ts';
import { requestedPath } from '../core/viewer-request/root-object.ts';
import { inspectSignature } from '../core/viewer-request/signature/inspect-signature.ts';
import type { Verifies } from '../core/viewer-request/signature/prove-claim.ts';
import { withoutSignature } from '../core/viewer-request/signature/read-claim.ts';
import { withInserted } from '../core/viewer-request/waf/insert-headers.ts';
import { decideViewerProtocol } from '../core/viewer-request/viewer-protocol.ts';
import { decideRange } from '../core/viewer-response/range.ts';
import { reasonPhrase } from '../http/reason-phrase.ts';
import type { CompiledCacheBehavior, CompiledDistribution, CompiledSnapshot } from '../model/compile.ts';
import type { Ban } from '../model/snapshot.ts';
import type { Instant } from '../model/units.ts';
import type { Bans } from './bans.ts';
import { concludeRequest, concludeResponse } from './function-conclusions.ts';
import { inspectGuard } from './inspect-guard.ts';
import type { EdgePorts, Geo } from './ports.ts';
import type { RecentMisses } from './recent-misses.ts';
import { inspectLambdas } from './lambdas/inspect-lambdas.ts';
import { placeFor } from './viewer-place.ts';
import type { Reply } from './visit.ts';

export interface InspectPorts extends Pick<
  EdgePorts,
  'clock' | 'store' | 'geo' | 'functions' | 'lambdas' | 'popName' | 'viaHost' | 'httpsPort' | 'ownPorts' | 'findings'
> {
  readonly bans: Bans;
  readonly misses: RecentMisses;
  readonly verifies: Verifies;
  /** What floods have come to. */
  readonly measureFor: FloodGuard['measureFor'];
  readonly lookByWebAcl: (webAclId: string, request: ViewerRequest) => WafInspection;
  /** The one in force. */
  readonly snapshot: () => CompiledSnapshot;
}

export type Inspect = (request: ViewerRequest) => Promise<Inspection>;

type Visited = Pick<MatchedInspection, 'distribution' | 'behavior' | 'request'>;

interface InspectedFunction {
  readonly inspection: FunctionInspection;
  /** Where it changed the request. */
  readonly request: ViewerRequest | undefined;
}

/** Ours: so many blocks of a range are looked for. */
const MOST_BLOCKS = 64;

/** Each request gets one of its own when it is served. */
const REQUEST_ID = '(made for each request)';
const NOTHING_CHANGED = { request: undefined, origin: undefined };
const NO_BODY = { kind: 'none', length: undefined } as const;

export function createInspect(ports: InspectPorts): Inspect {
  const { clock, store, geo, bans, misses } = ports;

  return async function inspect(request) {
    const now = clock.now();
    const snapshot = ports.snapshot();
    const admission = admitRequest(request);
    const primary = admission.kind === 'admitted' ? matchDistribution(snapshot, request.host) : undefined;
    const matched = primary && (await inspectMatched(primary, request, now));
    return { request, now, edgeLocation: ports.popName, snapshot, admission, matched };
  };

  async function inspectMatched(primary: CompiledDistribution, asked: ViewerRequest, now: Instant): Promise<MatchedInspection> {
    const { distribution, request: arrived, deployment } = inspectDeployment(primary, asked, now);
    const behavior = matchCacheBehavior(distribution, arrived.path);
    const protocol = decideViewerProtocol(behavior, arrived, ports.httpsPort());
    const method = decideMethod(behavior, arrived);
    const signature = inspectSignature(behavior, arrived, now, ports.verifies);
    const unsigned = signature.decision.kind === 'not-asked' ? arrived : withoutSignature(arrived);
    const geoInspection = inspectGeo(distribution, geo, arrived);
    const { webAclId } = distribution.source;
    const waf = webAclId === undefined ? undefined : ports.lookByWebAcl(webAclId, arrived);
    const isBarred = waf !== undefined && (waf.kind === 'broken' || waf.verdict.action !== 'ALLOW');
    const isAdmitted =
      geoInspection.decision.kind === 'proceed' &&
      !isBarred &&
      protocol.kind === 'proceed' &&
      method.kind === 'proceed' &&
      signature.decision.kind !== 'refused';
    const marked = waf?.kind === 'verdict' ? withInserted(unsigned, waf.verdict) : unsigned;
    const ran = isAdmitted ? await inspectFunction({ distribution, behavior, request: marked }, now) : undefined;
    const lambdas = isAdmitted ? await inspectLambdas({ distribution, behavior, request: marked }, REQUEST_ID, ports) : undefined;
    const request = lambdas?.request ?? ran?.request ?? marked;
    const goesOn = isAdmitted && ran?.inspection.status === undefined && lambdas?.status === undefined;
    const path = requestedPath(distribution, request.path);
    const lookup = decideLookup(behavior, request);
    const cache = lookup.kind === 'lookup' ? await inspectCache(distribution, behavior, request, path, now) : undefined;
    const origin = ran?.inspection.origin ?? chooseOrigin(distribution, behavior, request.method);
    const { viaHost } = ports;
    const built = buildOriginRequest({
      distribution,
      behavior,
      origin: origin.primary,
      request,
      path,
      requestId: REQUEST_ID,
      viaHost,
      place: placeFor(behavior.origin, geo, request),
    });
    const conditions =
      cache?.reuse.kind === 'revalidate' && cache.stored !== undefined ? conditionalFields(cache.stored.response) : [];
    return {
      distribution,
      deployment,
      asked: marked,
      request,
      geo: geoInspection,
      floodMeasure: distribution.floods === 'off' ? undefined : ports.measureFor(distribution.source.id, arrived),
      waf,
      behavior,
      lambdas: lambdas?.inspections ?? [],
      viewerRequestFunction: ran?.inspection,
      viewerResponseFunction: goesOn ? await inspectResponseFunction({ distribution, behavior, request }, cache, now) : undefined,
      path,
      protocol,
      method,
      signature,
      lookup,
      cache,
      origin,
      guard: cache && inspectGuard({ distribution, behavior, origin: origin.primary, request, sent: asked }, ports),
      originRequest: { ...built, fields: [...built.fields, ...conditions] },
    };
  }

  /** Runs it as it would run for a viewer, but for its log. */
  async function inspectFunction(asked: Visited, now: Instant): Promise<InspectedFunction | undefined> {
    const code = asked.behavior.functions?.viewerRequest?.code;
    if (code === undefined) return undefined;
    const event = viewerRequestEvent(inputOf(asked, now));
    const run = await ports.functions.run(code, event);
    const conclusion = concludeRequest(asked, event, run.ending);
    const { failure } = conclusion;
    const seen = { code, event, run, failure };
    if (conclusion.kind === 'answered')
      return { inspection: { ...seen, origin: undefined, status: conclusion.reply.status }, request: undefined };
    const { request, origin } = conclusion.kind === 'changed' ? conclusion : NOTHING_CHANGED;
    return { inspection: { ...seen, origin, status: undefined }, request };
  }

  /** On what is stored, where that answers whole. */
  async function inspectResponseFunction(
    asked: Visited,
    cache: CacheInspection | undefined,
    now: Instant,
  ): Promise<FunctionInspection | undefined> {
    const code = asked.behavior.functions?.viewerResponse?.code;
    const response = cache?.stored?.response;
    const answers = cache?.reuse.kind === 'hit' || cache?.reuse.kind === 'hit-stale';
    if (code === undefined || response === undefined || !answers || response.status >= 400) return undefined;
    const { status, fields, bodyLength } = response;
    const original = functionResponse(status, reasonPhrase(status), fields, bodyLength);
    const event = viewerResponseEvent(inputOf(asked, now), original);
    const run = await ports.functions.run(code, event);
    const reply = { status, fields, body: NO_BODY, cache: { kind: 'none' }, answeredBy: 'cache' } as const;
    const concluded = concludeResponse<Reply>(reply, original, run.ending);
    return {
      code,
      event,
      run,
      failure: concluded.failure,
      origin: undefined,
      status: concluded.failure && concluded.reply.status,
    };
  }

  function inputOf(asked: Visited, now: Instant): Parameters<typeof viewerRequestEvent>[0] {
    return { ...asked, requestId: REQUEST_ID, now, place: placeFor(asked.behavior.origin, geo, asked.request) };
  }

  async function inspectCache(
    distribution: CompiledDistribution,
    behavior: CompiledCacheBehavior,
    request: ViewerRequest,
    path: string,
    now: Instant,
  ): Promise<CacheInspection> {
    const place = placeFor(behavior.key, geo, request);
    const { key, uri } = cacheKey(distribution, behavior, request, path, place);
    const rules = cacheRules(distribution);
    const { stored, selectedKey } = await select(key, request, distribution);
    const isForOthers = stored !== undefined && !answersAsked(stored.response, request);
    const found = stored === undefined || stored.forgottenBy !== undefined || isForOthers ? undefined : stored.response;
    const { id, defaultRootObject } = distribution.source;
    const { keys, scanned, isComplete } = neighbourKeys(store.keys(), id, path, selectedKey);
    const reuse = rules.decideReuse(found, request, now);
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
      place,
      stored,
      isForOthers,
      reuse,
      blocks: reuse.kind === 'fetch' && isHead(found) ? await inspectBlocks(distribution, request, found, now) : undefined,
      collapsing: rules.decideCollapsing(behavior, request),
      neighbours: { stored: neighbours, scanned, isComplete },
      ban: ban && told(ban, named, defaultRootObject),
      lastMiss: misses.get(key),
    };
  }

  /** Undefined where the request is not answered in blocks. */
  async function inspectBlocks(
    distribution: CompiledDistribution,
    request: ViewerRequest,
    head: HeadResponse,
    now: Instant,
  ): Promise<BlocksInspection | undefined> {
    const { largestObject } = store.stats;
    const fill = decideRangeFill({ request, semantics: distribution.semantics, stored: head, largestObject });
    if (fill.kind !== 'blocks') return undefined;
    const reuse = decideReuse(head, 'HEAD', now);
    const range = decideRange(request.fields, head.status, head.fields, head.edition.length);
    if (range.kind !== 'part') return { reuse, missing: undefined };
    const last = Math.min(blockAt(range.last), blockAt(range.first) + MOST_BLOCKS);
    for (let index = blockAt(range.first); index <= last; index += 1) {
      const block = await peek(blockKey(head.key, index), distribution);
      const isThere = block?.forgottenBy === undefined && block?.response.edition !== undefined;
      if (!isThere || !isSameEdition(block.response.edition, head.edition)) return { reuse, missing: index };
    }
    return { reuse, missing: undefined };
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
    const [ban, soft] = [bans.forgetting(response, bansChecked), bans.softening(response, bansChecked)];
    const { defaultRootObject } = source;
    return {
      response: soft === undefined ? response : soften(response, soft.issuedAt, bans.newest),
      where,
      forgottenBy: ban && told(ban, response, defaultRootObject),
      softenedBy: soft && told(soft, response, defaultRootObject),
    };
  }
}

function inspectGeo(distribution: CompiledDistribution, geo: Geo, { viewerAddress }: ViewerRequest): GeoInspection {
  const { country } = geo.locate(viewerAddress);
  return { decision: decideGeoRestriction(distribution, () => ({ country })), country };
}

/** The side that the request itself chooses; what chance would choose is left to chance. */
const NO_CHANCE = 1;

function inspectDeployment(
  primary: CompiledDistribution,
  request: ViewerRequest,
  now: Instant,
): Pick<MatchedInspection, 'distribution' | 'deployment'> & { readonly request: ViewerRequest } {
  if (primary.deployment === undefined) return { distribution: primary, deployment: undefined, request };
  const { staging, traffic } = primary.deployment;
  const { side, reason } = decideDeployment(primary.deployment, request, NO_CHANCE, now);
  return {
    distribution: side === 'staging' ? staging : primary,
    deployment: {
      side,
      reason,
      traffic,
      primaryDistributionId: primary.source.id,
      stagingDistributionId: staging.source.id,
    },
    request: withoutSession(request),
  };
}

function told(ban: Ban, named: Parameters<typeof banningItem>[1], rootObject: string): BanInspection {
  const { invalidationId, issuedAt } = ban;
  return { invalidationId, issuedAt, item: banningItem(ban, named, rootObject) ?? '/*' };
}
