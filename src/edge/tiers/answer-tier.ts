/**
 * Questions of other caches, answered as a viewer's request would be up to the point where an answer is made for a viewer: looked up,
 * collapsed with everybody else's, fetched from the origin. Who asks has found distribution and cache behavior; that both caches see the
 * same is checked here. What is asked and answered: next-tier.ts.
 */
import { cacheKey } from '../../core/cache/cache-key.ts';
import { decideLookup } from '../../core/cache/decide-lookup.ts';
import { isSameOctets } from '../../core/cache/revalidation.ts';
import { errorPageBehavior } from '../../core/viewer-response/custom-error.ts';
import { decideRange } from '../../core/viewer-response/range.ts';
import type { CompiledSnapshot } from '../../model/compile.ts';
import type { Bytes } from '../../model/units.ts';
import { askedOf } from '../ask-origin.ts';
import type { Bans } from '../bans.ts';
import { readBytes } from '../bodies/read-bytes.ts';
import type { LookupKind } from '../fetching/fills.ts';
import { LARGEST_HELD } from '../fetching/pump.ts';
import type { Clock, Geo } from '../ports.ts';
import type { RecentMisses } from '../recent-misses.ts';
import { placeFor } from '../viewer-place.ts';
import type { MatchedVisit, Reply } from '../visit.ts';
import type { TierHead, TierQuestion, TierReply, TierSource, TierSourceAnswer } from './next-tier.ts';

export interface AnswerTierPorts {
  readonly clock: Clock;
  readonly geo: Geo;
  readonly bans: Bans;
  readonly misses: RecentMisses;
  /** The one in force. */
  readonly snapshot: () => CompiledSnapshot;
  /** As for a viewer, but for the last tier: the origin is asked next. */
  readonly throughCache: (visit: MatchedVisit, how: LookupKind) => Reply | Promise<Reply>;
  readonly forget: (keys: readonly string[]) => void;
}

export function createAnswerTier(ports: AnswerTierPorts): TierSource {
  const { clock, bans, misses } = ports;

  function visitOf(
    question: TierQuestion,
    leaving: MatchedVisit['leaving'],
    interim: MatchedVisit['interim'],
  ): MatchedVisit | TierHead {
    const snapshot = ports.snapshot();
    if (snapshot.version !== question.snapshotVersion) return refused('snapshot');
    // A newer ban than the asker's forgets more, not less.
    if (bans.newest < question.newestBan) return refused('bans');
    const { request, path, pageOf } = question;
    const distribution = snapshot.byId.get(question.distributionId);
    const matched = distribution?.behaviors.find(({ source }) => source.pathPattern === question.pathPattern);
    if (distribution === undefined || matched === undefined) return refused('key');
    const behavior = pageOf === undefined ? matched : errorPageBehavior(distribution, matched, pageOf);
    const { key } = cacheKey(distribution, behavior, request, path, placeFor(behavior.key, ports.geo, request));
    if (key !== question.key) return refused('key');
    return {
      asked: question.sent === undefined ? request : { ...request, ...question.sent },
      request,
      body: { kind: 'none' },
      leaving,
      interim,
      requestId: question.requestId,
      receivedAt: clock.now(),
      distribution,
      behavior,
      path,
      cacheKey: key,
      deployment: undefined,
      origin: question.origin,
    };
  }

  async function answer(
    question: TierQuestion,
    leaving: MatchedVisit['leaving'],
    interim: MatchedVisit['interim'],
  ): Promise<TierSourceAnswer> {
    const visit = visitOf(question, leaving, interim);
    if ('kind' in visit) return { head: visit };
    const lookup = decideLookup(visit.behavior, visit.request);
    if (lookup.kind === 'bypass') return { head: refused('key') };
    const isHead = lookup.method === 'GET' && visit.request.method === 'HEAD';
    const reply = await ports.throughCache(visit, {
      method: isHead ? 'HEAD' : lookup.method,
      isDirect: true,
      isRefresh: question.isRefresh,
    });
    const { cache } = reply;
    if (cache.kind === 'miss') misses.remember(question.key, { at: visit.receivedAt, status: reply.status, cache });
    return sourceAnswer(question, reply);
  }

  return { answer, forget: (keys) => ports.forget(keys) };
}

function refused(reason: Extract<TierHead, { kind: 'refused' }>['reason']): TierHead {
  return { kind: 'refused', reason };
}

function sourceAnswer(question: TierQuestion, reply: Reply): TierSourceAnswer {
  const { status, fields, cache, answeredBy, errorDetail, cause, selectable, rangeIgnored, body } = reply;
  // No cacheable request becomes a tunnel.
  if (body.kind === 'tunnel') return { head: refused('key') };
  // The store's own objects have more to them than what is kept elsewhere.
  const kept = reply.kept && { response: reply.kept.response, bansChecked: reply.kept.bansChecked };
  const about = { status, fields, cache, answeredBy, errorDetail, cause, selectable, rangeIgnored, kept, ...askedOf(reply) };
  const head = (rest: Pick<TierReply, 'follows' | 'length' | 'part' | 'isHeld'>): TierReply => ({
    kind: 'reply',
    ...about,
    ...rest,
  });
  const length = body.kind === 'bytes' ? body.bytes.byteLength : body.length;
  if (body.kind === 'none') return { head: head({ follows: 'nothing', length }) };
  if (isHeldByAsker(question, reply)) {
    if (body.kind === 'growing') body.discard();
    return { head: head({ follows: 'nothing', length, isHeld: true }) };
  }
  const part = partOf(question, reply, length);
  if (part === 'unsatisfiable') {
    if (body.kind === 'growing') body.discard();
    return { head: head({ follows: 'nothing', length }) };
  }
  const reader = body.kind === 'bytes' ? readBytes(body.bytes, part?.first, part?.last) : body.open(part?.first, part?.last);
  return { head: head({ follows: part === undefined ? 'body' : 'part', length, part }), body: reader };
}

function isHeldByAsker({ held }: TierQuestion, { kept }: Reply): boolean {
  if (held === undefined || kept === undefined || kept.response.failure !== undefined) return false;
  const { bodyLength } = kept.response;
  return bodyLength !== undefined && isSameOctets(held, { ...kept.response, bodyLength });
}

interface Part {
  readonly first: Bytes;
  readonly last: Bytes;
}

/** The octets that the asker needs; undefined for all of them. */
function partOf({ request }: TierQuestion, reply: Reply, length: Bytes | undefined): Part | 'unsatisfiable' | undefined {
  if (request.method !== 'GET' || reply.selectable !== true || reply.rangeIgnored === true || length === undefined)
    return undefined;
  // A small whole object is sent whole, so that the asker has it, too.
  if (reply.body.kind === 'bytes' && length <= LARGEST_HELD && reply.kept?.response.method === 'GET') return undefined;
  const range = decideRange(request.fields, reply.status, reply.fields, length);
  switch (range.kind) {
    case 'whole':
      return undefined;
    case 'unsatisfiable':
      return 'unsatisfiable';
    case 'part':
      return { first: range.first, last: range.last };
    default:
      return range.ranges[0];
  }
}
