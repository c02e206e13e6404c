/**
 * Fetches under way, one per cache key: who starts one, who joins it, and what becomes of its response. A fill runs out of band:
 * a viewer leaving cancels nothing that others wait for or that will be stored, and waiters stream as the bytes arrive.
 * Which responses may be stored is decided in core/cache/decide-storing.ts, who may share a fetch in collapsing.ts.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import { excuse, type StaleOnError } from '../../core/cache/decide-reuse.ts';
import { errorCachingMinTtl } from '../../core/cache/error-caching.ts';
import { conditionalFields } from '../../core/cache/revalidation.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { Fields } from '../../http/fields.ts';
import type { Bytes, Duration, Instant } from '../../model/units.ts';
import { askedOf, type Ask, type Asked } from '../ask-origin.ts';
import type { Cache } from '../cache.ts';
import { asOriginFailure, drain } from './fetch-ends.ts';
import type { BodyReader, GrowingBody } from '../bodies/growing-body.ts';
import type { OriginFailure, PerhapsAsked, Clock, Compressor, OriginResponse } from '../ports.ts';
import type { Store, StoredObject } from '../store-ports.ts';
import type { GuardCase } from './guarding.ts';
import type { Keeping } from './keeping.ts';
import { createReceive } from './receive.ts';
import { createRememberFailure } from './remember-failure.ts';
import type { Retention } from './retention.ts';
import type { UnderWay } from './under-way.ts';
import type { Kept, TierReply } from '../tiers/next-tier.ts';
import type { MatchedVisit } from '../visit.ts';

/** One fetch: what for, and the stored response it may revalidate. */
export interface FillWork extends LookupKind {
  readonly visit: MatchedVisit;
  readonly key: string;
  readonly uri: string;
  /** The stored response that may not answer as it is. */
  readonly stale: StoredObject | undefined;
  /** Ask whether the stale response still holds, instead of for a new one. */
  readonly validate: boolean;
  /** What the guard makes of the request; undefined where there is none. */
  readonly guard?: GuardCase | undefined;
  /** Whom to share with, where sharing by key has turned out to be too wide: those who select the same variant. */
  readonly variant?: string;
}

/** How a request goes through the cache. */
export interface LookupKind {
  /** Of the request to the origin. */
  readonly method: StoredResponse['method'];
  /** Set where the origin is to be asked, whatever tier there is before it. */
  readonly isDirect?: boolean | undefined;
  /** Set where a stale response is answering already, and is to be renewed. */
  readonly isRefresh?: boolean | undefined;
}

export type FillHead = FillResult &
  PerhapsAsked & {
    /** Where the next tier has answered: what it has done for it. */
    readonly told?: Pick<TierReply, 'cache' | 'answeredBy'>;
  };

type FillResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** Prepared for viewers. */
      readonly fields: Fields;
      readonly bodyLength: Bytes | undefined;
      readonly body: SharedBody;
      /** All of it, where it was there with its head. */
      readonly whole?: Uint8Array | undefined;
      /** The starter's own reader, open since before the first byte. The starter must read or cancel it. */
      readonly first: BodyReader;
      /** Why it is not stored; undefined when it is. */
      readonly notStored: string | undefined;
      /** False when those who waited must ask for themselves. */
      readonly isShareable: boolean;
      /** Where the guard looks through the body: whether those who waited may have it. */
      readonly cleared?: Promise<boolean> | undefined;
      /** What is kept of it, here or in the next tier. */
      readonly kept: Kept | undefined;
    }
  | {
      readonly kind: 'validated';
      readonly object: StoredObject;
      /** As above: a 304, too, may say that the response is private. */
      readonly isShareable: boolean;
    }
  /** The origin failed, and the stale response answers in its place. */
  | { readonly kind: 'covered'; readonly object: StoredObject; readonly age: Duration; readonly reason: StaleCover }
  | {
      readonly kind: 'failed';
      readonly failure: OriginFailure;
      readonly kept?: Kept | undefined;
      /** As above: where the request itself may have caused it. */
      readonly isShareable: boolean;
    };

/** A body as those who join a fetch read it. */
export type SharedBody = Pick<GrowingBody, 'isRetained' | 'read'>;

type StaleCover = Extract<StaleOnError, { kind: 'serve-stale' }>['reason'];

export interface Fill {
  readonly head: Promise<FillHead>;
  readonly banSequence: number;
  /** What was asked: others may only share the response if they select the same variant. */
  readonly request: ViewerRequest;
  /** Undefined until the head is there, or when there is no body to share. */
  body: SharedBody | undefined;
}

export interface Fills {
  /** The fill under way that this work may share, if any. */
  join(work: FillWork): Fill | undefined;
  /**
   * Starts a fetch. A shared one can be joined until its response turns out not to be storable, or is whole.
   * `begun`: the answer to a question that has already been asked.
   */
  start(work: FillWork, shared: boolean, begun?: BegunFetch): Fill;
  /** Fetches under way for this primary key were begun too early: what they bring is not stored, and nobody joins them. */
  forget(key: string): void;
}

/** A question to the origin for which the fill need not ask again. */
export interface BegunFetch {
  readonly asked: Promise<Asked>;
  readonly requestTime: Instant;
  readonly banSequence: number;
  /** A part was asked for. */
  readonly isOfPart: boolean;
}

export interface FillPorts {
  readonly clock: Clock;
  readonly store: Store;
  readonly cache: Cache;
  readonly ask: Ask;
  readonly compressor: Compressor;
  /** Our own mistakes, told loudly; the viewer gets a 502. */
  readonly report: (message: string, error: unknown) => void;
  readonly retention: Retention;
  readonly underWay: UnderWay;
  readonly keeping: Keeping;
  /** Asks the next tier, where there is one that answers for the key; undefined where the origin must be asked. Never rejects. */
  readonly askTier: (work: FillWork, cover: Cover, finished: () => void) => Promise<FillHead | undefined> | undefined;
}

/** The stale response instead of a failure: with what status, and of whom. */
export type Cover = (failure: number | 'unreachable', status: number, asked: PerhapsAsked) => Promise<FillHead | undefined>;

export function createFills(ports: FillPorts): Fills {
  const { clock, store, cache, keeping } = ports;
  const { bans } = cache;
  const receive = createReceive(ports);
  const rememberFailure = createRememberFailure(ports);
  const shared = new Map<string, Fill>();
  const open = new Set<FillWork>();

  /** GET and HEAD share a key; a fetch by HEAD cannot answer a GET. */
  const slot = ({ key, variant }: FillWork, method?: string): string => (method === 'HEAD' ? 'HEAD ' : '') + (variant ?? key);

  function start(work: FillWork, isShared: boolean, begun?: BegunFetch): Fill {
    const banSequence = begun?.banSequence ?? bans.newest;
    const ended = ports.underWay.begin(banSequence);
    const finished = (): void => {
      unshare();
      open.delete(work);
      ended();
    };
    const place = slot(work, work.method);
    const unshare = (): void => {
      if (shared.get(place) === fill) shared.delete(place);
    };
    open.add(work);
    const { request } = work.visit;
    const fill: Fill = { banSequence, request, head: fetchHead(work, banSequence, finished, begun), body: undefined };
    if (isShared) shared.set(place, fill);
    void fill.head.then((head) => {
      if (head.kind === 'response' && head.isShareable) fill.body = head.body;
      else unshare();
    });
    return fill;
  }

  /** Never rejects. `finished` is called once, when the last byte is in or everything has failed. */
  async function fetchHead(
    work: FillWork,
    banSequence: number,
    finished: () => void,
    begun: BegunFetch | undefined,
  ): Promise<FillHead> {
    const asking =
      begun === undefined && work.isDirect !== true
        ? ports.askTier(work, (failure, status, asked) => cover(work, failure, status, asked), finished)
        : undefined;
    const fromTier = asking && (await asking);
    return fromTier ?? fetchFromOrigin(work, banSequence, finished, begun);
  }

  async function fetchFromOrigin(
    work: FillWork,
    banSequence: number,
    finished: () => void,
    begun: BegunFetch | undefined,
  ): Promise<FillHead> {
    const requestTime = begun?.requestTime ?? clock.now();
    const validators = work.stale === undefined || !work.validate ? [] : conditionalFields(work.stale.response);
    try {
      let asked = await (begun?.asked ?? ports.ask(work.visit, validators, { kind: 'none' }));
      if (asked.response.head.status === 304 && work.stale !== undefined && validators.length > 0) {
        await drain(asked.response);
        const validated = await validate(work, work.stale, asked.response, requestTime);
        if (validated !== undefined) {
          finished();
          return { kind: 'validated', ...validated, ...askedOf(asked) };
        }
        // RFC 9111 4.3.4: a 304 that speaks of another representation says nothing about ours; ask for the whole.
        asked = await ports.ask(work.visit, [], { kind: 'none' });
      }
      const { status } = asked.response.head;
      const covered = await cover(work, status, status, askedOf(asked));
      if (covered === undefined) return receive(work, asked, requestTime, banSequence, finished);
      asked.response.cancel();
      finished();
      return covered;
    } catch (error) {
      const failure = asOriginFailure(error, ports.report);
      const asked = failure.asked ?? { originId: work.visit.behavior.source.targetOriginId };
      const covered = await cover(work, 'unreachable', failure.status, asked);
      // Who cannot be connected to has not seen the request.
      const isShareable = failure.whileConnecting || work.guard?.refusesFailure(failure.status, begun?.isOfPart) !== true;
      const isKept = covered === undefined && isShareable;
      const kept = isKept ? await rememberFailure(work, failure, requestTime, banSequence) : undefined;
      finished();
      return covered ?? { kind: 'failed', failure, kept, isShareable, ...asked };
    }
  }

  /** The stale response instead of the origin's failure, where CloudFront would serve it (facts 4.2). */
  async function cover(
    { stale, visit }: FillWork,
    failure: number | 'unreachable',
    status: number,
    asked: PerhapsAsked,
  ): Promise<FillHead | undefined> {
    if (stale === undefined) return undefined;
    const now = clock.now();
    const decision = cacheRules(visit.distribution).decideStaleOnError(stale.response, failure, now);
    if (decision.kind === 'error') return undefined;
    const object = await cache.present(stale);
    if (object === undefined) return undefined;
    void cache.renew(stale.response, excuse(stale.response, errorCachingMinTtl(visit.distribution, status), now));
    return { kind: 'covered', object, age: decision.age, reason: decision.reason, ...asked };
  }

  /** The stored object made fresh by a 304, or undefined when the 304 does not speak of it. */
  async function validate(
    work: FillWork,
    stale: StoredObject,
    { head }: OriginResponse,
    requestTime: Instant,
  ): Promise<{ readonly object: StoredObject; readonly isShareable: boolean } | undefined> {
    const { behavior, distribution, request } = work.visit;
    const responseTime = clock.now();
    const applied = cacheRules(distribution).applyNotModified({
      stored: stale.response,
      head,
      behavior,
      distribution,
      request,
      requestTime,
      responseTime,
    });
    if (applied.kind === 'unmatched') return undefined;
    const renewed = { ...stale, response: applied.stored };
    if (applied.notStored === undefined && work.guard?.judge(applied.stored).kind === 'refused') {
      // What is stored stays as it is.
      const found = await cache.present(stale);
      return found && { object: { ...renewed, body: found.body }, isShareable: false };
    }
    const isShareable = applied.notStored === undefined;
    if (isShareable) await cache.renew(stale.response, applied.stored);
    else store.delete(stale.response.key);
    // A body that lies in the store cannot be read once it has gone from there.
    const object = await cache.present(renewed);
    return object && { object, isShareable };
  }

  return {
    join(work) {
      const fill = shared.get(slot(work)) ?? (work.method === 'HEAD' ? shared.get(slot(work, 'HEAD')) : undefined);
      // A fetch that began before the newest ban may bring what the ban forgets; whoever asks now starts afresh.
      if (fill === undefined || fill.banSequence !== bans.newest) return undefined;
      return fill.body === undefined || fill.body.isRetained ? fill : undefined;
    },
    start,
    forget(key) {
      for (const work of open) {
        if (work.key !== key) continue;
        keeping.forget(work);
        shared.delete(slot(work, work.method));
      }
    },
  };
}
