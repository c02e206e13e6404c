/**
 * Replies that wait for an origin: a fetch shared by everyone who asks for the key, a revalidation, a refresh in the background,
 * or a request passed through alone. What a failing origin means for the viewer is decided by asking core/.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import { answersSeveral } from '../../core/cache/collapsing.ts';
import { answersAsked } from '../../core/guard/asked-with.ts';
import { describedLength } from '../../core/cache/prepare-stored.ts';
import type { Target } from '../../core/cache/rfc9111/invalidated-targets.ts';
import { selectsSame, variantKey } from '../../core/cache/rfc9111/variants.ts';
import type { CacheOutcome, MissReason } from '../../core/outcome.ts';
import type { Fields } from '../../http/fields.ts';
import { askedOf, type Ask, type Asked } from '../ask-origin.ts';
import type { Fill, FillHead, Fills, FillWork } from './fills.ts';
import { OriginFailure, type Clock, type OriginResponse } from '../ports.ts';
import { openObject, type OpenObject } from '../bodies/open-object.ts';
import { replyFromFailure, replyFromStored } from '../replies.ts';
import type { MatchedVisit, Reply, ReplyBody } from '../visit.ts';

export interface Fetches {
  /** A miss or a revalidation that joins the fetch under way for its key, or starts one that others may join. */
  share(work: FillWork, reason: MissReason): Promise<Reply>;
  /** The same for a request that shares with nobody. */
  alone(work: FillWork, reason: MissReason): Promise<Reply>;
  /** Renews a stale response while it is being served. */
  refresh(work: FillWork): void;
  /** What a fill brings: to who started it, or to one who `joined`. */
  fromFill(fill: Fill, work: FillWork, reason: MissReason, joined: boolean): Promise<Reply>;
  /** Straight to the origin, with `extra` fields on top: nothing looked up, nothing stored. `notStored`: why not. */
  pass(visit: MatchedVisit, reason: MissReason, extra?: Fields, notStored?: string): Promise<Reply>;
  /** Viewers waiting for the head of a fetch that another began. */
  readonly waiting: number;
  /** The origin's response as it is. */
  relay(visit: MatchedVisit, asked: Asked, reason: MissReason, notStored?: string): Promise<Reply>;
}

export interface FetchPorts {
  readonly clock: Clock;
  readonly fills: Fills;
  readonly ask: Ask;
  /** How many may wait for the beginning of what somebody else is fetching. */
  readonly waitingViewers: number;
  /** Lets go of what is stored for another target of the visit's authority. */
  readonly forget: (visit: MatchedVisit, targets: readonly Target[]) => Promise<void>;
}

export function createFetches({ clock, fills, ask, forget, waitingViewers }: FetchPorts): Fetches {
  let waiting = 0;

  async function share(work: FillWork, reason: MissReason): Promise<Reply> {
    const underWay = fills.join(work);
    return fromFill(underWay ?? fills.start(work, true), work, reason, underWay !== undefined);
  }

  async function alone(work: FillWork, reason: MissReason): Promise<Reply> {
    return fromFill(fills.start(work, false), work, reason, false);
  }

  async function fromFill(fill: Fill, work: FillWork, reason: MissReason, joined: boolean): Promise<Reply> {
    if (joined && waiting >= waitingViewers) return noRoom(reason);
    if (joined) waiting += 1;
    const head = await fill.head;
    // CloudFront: when the shared response turns out not to be cacheable, those who waited are sent on (facts 5).
    const isForAll = !joined || (await isForOthers(head, work));
    if (joined) waiting -= 1;
    // What the next tier keeps is had from there; what nobody keeps, from the origin.
    if (joined && !isForAll) return alone(isKept(head) ? work : { ...work, isDirect: true }, reason);
    const variant = joined ? otherVariant(head, fill, work) : undefined;
    // Those who select another variant than the first share theirs; an origin that changes its Vary meanwhile is asked by each.
    if (variant !== undefined) return work.variant === undefined ? share({ ...work, variant }, reason) : alone(work, reason);
    if (head.kind === 'failed' || head.kind === 'response') return replyFromHead(head, reason, joined);
    const object = await openObject(head.object);
    if (object !== undefined) return replyFromObject(head, object, reason, joined);
    // It has gone since the fetch has found it there: another one does not count on it.
    return alone({ ...work, stale: undefined, validate: false }, reason);
  }

  function replyFromObject(
    head: Extract<FillHead, { kind: 'covered' | 'validated' }>,
    object: OpenObject,
    reason: MissReason,
    joined: boolean,
  ): Reply {
    const asked = askedOf(head);
    if (head.kind === 'covered')
      return { ...replyFromStored(object, { kind: 'hit-stale', age: head.age, reason: head.reason }), ...asked };
    const cache = joined ? ({ kind: 'collapsed', reason } as const) : ({ kind: 'revalidated', age: 0 } as const);
    return { ...replyFromStored(object, toldOf(head, joined) ?? cache), ...asked };
  }

  function replyFromHead(head: Extract<FillHead, { kind: 'failed' | 'response' }>, reason: MissReason, joined: boolean): Reply {
    const asked = askedOf(head);
    switch (head.kind) {
      case 'failed': {
        const cache = { kind: 'miss', reason, stored: false, notStored: head.failure.message } as const;
        return {
          ...replyFromFailure(head.failure.status, head.failure.detail, head.failure.sentence),
          cache,
          ...asked,
          kept: head.kept,
        };
      }
      case 'response': {
        const { status, fields, notStored, kept } = head;
        const cache = joined
          ? ({ kind: 'collapsed', reason } as const)
          : ({ kind: 'miss', reason, stored: notStored === undefined, notStored } as const);
        return {
          status,
          fields,
          body: head.whole === undefined ? growingReply(head, joined) : { kind: 'bytes', bytes: head.whole, isAwaited: true },
          cache: toldOf(head, joined) ?? cache,
          answeredBy: head.told?.answeredBy ?? head.generatedBy ?? 'origin',
          ...asked,
          selectable: true,
          kept,
        };
      }
    }
  }

  function refresh(work: FillWork): void {
    if (fills.join(work) !== undefined) return;
    void fills.start({ ...work, isRefresh: true }, true).head.then((head) => {
      if (head.kind === 'response') head.first.cancel();
    });
  }

  async function pass(visit: MatchedVisit, reason: MissReason, extra: Fields = [], notStored: string = reason): Promise<Reply> {
    try {
      return await relay(visit, await ask(visit, extra, visit.body, visit.leaving()), reason, notStored);
    } catch (error) {
      if (!(error instanceof OriginFailure)) throw error;
      const cache = { kind: 'miss', reason, stored: false, notStored } as const;
      return { ...replyFromFailure(error.status, error.detail, error.sentence), cache, ...error.asked };
    }
  }

  async function relay(visit: MatchedVisit, asked: Asked, reason: MissReason, notStored: string = reason): Promise<Reply> {
    const { response } = asked;
    const { head } = response;
    const rules = cacheRules(visit.distribution);
    const targets = rules.invalidatedTargets(visit.request, head);
    // RFC 9111 4.4: whoever has the answer finds none of these any more, wherever they ask.
    if (targets.length > 0) await forget(visit, targets);
    return {
      status: head.status,
      fields: rules.relayedFields(visit.behavior, head, clock.now()),
      body: visit.request.method === 'HEAD' ? { kind: 'none', length: describedLength(head) } : passingReply(response),
      cache: { kind: 'miss', reason, stored: false, notStored },
      answeredBy: response.generatedBy ?? 'origin',
      ...askedOf(asked),
    };
  }

  return {
    share,
    alone,
    refresh,
    fromFill,
    pass,
    relay,
    get waiting() {
      return waiting;
    },
  };
}

/** Ours: one more who waits would be one too many; another fetch for the same would be worse. */
function noRoom(reason: MissReason): Reply {
  const cache = { kind: 'miss', reason, stored: false, notStored: 'no-capacity' } as const;
  return { ...replyFromFailure(503, 'CapacityExceeded'), cache };
}

/** What the next tier did for this answer: for one who joined, only what it would have done for each alone. */
function toldOf({ told }: FillHead, joined: boolean): CacheOutcome | undefined {
  const isHit = told?.cache.kind === 'hit' || told?.cache.kind === 'hit-stale';
  return joined && !isHit ? undefined : told?.cache;
}

/** May those who waited have it? Where the guard looks through the body, once it has; and only what is still there from its beginning. */
async function isForOthers(head: FillHead, { visit }: FillWork): Promise<boolean> {
  if (head.kind === 'covered') return true;
  if (!head.isShareable) return false;
  if (head.kind !== 'validated' && head.kept !== undefined && !answersAsked(head.kept.response, visit.request)) return false;
  if (head.kind !== 'response' || head.cleared === undefined) return true;
  return (await head.cleared) && head.body.isRetained;
}

function isKept(head: FillHead): boolean {
  return (
    head.kind === 'response' && head.told !== undefined && head.kept !== undefined && answersSeveral(head.kept.response.freshness)
  );
}

/** The name of the variant that this request selects, if the response to the other request is not it. */
function otherVariant(head: FillHead, { request }: Fill, { key, visit }: FillWork): string | undefined {
  if (head.kind === 'failed') return undefined;
  const { fields } = head.kind === 'response' ? head : head.object.response;
  const nominated = cacheRules(visit.distribution).nominatedFields(fields);
  if (nominated === undefined || selectsSame(nominated, request, visit.request)) return undefined;
  return variantKey(key, 'under way', nominated, visit.request);
}

function growingReply(head: Extract<FillHead, { kind: 'response' }>, joined: boolean): ReplyBody {
  const { body, first } = head;
  return {
    kind: 'growing',
    length: head.bodyLength,
    open(from, to) {
      if (!joined && from === undefined) return first;
      const reader = body.read(from, to);
      if (!joined) first.cancel();
      return reader;
    },
    discard() {
      if (!joined) first.cancel();
    },
  };
}

/** The origin's body handed to one viewer, at the viewer's pace. */
function passingReply(response: OriginResponse): ReplyBody {
  if (response.accept !== undefined) {
    const { body: chunks } = response;
    return { kind: 'tunnel', chunks, accept: (sent) => response.accept?.(sent), discard: () => response.cancel() };
  }
  const { bodyLength } = response.head;
  const { whole } = response.body;
  if (whole !== undefined && bodyLength !== undefined) return { kind: 'bytes', bytes: whole, isAwaited: true };
  const reader = { chunks: response.body, cancel: () => response.cancel() };
  return { kind: 'growing', length: bodyLength, open: () => reader, discard: reader.cancel };
}
