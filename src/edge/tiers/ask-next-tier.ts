/**
 * A miss answered by the next tier. For the whole of an object: a fill like any other, whose response has been judged already, so what
 * comes back is believed, kept in memory as it was kept there, and shared here by all who wait for it. For a part of one: the octets for
 * this viewer alone, since whoever answers for the key keeps its blocks. Who is asked is the NextTier's matter (next-tier.ts); where
 * nobody is, the caller asks the origin.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import { answersSeveral } from '../../core/cache/collapsing.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { MissReason } from '../../core/outcome.ts';
import { withoutFields } from '../../http/fields.ts';
import type { Bytes } from '../../model/units.ts';
import { askedOf } from '../ask-origin.ts';
import { createGrowingBody } from '../bodies/growing-body.ts';
import type { Cache } from '../cache.ts';
import { asOriginFailure } from '../fetching/fetch-ends.ts';
import type { Cover, FillHead, FillWork } from '../fetching/fills.ts';
import type { Judgement } from '../fetching/guarding.ts';
import type { Keeping } from '../fetching/keeping.ts';
import { createPump, LARGEST_HELD } from '../fetching/pump.ts';
import type { Retention } from '../fetching/retention.ts';
import { OriginFailure, type Clock } from '../ports.ts';
import type { BodyReader, Store, StoredObject } from '../store-ports.ts';
import { replyFromFailure } from '../replies.ts';
import type { Reply } from '../visit.ts';
import type { Kept, NextTier, TierAnswer, TierQuestion, TierReply } from './next-tier.ts';

export interface AskNextTier {
  /** Another cache answers for the key of this work. */
  isElsewhere(work: FillWork): boolean;
  /** As FillPorts.askTier. */
  forFill(work: FillWork, cover: Cover, finished: () => void): Promise<FillHead | undefined> | undefined;
  /** The part that the viewer asks for; undefined where nobody answers. */
  forPart(work: FillWork, reason: MissReason): Promise<Reply | undefined>;
}

export interface AskNextTierPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly tier?: NextTier | undefined;
  readonly store: Store;
  /** Where copies of what others keep are put; the store itself unless given. */
  readonly copies?: Store | undefined;
  readonly cache: Cache;
  readonly keeping: Keeping;
  readonly retention: Retention;
  readonly snapshotVersion: () => number;
  readonly report: (message: string, error: unknown) => void;
}

/** The origin is next. */
const NO_TIER: NextTier = { isElsewhere: () => false, ask: async () => undefined, forget: async () => undefined };
const NO_BYTES = new Uint8Array(0);
/** What the log says where the next tier does not keep a response. */
const NOT_KEPT = 'no-capacity';

export function createAskNextTier(ports: AskNextTierPorts): AskNextTier {
  const { tier = NO_TIER, copies = ports.store, cache, keeping, retention, report } = ports;
  const pump = createPump({ store: copies, retention, failed: (error) => asOriginFailure(error, report) });

  /** What is asked for anyone is asked without ranges: everybody who waits gets the whole. */
  function questionOf(work: FillWork, wantsPart: boolean): TierQuestion {
    const { visit, stale, method } = work;
    // A body that lies on a disk may go from there while the question is asked.
    const isHeld = !wantsPart && work.validate && method !== 'HEAD' && stale?.body instanceof Uint8Array;
    return {
      snapshotVersion: ports.snapshotVersion(),
      newestBan: cache.bans.newest,
      distributionId: visit.distribution.source.id,
      pathPattern: visit.behavior.source.pathPattern,
      key: work.key,
      request: wantsPart ? visit.request : withoutRange(visit.request),
      path: visit.path,
      requestId: visit.requestId,
      pageOf: visit.pageOf,
      origin: visit.origin,
      sent: visit.asked === visit.request ? undefined : sentOf(visit),
      isRefresh: work.isRefresh,
      held: isHeld ? stale?.response : undefined,
    };
  }

  async function fill(work: FillWork, cover: Cover, finished: () => void): Promise<FillHead | undefined> {
    const answer = await tier.ask(questionOf(work, false), { interim: work.visit.interim });
    if (answer === undefined) return undefined;
    const { head } = answer;
    const asked = { ...askedOf(head), told: { cache: head.cache, answeredBy: head.answeredBy } };
    if (head.isHeld === true && head.kept !== undefined && work.stale !== undefined) {
      const object = await renewed(work.stale, head.kept);
      finished();
      return { kind: 'validated', object, isShareable: answersSeveral(head.kept.response.freshness), ...asked };
    }
    const failed = failureOf(head);
    const covered =
      head.cache.kind === 'hit-stale' ? undefined : await cover(failed ? 'unreachable' : head.status, head.status, asked);
    if (covered !== undefined || failed !== undefined) {
      answer.body.cancel();
      if (failed !== undefined && head.kept !== undefined) remember(work, head.kept);
      finished();
      // What the next tier has kept is for all.
      const isShareable = head.kept !== undefined || work.guard?.refusesFailure(head.status, false, false) !== true;
      return covered ?? { kind: 'failed', failure: failed!, kept: head.kept, isShareable, ...asked };
    }
    return receive(work, answer, asked, finished);
  }

  /** The stale response with what is said of it now, put in its place. */
  async function renewed(stale: StoredObject, { response, bansChecked }: Kept): Promise<StoredObject> {
    const fresh = { ...response, key: stale.response.key, bodyLength: stale.response.bodyLength };
    await cache.renew(stale.response, fresh);
    return { response: fresh, body: stale.body, bansChecked };
  }

  function remember(work: FillWork, { response, bansChecked }: Kept): void {
    copies.put({ response: { ...response, key: work.key, bodyLength: 0 }, body: NO_BYTES, bansChecked });
  }

  function receive(
    work: FillWork,
    { head, body: arriving }: TierAnswer,
    asked: Pick<FillHead, 'originId' | 'told'>,
    finished: () => void,
  ): FillHead {
    // An answer to HEAD that comes from a whole object says nothing that could be kept without it.
    const kept = head.kept?.response.method === work.method ? head.kept : undefined;
    const { length = 0 } = head;
    const fits = length <= copies.stats.largestObject && retention.fits(length);
    const judged = judgeCopy(work, head);
    const watch = judged?.kind === 'watched' && work.method !== 'HEAD' ? judged.watch() : undefined;
    const isCopied = kept !== undefined && fits && judged?.kind !== 'refused';
    const body = createGrowingBody();
    const first = body.read();
    if (judged?.kind !== 'refused') freshenByHead(work, head);
    const response = { body: watch === undefined ? arriving.chunks : watch.observe(arriving.chunks), cancel: arriving.cancel };
    const keep = async (arrived: Parameters<Keeping['keep']>[2]): Promise<void> => {
      if (!isCopied || watch?.isClear === false) return;
      const bodyLength = work.method === 'HEAD' ? (head.length ?? 0) : arrived.length;
      await keeping.keep(work, { ...kept.response, bodyLength }, arrived, kept.bansChecked, copies);
    };
    void pump(response, body, isCopied, undefined, keep).finally(finished);
    return {
      kind: 'response',
      status: head.status,
      fields: head.fields,
      bodyLength: head.length,
      body,
      first,
      notStored: kept === undefined ? (notStoredOf(head) ?? NOT_KEPT) : undefined,
      isShareable: isCopied && answersSeveral(kept.response.freshness),
      cleared: watch?.early,
      kept: head.kept,
      ...asked,
    };
  }

  /** What was fetched for this very request is judged here, too: the next tier sends the body on before it has seen all of it. */
  function judgeCopy({ guard, visit }: FillWork, { status, cache: told, kept }: TierReply): Judgement | undefined {
    if (guard === undefined || kept === undefined || told.kind !== 'miss') return undefined;
    const { fields } = kept.response;
    return guard.judge({ status, fields }, cacheRules(visit.distribution).nominatedFields(fields), false);
  }

  /** RFC 9111 4.3.5: the copy of a GET's answer here learns what the next tier's has learnt. */
  function freshenByHead({ method, stale, visit }: FillWork, { status, fields, length }: TierReply): void {
    if (method !== 'HEAD' || stale === undefined) return;
    const { behavior, distribution, request } = visit;
    const now = ports.clock.now();
    const head = { status, fields, bodyLength: length };
    const about = { stored: stale.response, head, behavior, distribution, request, requestTime: now, responseTime: now };
    const freshened = cacheRules(distribution).applyHead(about);
    if (freshened !== undefined) void cache.renew(stale.response, freshened);
  }

  async function forPart(work: FillWork, reason: MissReason): Promise<Reply | undefined> {
    const signal = work.visit.leaving();
    const answer = await tier.ask(questionOf(work, true), { signal });
    if (answer === undefined) return signal.aborted ? goneViewer(reason) : undefined;
    const { head, body } = answer;
    const failed = failureOf(head);
    if (failed !== undefined)
      return { ...replyFromFailure(failed.status, failed.detail, failed.sentence), cache: head.cache, ...askedOf(head) };
    const { status, fields, cache: told, answeredBy, errorDetail, selectable, rangeIgnored, kept } = head;
    const reply = {
      status,
      fields,
      cache: told,
      answeredBy,
      errorDetail,
      selectable,
      rangeIgnored,
      kept,
      ...askedOf(head),
    };
    if (head.follows === 'nothing') return { ...reply, body: { kind: 'none', length: head.length } };
    if (isSmallWhole(head)) return wholeCopy(work, head, body, reply);
    const { part, length } = head;
    return {
      ...reply,
      body: {
        kind: 'growing',
        length,
        open: (from, to) =>
          part === undefined || (from === part.first && to === part.last) ? body : anotherPart(work, from ?? 0, to ?? 0),
        discard: body.cancel,
      },
    };
  }

  /** A small object comes whole whatever part is asked for: the next viewer finds it here. */
  async function wholeCopy(
    work: FillWork,
    head: TierReply,
    body: BodyReader,
    reply: Omit<Reply, 'body'>,
  ): Promise<Reply | undefined> {
    const { kept, length = 0 } = head;
    const judged = judgeCopy(work, head);
    const watch = judged?.kind === 'watched' ? judged.watch() : undefined;
    try {
      const bytes = new Uint8Array(length);
      let filled: Bytes = 0;
      for await (const chunk of watch === undefined ? body.chunks : watch.observe(body.chunks)) {
        bytes.set(chunk, filled);
        filled += chunk.byteLength;
      }
      if (kept !== undefined && judged?.kind !== 'refused' && watch?.isClear !== false) {
        const arrived = { bytes, length, fill: undefined };
        await keeping.keep(work, { ...kept.response, bodyLength: length }, arrived, kept.bansChecked, copies);
      }
      return { ...reply, body: { kind: 'bytes', bytes } };
    } catch (error) {
      // The next tier has gone, and the viewer has got nothing yet: whoever asked it asks the origin.
      asOriginFailure(error, report);
      return undefined;
    }
  }

  /** The second and later ranges of one answer, each asked for when its turn comes. */
  function anotherPart(work: FillWork, first: Bytes, last: Bytes): BodyReader {
    let current: BodyReader | undefined;
    let hasLeft = false;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      const { visit } = work;
      const request = {
        ...visit.request,
        fields: [...withoutRange(visit.request).fields, ['range', `bytes=${first}-${last}`] as const],
      };
      const asked = { ...work, visit: { ...visit, request } };
      const answer = hasLeft ? undefined : await tier.ask(questionOf(asked, true), { signal: visit.leaving() });
      if (answer?.head.part?.first !== first || answer.head.part.last !== last) {
        answer?.body.cancel();
        throw new OriginFailure(502, 'OriginError', 'the object has changed while it was being sent');
      }
      current = answer.body;
      yield* answer.body.chunks;
    }
    return {
      chunks: chunks(),
      cancel() {
        hasLeft = true;
        current?.cancel();
      },
    };
  }

  const isElsewhere = (work: FillWork): boolean =>
    work.isDirect !== true && !work.visit.behavior.cachingDisabled && tier.isElsewhere(work.key);

  return {
    isElsewhere,
    forFill: (work, cover, finished) => (isElsewhere(work) ? fill(work, cover, finished) : undefined),
    forPart,
  };
}

/** Where a function has changed the request, what the viewer itself sent. */
function sentOf({ asked }: FillWork['visit']): TierQuestion['sent'] {
  return { fields: asked.fields, query: asked.query };
}

/** Nobody will see it; the log says who left. */
function goneViewer(reason: MissReason): Reply {
  const cache = { kind: 'miss', reason, stored: false, notStored: 'the viewer has left' } as const;
  return { ...replyFromFailure(502, 'ClientCommError'), cache };
}

const RANGE_FIELDS: ReadonlySet<string> = new Set(['range', 'if-range']);

function withoutRange(request: ViewerRequest): ViewerRequest {
  return { ...request, fields: withoutFields(request.fields, RANGE_FIELDS) };
}

/** The next tier's own error page stands for an origin that has failed. */
function failureOf({ cause, status, errorDetail, cache }: TierReply): OriginFailure | undefined {
  if (cause === undefined || errorDetail === undefined) return undefined;
  const known = status === 503 || status === 504 ? status : 502;
  return new OriginFailure(known, errorDetail, notStoredOf({ cache }) ?? cause, { sentence: cause });
}

function notStoredOf({ cache }: Pick<TierReply, 'cache'>): string | undefined {
  return cache.kind === 'miss' ? cache.notStored : undefined;
}

function isSmallWhole({ follows, length, kept }: TierReply): boolean {
  return follows === 'body' && length !== undefined && length <= LARGEST_HELD && kept?.response.method === 'GET';
}
