/**
 * What an object is, learnt from the first part that is asked of it: its head, under which its blocks are kept, or that it is answered
 * some other way. Asked once for all who want parts of it at the same time. Whether it is divided is decided in
 * core/cache/decide-range-fill.ts; a stale head is validated as any stored response is (revalidation.ts).
 */
import { blockRange, headOf, wholeFields, type HeadResponse } from '../../core/cache/blocks.ts';
import { maySharePending } from '../../core/cache/collapsing.ts';
import { decideDivision } from '../../core/cache/decide-range-fill.ts';
import { decideStaleOnError, excuse } from '../../core/cache/decide-reuse.ts';
import { decideStoring } from '../../core/cache/decide-storing.ts';
import { isSameEdition } from '../../core/cache/edition.ts';
import { errorCachingMinTtl } from '../../core/cache/error-caching.ts';
import { judgePart, partFieldsAsked, type PartAsked, type PartJudgement } from '../../core/cache/judge-part.ts';
import { storedFields, tagsOf } from '../../core/cache/prepare-stored.ts';
import { applyNotModified, conditionalFields } from '../../core/cache/revalidation.ts';
import type { CacheOutcome } from '../../core/outcome.ts';
import { decideCompression } from '../../core/origin-response/decide-compression.ts';
import type { Fields } from '../../http/fields.ts';
import type { Instant } from '../../model/units.ts';
import { askedOf, type Ask, type Asked } from '../ask-origin.ts';
import type { BlockFills } from './block-fills.ts';
import type { Cache } from '../cache.ts';
import { exactly } from '../bodies/exact-body.ts';
import { asOriginFailure, drain } from '../fetching/fetch-ends.ts';
import type { Fill, Fills, FillWork } from '../fetching/fills.ts';
import { OriginFailure, type AskedOrigin, type Clock, type Compressor } from '../ports.ts';
import type { Store } from '../store-ports.ts';
import type { Retention } from '../fetching/retention.ts';
import type { UnderWay } from '../fetching/under-way.ts';

export type Learnt =
  /** It is kept in blocks. */
  | {
      readonly kind: 'blocks';
      readonly head: HeadResponse;
      readonly how: 'fetched' | 'validated';
      /** False when those who waited must ask for themselves. */
      readonly isShareable: boolean;
      readonly asked: AskedOrigin;
    }
  /** The origin fails; the head and the blocks that are there answer in its place. */
  | { readonly kind: 'covered'; readonly head: HeadResponse; readonly cache: Extract<CacheOutcome, { kind: 'hit-stale' }> }
  /** A response as to a request without a range, whose fill anybody may join. */
  | { readonly kind: 'fill'; readonly fill: Fill; readonly rangeIgnored: boolean }
  /** It is to be fetched whole. */
  | { readonly kind: 'whole' }
  /** Nothing of it can be kept. */
  | { readonly kind: 'pass'; readonly reason: string }
  /** 416, still to be read by whoever asked. */
  | { readonly kind: 'unsatisfiable'; readonly asked: Asked };

export interface ObjectHeads {
  /** The question under way that this work may wait for. */
  join(work: FillWork): Promise<Learnt> | undefined;
  /** Asks the origin for block `index`, and whether `stale` still holds. Never rejects. */
  learn(work: FillWork, index: number, stale: HeadResponse | undefined, shares: boolean): Promise<Learnt>;
}

export interface ObjectHeadPorts {
  readonly clock: Clock;
  readonly store: Store;
  readonly cache: Cache;
  readonly ask: Ask;
  readonly compressor: Compressor;
  readonly retention: Retention;
  readonly underWay: UnderWay;
  readonly fills: Fills;
  readonly blocks: BlockFills;
  readonly report: (message: string, error: unknown) => void;
}

export function createObjectHeads(ports: ObjectHeadPorts): ObjectHeads {
  const { clock, store, cache, ask, compressor, retention, fills, blocks } = ports;
  const { bans } = cache;
  const shared = new Map<string, { readonly banSequence: number; readonly learnt: Promise<Learnt> }>();

  function join({ key }: FillWork): Promise<Learnt> | undefined {
    const question = shared.get(key);
    return question !== undefined && question.banSequence === bans.newest ? question.learnt : undefined;
  }

  async function learn(work: FillWork, index: number, stale: HeadResponse | undefined, shares: boolean): Promise<Learnt> {
    const { newest } = bans;
    const ended = ports.underWay.begin(newest);
    const question = { banSequence: newest, learnt: askFor(work, index, stale, shares) };
    if (shares) shared.set(work.key, question);
    try {
      return await question.learnt;
    } finally {
      if (shared.get(work.key) === question) shared.delete(work.key);
      ended();
    }
  }

  async function askFor(work: FillWork, index: number, stale: HeadResponse | undefined, shares: boolean): Promise<Learnt> {
    const wanted: PartAsked = { range: blockRange(index), edition: undefined };
    const begin = (conditions: Fields): Question => {
      const asked = ask(work.visit, [...partFieldsAsked(wanted), ...conditions], { kind: 'none' });
      return { asked, requestTime: clock.now(), banSequence: bans.newest, index, shares };
    };
    let question = begin(stale === undefined ? [] : conditionalFields(stale));
    try {
      let asked = await question.asked;
      if (asked.response.head.status === 304 && stale !== undefined) {
        await drain(asked.response);
        const validated = validate(work, stale, asked, question);
        if (validated !== undefined) return validated;
        // RFC 9111 4.3.4: the 304 speaks of another edition; ask without conditions.
        question = begin([]);
        asked = await question.asked;
      }
      return conclude(work, asked, question, stale, judgePart(wanted, asked.response.head, clock.now()));
    } catch (error) {
      const failure = asOriginFailure(error, ports.report);
      const covered = cover(work, stale, 'unreachable', failure.status);
      return covered ?? asFill(work, question, Promise.reject(failure), false);
    }
  }

  function conclude(
    work: FillWork,
    asked: Asked,
    question: Question,
    stale: HeadResponse | undefined,
    judged: PartJudgement,
  ): Learnt {
    const { response } = asked;
    switch (judged.kind) {
      case 'part':
        return divide(work, asked, question, stale, judged);
      case 'part-of-unknown':
      case 'changed':
        response.cancel();
        return { kind: 'pass', reason: 'partial' };
      case 'unsatisfiable':
        return { kind: 'unsatisfiable', asked };
      case 'refused':
        response.cancel();
        throw new OriginFailure(judged.status, judged.detail, judged.cause);
      case 'unranged': {
        const { status } = response.head;
        const covered = cover(work, stale, status, status);
        if (covered === undefined && work.guard?.doubtsPart(status) === true) {
          response.cancel();
          return { kind: 'whole' };
        }
        // CloudFront: an origin that ignores Range has its whole object cached, and this viewer gets all of it.
        if (covered === undefined) return asFill(work, question, Promise.resolve(asked), status === 200);
        response.cancel();
        return covered;
      }
    }
  }

  /** The first part is here: it says what the object is. */
  function divide(
    work: FillWork,
    asked: Asked,
    question: Question,
    stale: HeadResponse | undefined,
    part: Extract<PartJudgement, { kind: 'part' }>,
  ): Learnt {
    const { behavior, distribution, request } = work.visit;
    const { response, originId } = asked;
    const { requestTime, banSequence, index, shares } = question;
    const responseTime = clock.now();
    // RFC 9111 3.3: what holds for the whole response holds for its parts.
    const whole = { status: 200, fields: wholeFields(response.head.fields), bodyLength: part.length };
    const about = { request, method: 'GET', head: whole, behavior, distribution };
    const storing = decideStoring({ ...about, requestTime, responseTime, originId });
    const compression = decideCompression({ ...about, storing, hasCapacity: compressor.hasCapacity });
    const largest = Math.max(store.stats.largestObject, store.stats.largestFill);
    const division = decideDivision({ part, storing, compression, largest, hasRoom: retention.fits(part.octets) });
    if (division.kind === 'entire') {
      const body = exactly(response.body, part.length);
      return asFill(work, question, Promise.resolve({ ...asked, response: { ...response, head: whole, body } }), false);
    }
    if (division.kind !== 'blocks') {
      response.cancel();
      return division;
    }
    const fields = storedFields(behavior, whole, responseTime);
    if (work.guard?.judge({ status: 200, fields }).kind === 'refused') {
      response.cancel();
      return GUARDED;
    }
    const head = headOf(
      {
        key: work.key,
        distributionId: distribution.source.id,
        uri: work.uri,
        fields,
        freshness: division.freshness,
        tags: tagsOf(distribution, whole.fields),
        banSequence,
      },
      division.edition,
    );
    if (stale !== undefined && !isSameEdition(stale.edition, head.edition)) blocks.drop(stale);
    if (!isSuperseded(head)) store.put({ response: head, body: NO_OCTETS, bansChecked: banSequence });
    void blocks.adopt(asked, head, index, banSequence, shares);
    return { kind: 'blocks', head, how: 'fetched', isShareable: maySharePending(storing), asked: askedOf(asked) };
  }

  /** A later fetch has stored something under the key, or the whole object is there. */
  function isSuperseded({ key, banSequence, freshness }: HeadResponse): boolean {
    const present = cache.find(key);
    if (present === undefined || present === 'invalidated') return false;
    const { response } = present;
    if (response.method === 'GET' && response.status < 400) return true;
    return response.banSequence > banSequence || response.freshness.requestTime > freshness.requestTime;
  }

  /** The answer is one as to a request without Range: from here on it is a fill like any other. */
  function asFill(work: FillWork, question: Question, asked: Promise<Asked>, rangeIgnored: boolean): Learnt {
    const { requestTime, banSequence, shares } = question;
    const anew = { ...work, stale: undefined, validate: false };
    return { kind: 'fill', fill: fills.start(anew, shares, { asked, requestTime, banSequence, isOfPart: true }), rangeIgnored };
  }

  /** The stale head made fresh by a 304, or undefined when the 304 does not speak of it. */
  function validate(work: FillWork, stale: HeadResponse, asked: Asked, { requestTime }: Question): Learnt | undefined {
    const { behavior, distribution, request } = work.visit;
    const times = { requestTime, responseTime: clock.now() };
    const applied = applyNotModified({ stored: stale, head: asked.response.head, behavior, distribution, request, ...times });
    if (applied.kind === 'unmatched') return undefined;
    if (applied.notStored === undefined && work.guard?.judge(applied.stored).kind === 'refused') return GUARDED;
    if (applied.notStored === undefined) void cache.renew(stale, applied.stored);
    else store.delete(work.key);
    const head: HeadResponse = { ...applied.stored, edition: stale.edition };
    return { kind: 'blocks', head, how: 'validated', isShareable: applied.notStored === undefined, asked: askedOf(asked) };
  }

  /** The stale head and its blocks instead of the origin's failure, where CloudFront would serve them (facts 4.2). */
  function cover(
    work: FillWork,
    stale: HeadResponse | undefined,
    failure: number | 'unreachable',
    status: number,
  ): Learnt | undefined {
    if (stale === undefined) return undefined;
    const now = clock.now();
    const decision = decideStaleOnError(stale, failure, now);
    if (decision.kind === 'error') return undefined;
    void cache.renew(stale, excuse(stale, errorCachingMinTtl(work.visit.distribution, status), now));
    return { kind: 'covered', head: stale, cache: { kind: 'hit-stale', age: decision.age, reason: decision.reason } };
  }

  return { join, learn };
}

/** One request to the origin for a part of an object that nobody knows. */
interface Question {
  readonly asked: Promise<Asked>;
  readonly requestTime: Instant;
  readonly banSequence: number;
  readonly index: number;
  readonly shares: boolean;
}

const NO_OCTETS = new Uint8Array(0);
/** The viewer gets its part from the origin, and nobody else. */
const GUARDED: Learnt = { kind: 'pass', reason: 'guard' };
