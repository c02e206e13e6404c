/**
 * Answers to a viewer who asks for a part of an object that is not at hand whole: from the object's blocks, stored or on their way, or
 * as the origin's first answer demands. Facts 5. Whether a request gets here is decided in core/cache/decide-range-fill.ts; which
 * octets it gets, as for every answer, in finish.ts. Heads are learnt in object-heads.ts, blocks fetched in block-fills.ts.
 */
import { isHead, type HeadResponse } from '../../core/cache/blocks.ts';
import { decideReuse } from '../../core/cache/decide-reuse.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { CacheOutcome, MissReason } from '../../core/outcome.ts';
import { decideRange } from '../../core/viewer-response/range.ts';
import type { Field, Fields } from '../../http/fields.ts';
import type { Bytes } from '../../model/units.ts';
import type { BlockFills, BlockSource } from './block-fills.ts';
import { createBlockReader } from './block-reader.ts';
import type { Fetches } from '../fetching/fetches.ts';
import type { Fills, FillWork } from '../fetching/fills.ts';
import type { Learnt, ObjectHeads } from './object-heads.ts';
import type { BodyReader } from '../store-ports.ts';
import { replyFromFailure } from '../replies.ts';
import type { Reply } from '../visit.ts';

export interface RangeFill {
  /** `begin`: the block to ask for first. `stored`: what was found under the key. `shares`: others may wait for the same fetches. */
  serve(work: FillWork, begin: number, stored: StoredResponse | undefined, reason: MissReason, shares: boolean): Promise<Reply>;
}

export interface RangeFillPorts {
  readonly fills: Fills;
  readonly fetches: Fetches;
  readonly heads: ObjectHeads;
  readonly blocks: BlockFills;
}

/** A range request on its way to an answer. */
interface Asking {
  readonly work: FillWork;
  readonly begin: number;
  readonly shares: boolean;
  readonly reason: MissReason;
  /** It has met one edition that was no more. */
  readonly hasRestarted: boolean;
}

/** How the object became known, for the outcome. */
type Knowledge = Extract<CacheOutcome, { kind: 'hit' | 'hit-stale' }> | { readonly kind: 'fetched' | 'validated' | 'joined' };

export function createRangeFill({ fills, fetches, heads, blocks }: RangeFillPorts): RangeFill {
  function serve(
    work: FillWork,
    begin: number,
    stored: StoredResponse | undefined,
    reason: MissReason,
    shares: boolean,
  ): Promise<Reply> {
    const asking: Asking = { work, begin, shares, reason, hasRestarted: false };
    // The whole object is on its way: this part of it, too.
    if (shares && fills.join(work) !== undefined) return fetches.share(work, reason);
    if (!isHead(stored)) return ask(asking, undefined);
    const reuse = decideReuse(stored, 'HEAD', work.visit.receivedAt);
    if (reuse.kind === 'hit') return fromBlocks({ ...asking, reason: 'partial' }, stored, reuse);
    if (reuse.kind !== 'hit-stale') return ask({ ...asking, reason: 'stale' }, stored);
    if (reuse.reason === 'stale-while-revalidate') refresh(asking, stored);
    return fromBlocks({ ...asking, reason: 'partial' }, stored, reuse);
  }

  /** Asks the origin what the object is, or waits for who has asked. */
  async function ask(asking: Asking, stale: HeadResponse | undefined): Promise<Reply> {
    const { work, begin, reason, shares } = asking;
    const underWay = shares ? heads.join(work) : undefined;
    const learnt = await (underWay ?? heads.learn(work, begin, stale, shares));
    const hasJoined = underWay !== undefined;
    switch (learnt.kind) {
      case 'blocks': {
        // CloudFront: what may not be shared sends those who waited to the origin.
        if (hasJoined && !learnt.isShareable) return ask({ ...asking, shares: false }, stale);
        const reply = await fromBlocks(asking, learnt.head, { kind: hasJoined ? 'joined' : learnt.how });
        return hasJoined ? reply : { ...learnt.asked, ...reply };
      }
      case 'covered':
        return fromBlocks(asking, learnt.head, learnt.cache);
      case 'fill': {
        const reply = await fetches.fromFill(learnt.fill, work, reason, hasJoined);
        return { ...reply, rangeIgnored: learnt.rangeIgnored && !hasJoined };
      }
      case 'whole':
        return whole(asking);
      case 'pass':
        return pass(asking, learnt.reason);
      case 'unsatisfiable': {
        // Where nothing of the block that holds its first octet exists, nothing of a range does. Others are for the origin to judge.
        const isAnswered = !hasJoined && work.visit.request.fields.some(isRangeFromOctet);
        if (isAnswered) return fetches.relay(work.visit, learnt.asked, reason);
        if (!hasJoined) learnt.asked.response.cancel();
        return pass(asking, 'partial');
      }
    }
  }

  /** The range out of the blocks of an object that is known. */
  async function fromBlocks(asking: Asking, head: HeadResponse, knowledge: Knowledge): Promise<Reply> {
    const { work, reason, shares } = asking;
    const { visit } = work;
    const { length } = head.edition;
    const reply = { status: head.status, fields: head.fields, selectable: true } as const;
    const range = decideRange(visit.request.fields, head.status, head.fields, length);
    // RFC 9110 13.1.5: If-Range names another edition; the viewer gets all of this one.
    if (range.kind === 'whole') return whole(asking);
    if (range.kind === 'unsatisfiable') {
      const cache = outcomeOf(knowledge, [], reason);
      return { ...reply, body: { kind: 'none', length }, cache, answeredBy: 'cache' };
    }
    const leading = range.kind === 'part' ? range : range.ranges[0];
    const reader = createBlockReader(blocks, visit, head, leading, shares);
    const [first, sources] = await reader.begin();
    switch (first.kind) {
      case 'changed':
        if (asking.hasRestarted) return pass(asking, 'partial');
        return ask({ ...asking, reason: 'stale', hasRestarted: true }, undefined);
      case 'failed': {
        const { failure } = first;
        const cache = { kind: 'miss', reason, stored: false, notStored: failure.message } as const;
        return { ...replyFromFailure(failure.status, failure.detail, failure.sentence), cache, ...failure.asked };
      }
      case 'no-room':
        return pass(asking, 'no-capacity');
      case 'stored':
      case 'growing': {
        const cache = outcomeOf(knowledge, sources, reason);
        const isFetched = cache.kind === 'miss' || cache.kind === 'collapsed';
        const open = (from: Bytes = 0, to: Bytes = length - 1): BodyReader =>
          from === leading.first && to === leading.last
            ? reader
            : createBlockReader(blocks, visit, head, { first: from, last: to }, shares);
        const body = { kind: 'growing', length, open, discard: reader.cancel } as const;
        return { ...reply, body, cache, answeredBy: isFetched ? 'origin' : 'cache' };
      }
    }
  }

  function whole({ work, reason, shares }: Asking): Promise<Reply> {
    return shares ? fetches.share(work, reason) : fetches.alone(work, reason);
  }

  /** The viewer's own range goes to the origin; nothing of the answer is kept. */
  function pass({ work, reason }: Asking, notStored: string): Promise<Reply> {
    return fetches.pass(work.visit, reason, viewerRange(work.visit.request.fields), notStored);
  }

  /** Renews a stale head while its blocks are being served. */
  function refresh({ work, begin, shares }: Asking, stale: HeadResponse): void {
    if (heads.join(work) !== undefined) return;
    void heads.learn(work, begin, stale, shares).then(letGo);
  }

  return { serve };
}

/** Nobody waits for what was learnt. */
async function letGo(learnt: Learnt): Promise<void> {
  if (learnt.kind === 'unsatisfiable') learnt.asked.response.cancel();
  if (learnt.kind !== 'fill') return;
  const head = await learnt.fill.head;
  if (head.kind === 'response') head.first.cancel();
}

function outcomeOf(knowledge: Knowledge, sources: readonly BlockSource[], reason: MissReason): CacheOutcome {
  const fetched = sources.find((source) => source !== 'store');
  switch (knowledge.kind) {
    case 'hit':
    case 'hit-stale':
      if (fetched === undefined) return knowledge;
      return fetched === 'another-fetch' ? { kind: 'collapsed', reason } : miss(reason);
    case 'joined':
      return { kind: 'collapsed', reason };
    case 'validated':
      return fetched === undefined ? { kind: 'revalidated', age: 0 } : miss(reason);
    case 'fetched':
      return miss(reason);
  }
}

function miss(reason: MissReason): CacheOutcome {
  return { kind: 'miss', reason, stored: true, notStored: undefined };
}

/** One range, and not a suffix. */
function isRangeFromOctet([name, value]: Field): boolean {
  return name === 'range' && /^bytes=[0-9]+-[0-9]*$/i.test(value);
}

function viewerRange(fields: Fields): Fields {
  return fields.filter(([name]) => name === 'range' || name === 'if-range');
}
