/**
 * The life of a request at the edge, in order, each step with its own exit (facts 1.1, docs/architecture.md). Every `decide`,
 * `match` and `admit` below is a pure function of core/ that returns what and why; this file asks them in turn and carries out
 * the answer. How a reply becomes the viewer's answer: finish.ts. Fetches under way and who shares them: fetching/fills.ts.
 */
import { cacheKey } from '../core/cache/cache-key.ts';
import { cacheRules } from '../core/cache/cache-rules.ts';
import { decideRangeFill } from '../core/cache/decide-range-fill.ts';
import { decideLookup } from '../core/cache/decide-lookup.ts';
import type { Reuse } from '../core/cache/decide-reuse.ts';
import type { Target } from '../core/cache/rfc9111/invalidated-targets.ts';
import { admitRequest } from '../core/viewer-request/admit-request.ts';
import { decideConnection } from '../core/viewer-request/decide-connection.ts';
import { createFloodGuard } from '../core/viewer-request/flood/flood-guard.ts';
import { decideGeoRestriction } from '../core/viewer-request/geo-restriction.ts';
import { matchCacheBehavior } from '../core/viewer-request/match-cache-behavior.ts';
import { matchDistribution } from '../core/viewer-request/match-distribution.ts';
import { decideMethod } from '../core/viewer-request/method.ts';
import { requestedPath } from '../core/viewer-request/root-object.ts';
import { decideSignature } from '../core/viewer-request/signature/decide-signature.ts';
import { withoutSignature } from '../core/viewer-request/signature/read-claim.ts';
import { decideViewerProtocol } from '../core/viewer-request/viewer-protocol.ts';
import { errorPageBehavior, errorPageRequest } from '../core/viewer-response/custom-error.ts';
import { answersAsked } from '../core/guard/asked-with.ts';
import type { StoredResponse } from '../core/cache/stored-response.ts';
import type { MissReason } from '../core/outcome.ts';
import { ownerOf } from '../model/alias.ts';
import type { Instant } from '../model/units.ts';
import { CAPACITY } from '../tables/capacity.ts';
import type { EdgeAnswer, ViewerHandler } from './answer.ts';
import { createAsk } from './ask-origin.ts';
import { isOpen, openObject } from './bodies/open-object.ts';
import { createBlockFills } from './ranges/block-fills.ts';
import { createCache, type Found } from './cache.ts';
import { chooseDeployment } from './choose-deployment.ts';
import { createFills, type FillWork, type LookupKind } from './fetching/fills.ts';
import { createGuard } from './fetching/guarding.ts';
import { createFinish } from './finish.ts';
import { createFunctionJournal, type FunctionJournal } from './function-journal.ts';
import { createFunctionSteps } from './functions.ts';
import { createEncryptFields } from './encrypt-fields.ts';
import { createFetches } from './fetching/fetches.ts';
import { createInspect, type Inspect } from './inspect.ts';
import { createObjectHeads } from './ranges/object-heads.ts';
import type { EdgePorts, EdgeSubscriber } from './ports.ts';
import type { StoredObject } from './store-ports.ts';
import { createLambdaSteps } from './lambdas/lambda-steps.ts';
import { createRangeFill } from './ranges/range-fill.ts';
import { createRecentMisses } from './recent-misses.ts';
import { createKeeping } from './fetching/keeping.ts';
import { createKnownWays, type KnownWay } from './known-ways.ts';
import { createRetention } from './fetching/retention.ts';
import {
  blockedCountry,
  heldBack,
  ONLY_IF_CACHED,
  redirect,
  refusal,
  replyFromStored,
  unknownHost,
  unsigned,
} from './replies.ts';
import { createAnswerTier } from './tiers/answer-tier.ts';
import { createAskNextTier } from './tiers/ask-next-tier.ts';
import type { TierSource } from './tiers/next-tier.ts';
import { createVariants, isIndex } from './variants.ts';
import { createSnapshotInForce } from './snapshot-in-force.ts';
import { createTrustedKeys } from './trusted-keys.ts';
import { createWafStep, type WafStep } from './waf/waf-step.ts';
import { createUnderWay } from './fetching/under-way.ts';
import { placeFor } from './viewer-place.ts';
import type { MatchedVisit, Reply, Visit } from './visit.ts';

export interface Edge extends ViewerHandler, EdgeSubscriber {
  /** The snapshot in force; 0 before the first. */
  readonly snapshotVersion: number;
  readonly newestBan: number;
  readonly bansInForce: number;
  readonly fetchesUnderWay: number;
  /** Viewers waiting for the head of a fetch that another began. */
  readonly viewersWaiting: number;
  /** When the snapshot in force was applied; undefined before the first. */
  readonly snapshotAppliedAt: Instant | undefined;
  /** Distributions in the snapshot in force. */
  readonly distributions: number;
  /** The domain name of a distribution in the snapshot in force. */
  domainNameOf(distributionId: string): string | undefined;
  /** Answers other caches, as their next tier. */
  readonly tierSource: TierSource;
  /** What this edge would do with a request, without doing any of it. */
  readonly inspect: Inspect;
  /** Runs of functions for viewers, as far as they are recorded. */
  readonly functionRuns: FunctionJournal['find'];
  /** What AWS WAF has counted and kept. */
  readonly waf: Omit<WafStep, 'prepare' | 'inspect'>;
  /** Resolves when no fetch is under way. */
  settled(): Promise<void>;
}

export function createEdge(ports: EdgePorts): Edge {
  const { clock, ids, random } = ports;
  const cache = createCache(ports);
  const variants = createVariants(cache);
  const journal = createFunctionJournal(ports.recordedFunctionRuns ?? 0);
  const lambdas = createLambdaSteps({ ...ports, record: journal.keeps ? journal.record : undefined });
  const ask = createAsk({ ...ports, originLambdas: lambdas.origin });
  const underWay = createUnderWay();
  const retention = createRetention(ports.retainedLimit);
  const guard = createGuard(ports);
  const keeping = createKeeping({ store: ports.store, cache, variants });
  const tier = createAskNextTier({ ...ports, cache, keeping, retention, snapshotVersion: () => inForce.snapshot.version });
  const fills = createFills({ ...ports, cache, ask, underWay, retention, keeping, askTier: tier.forFill });
  const fetches = createFetches({ clock, fills, ask, forget, waitingViewers: ports.waitingViewers ?? CAPACITY.waitingViewers });
  const blocks = createBlockFills({ ...ports, cache, ask, retention, underWay });
  const heads = createObjectHeads({ ...ports, cache, ask, retention, underWay, fills, blocks });
  const rangeFill = createRangeFill({ fills, fetches, heads, blocks });
  const misses = createRecentMisses(ports.log);
  const trustedKeys = createTrustedKeys(ports.signatures);
  const functions = createFunctionSteps({ ...ports, journal });
  const encryptFields = createEncryptFields(ports);
  const waf = createWafStep(ports);
  const floods = createFloodGuard((event) => ports.floodLog?.(event));
  const inForce = createSnapshotInForce(ports, { waf, floodGuard: floods, trustedKeys });
  const knownWays = createKnownWays();
  const finish = createFinish({ ...ports, log: misses.log, errorPageReply, functionSteps: functions, lambdaSteps: lambdas });

  function handle(
    request: Visit['request'],
    body: Visit['body'],
    leaving: Visit['leaving'],
    interim?: Visit['interim'],
  ): EdgeAnswer | Promise<EdgeAnswer> {
    const visit: Visit = {
      asked: request,
      request,
      body,
      leaving,
      interim,
      requestId: ids.requestId(),
      receivedAt: clock.now(),
      distribution: undefined,
      behavior: undefined,
      path: request.path,
      cacheKey: undefined,
      deployment: undefined,
    };
    const reply = respond(visit);
    return reply instanceof Promise ? reply.then((settled) => finish(visit, settled)) : finish(visit, reply);
  }

  /** From the request to the reply: whoever has reason to refuse, redirect or pass it on does so, in this order. */
  function respond(visit: Visit): Reply | Promise<Reply> {
    const { snapshot } = inForce;
    const way = visit.request.recurs === true ? knownWays.find(visit.request, snapshot) : undefined;
    if (way !== undefined) return lookUp(alongKnownWay(visit, way));
    const admission = admitRequest(visit.request);
    if (admission.kind === 'refused') return refusal(admission);

    const matched = matchDistribution(snapshot, visit.request.host);
    if (matched === undefined) return unknownHost();
    const connection = decideConnection(snapshot, matched, visit.request);
    if (connection.kind === 'refused') return refusal(connection);
    const distribution =
      matched.deployment === undefined ? matched : chooseDeployment(visit, matched, matched.deployment, random);
    visit.distribution = distribution;
    const { request } = visit;

    visit.path = requestedPath(distribution, request.path);
    const behavior = matchCacheBehavior(distribution, request.path);
    visit.behavior = behavior;

    // CloudFront: before everything else that may refuse. The behavior is known by then only for the error page's sake.
    const geo = decideGeoRestriction(distribution, () => ports.geo.locate(request.viewerAddress));
    if (geo.kind === 'refused') return blockedCountry(geo);

    if (distribution.floods !== 'off') {
      const held = floods.admit(distribution.source.id, request, visit.receivedAt);
      if (held !== undefined && distribution.floods === 'limit') return heldBack(held);
    }

    const { webAclId } = distribution.source;
    if (webAclId === undefined) return admitted(visit as MatchedVisit);
    const barred = waf.inspect(visit as MatchedVisit, webAclId);
    if (barred instanceof Promise) return barred.then((reply) => reply ?? admitted(visit as MatchedVisit));
    return barred ?? admitted(visit as MatchedVisit);
  }

  /** Whoever is let in at all: what the cache behavior has to say. */
  function admitted(visit: MatchedVisit): Reply | Promise<Reply> {
    const { behavior, request } = visit;
    const protocol = decideViewerProtocol(behavior, request, ports.httpsPort());
    if (protocol.kind === 'redirect') return redirect(protocol);
    if (protocol.kind === 'refused') return refusal(protocol);

    const method = decideMethod(behavior, request);
    if (method.kind === 'refused') return refusal(method);

    const signature = decideSignature(behavior, request, visit.receivedAt, trustedKeys.prove);
    if (signature.kind === 'refused') return unsigned(signature);
    if (signature.kind === 'granted') visit.request = withoutSignature(request, signature.claim.url.query);

    const lambda = behavior.lambdas?.viewerRequest;
    if (lambda !== undefined) return lambdas.viewerRequest(visit, lambda).then((reply) => reply ?? forward(visit));
    if (behavior.functions?.viewerRequest === undefined) return forward(visit);
    const answered = functions.viewerRequest(visit, behavior.functions.viewerRequest);
    if (answered instanceof Promise) return answered.then((reply) => reply ?? forward(visit));
    return answered ?? forward(visit);
  }

  /** To the cache or past it, with what a function may have made of the request. */
  function forward(visit: MatchedVisit): Reply | Promise<Reply> {
    const { behavior, request } = visit;
    const lookup = decideLookup(behavior, request);
    if (lookup.kind === 'bypass') return pass(visit, lookup.reason);
    const isHead = lookup.method === 'GET' && request.method === 'HEAD';
    return throughCache(visit, { method: isHead ? 'HEAD' : lookup.method });
  }

  function pass(visit: MatchedVisit, reason: MissReason): Promise<Reply> {
    countAtOrigin(visit);
    const encryption = visit.behavior.source.fieldLevelEncryption;
    if (encryption === undefined) return fetches.pass(visit, reason);
    return encryptFields(visit, encryption).then((refused) => refused ?? fetches.pass(visit, reason));
  }

  function countAtOrigin({ distribution, request }: MatchedVisit): void {
    if (distribution.floods !== 'off') floods.reachesOrigin(distribution.source.id, request, clock.now());
  }

  /** What the cache holds in memory is answered from at once; what must be read is waited for. */
  function throughCache(visit: MatchedVisit, how: LookupKind): Reply | Promise<Reply> {
    const { distribution, behavior, request, path } = visit;
    const { key, uri } = cacheKey(distribution, behavior, request, path, placeFor(behavior.key, ports.geo, request));
    visit.cacheKey = key;
    if (request.recurs === true) knownWays.keep(visit, inForce.snapshot, { method: how.method, key, uri });
    return lookUp({ ...how, visit, key, uri });
  }

  function lookUp(sought: Sought): Reply | Promise<Reply> {
    const { key } = sought;
    const found = cache.find(key);
    const loading = found === undefined ? cache.load(key) : undefined;
    return loading === undefined ? fromFound(sought, found) : loading.then((loaded) => fromFound(sought, loaded));
  }

  /** What was found under the key answers, or whoever must be asked. */
  function fromFound(sought: Sought, found: Found | 'vary-miss'): Reply | Promise<Reply> {
    const { distribution, request, receivedAt } = sought.visit;
    if (isIndex(found)) {
      const variant = variants.select(found, request);
      return variant instanceof Promise ? variant.then((selected) => fromFound(sought, selected)) : fromFound(sought, variant);
    }
    const isThere = typeof found === 'object';
    const stored = isThere && answersAsked(found.response, request) ? found : undefined;
    const reuse = cacheRules(distribution).decideReuse(stored?.response, request, receivedAt);
    if (stored !== undefined && reuse.kind === 'hit') return fromStored(sought, stored, reuse);
    if (reuse.kind === 'unavailable') return refusal(ONLY_IF_CACHED);

    // A stored answer to HEAD has no body: for a GET it is not there (uri-miss), and stands in for nothing.
    const stale = reuse.kind === 'fetch' && reuse.reason === 'uri-miss' ? undefined : stored;
    const work: FillWork = { ...sought, stale, validate: reuse.kind !== 'fetch', guard: guard(sought.visit) };
    if (stored !== undefined && reuse.kind === 'hit-stale' && !isRefreshed(sought, reuse)) {
      if (reuse.reason === 'stale-while-revalidate') fetches.refresh(work);
      return fromStored(sought, stored, reuse);
    }
    return fromOrigin(work, stored?.response, missReason(isThere && stored === undefined ? 'vary-miss' : found, reuse));
  }

  function fromStored(
    sought: Sought,
    stored: StoredObject,
    reuse: Extract<Reuse, { kind: 'hit' | 'hit-stale' }>,
  ): Reply | Promise<Reply> {
    if (isOpen(stored)) return replyFromStored(stored, reuse);
    return openObject(stored).then((open) => (open === undefined ? fromFound(sought, undefined) : replyFromStored(open, reuse)));
  }

  /** The origin is asked for what the viewer wants: the whole object or its blocks, for all who ask for it now or for this viewer alone. */
  function fromOrigin(work: FillWork, stored: StoredResponse | undefined, reason: MissReason): Promise<Reply> {
    const { distribution, behavior, request } = work.visit;
    // Another cache's question has been counted there.
    if (work.isDirect !== true) countAtOrigin(work.visit);
    const { semantics } = distribution;
    const { largestObject } = ports.store.stats;
    const isSetApart = work.guard?.isSetApart === true;
    const shares = !isSetApart && cacheRules(distribution).decideCollapsing(behavior, request).kind === 'collapse';
    const range = decideRangeFill({ request, semantics, stored, largestObject });
    if (range.kind === 'blocks') {
      const fromBlocks = (): Promise<Reply> => rangeFill.serve(work, range.begin, stored, reason, shares);
      // Whoever answers for the key has its blocks.
      return tier.isElsewhere(work) ? tier.forPart(work, reason).then((reply) => reply ?? fromBlocks()) : fromBlocks();
    }
    return shares ? fetches.share(work, reason) : fetches.alone(work, reason);
  }

  /** What is stored for other targets of the same authority is out of date (RFC 9111 4.4), in every cache of this tier. */
  function forget({ distribution, behavior, request }: MatchedVisit, targets: readonly Target[]): Promise<void> {
    const keys = targets.map(({ path, query }) => {
      const asked = { ...request, method: 'GET', query };
      return cacheKey(distribution, behavior, asked, requestedPath(distribution, path)).key;
    });
    forgetHere(keys);
    return ports.tier?.forget(keys) ?? Promise.resolve();
  }

  function forgetHere(keys: readonly string[]): void {
    for (const key of keys) {
      fills.forget(key);
      ports.store.delete(key);
    }
  }

  /** The page that a custom error response names, asked for like any object (facts 4.4). */
  async function errorPageReply(visit: MatchedVisit, path: string, error: Reply): Promise<Reply> {
    const { distribution } = visit;
    const behavior = errorPageBehavior(distribution, matchCacheBehavior(distribution, path), error);
    const request = errorPageRequest(visit.request, path);
    const pageOf = { status: error.status, fields: error.fields.filter(([name]) => name === 'cache-control') };
    const page: MatchedVisit = { ...visit, request, body: { kind: 'none' }, behavior, path, pageOf, origin: undefined };
    const lookup = decideLookup(behavior, request);
    return lookup.kind === 'bypass' ? fetches.pass(page, lookup.reason) : throughCache(page, { method: request.method });
  }

  return {
    handle,
    tlsTerms: (serverName) => ownerOf(inForce.snapshot, serverName)?.tls,
    snapshot: inForce.take,
    ban(ban) {
      cache.bans.apply(ban, inForce.snapshot.byId.get(ban.distributionId)?.source.defaultRootObject);
      cache.sweep(() => underWay.oldestBanSequence());
    },
    keyValues: (update) => ports.keyValues.apply(update),
    get snapshotVersion() {
      return inForce.snapshot.version;
    },
    get newestBan() {
      return cache.bans.newest;
    },
    get bansInForce() {
      return cache.bans.count;
    },
    tierSource: createAnswerTier({
      ...ports,
      bans: cache.bans,
      misses,
      snapshot: () => inForce.snapshot,
      throughCache,
      forget: forgetHere,
    }),
    inspect: createInspect({
      ...ports,
      bans: cache.bans,
      misses,
      verifies: trustedKeys.verifies,
      measureFor: floods.measureFor,
      lookByWebAcl: waf.look,
      snapshot: () => inForce.snapshot,
    }),
    functionRuns: journal.find,
    waf,
    domainNameOf: (id) => inForce.snapshot.byId.get(id)?.source.domainName,
    get fetchesUnderWay() {
      return underWay.count;
    },
    get viewersWaiting() {
      return fetches.waiting;
    },
    get snapshotAppliedAt() {
      return inForce.appliedAt;
    },
    get distributions() {
      return inForce.snapshot.byId.size;
    },
    settled: () => underWay.settled(),
  };
}

/** What is looked for in the cache, and for whom. */
type Sought = LookupKind & Pick<FillWork, 'visit' | 'key' | 'uri'>;

function alongKnownWay(visit: Visit, { distribution, behavior, path, method, key, uri }: KnownWay): Sought {
  visit.distribution = distribution;
  visit.behavior = behavior;
  visit.path = path;
  visit.cacheKey = key;
  return { method, visit: visit as MatchedVisit, key, uri };
}

/** Whoever renews what is stale waits for the fetch that another's stale answer only begins. */
function isRefreshed({ isRefresh }: Sought, reuse: Extract<Reuse, { kind: 'hit-stale' }>): boolean {
  return isRefresh === true && reuse.reason === 'stale-while-revalidate';
}

/** Why the origin is asked: what has become of the stored response, or what it lacks. */
function missReason(found: Found | 'vary-miss', reuse: Reuse): MissReason {
  if (typeof found === 'string') return found;
  return reuse.kind === 'fetch' || reuse.kind === 'revalidate' ? reuse.reason : 'uri-miss';
}
