/**
 * Caches in tiers: one that misses asks the next, which is nearer to the origin, and stores what comes back; the last asks the origin.
 * Here is what is said between two of them, whatever carries it (adapters/tier) and wherever they are: plain JSON, and a body. Within one
 * edge location the next tier of a worker is the worker that owns the key (core/tiers/rendezvous.ts).
 *
 * Nothing a viewer sends is ever read as any of this: it travels in messages of its own, not in the fields of requests.
 */
import type { BodyMarks } from '../../core/cache/revalidation.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { ChosenOrigin } from '../../core/origin-request/choose-origin.ts';
import type { AnsweredBy, CacheOutcome, ErrorDetail } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { Fields } from '../../http/fields.ts';
import type { Bytes } from '../../model/units.ts';
import type { InterimResponse, PerhapsAsked } from '../ports.ts';
import type { BodyReader } from '../store-ports.ts';

/** A cacheable request, as far as the asker has got with it. */
export interface TierQuestion {
  /** What the asker serves by. Who serves by another does not answer: the two might disagree about the key. */
  readonly snapshotVersion: number;
  /** The newest ban that the asker has applied. Who has not does not answer: it may still have what the ban forgets. */
  readonly newestBan: number;
  readonly distributionId: string;
  /** Of the cache behavior. */
  readonly pathPattern: string;
  readonly key: string;
  /** With Range and If-Range only where a part will do. */
  readonly request: ViewerRequest;
  /** Raw, after the default root object. */
  readonly path: string;
  readonly requestId: string;
  /** Set where a custom error page is asked for: the error that it is for. */
  readonly pageOf?: PageOf | undefined;
  /** The origin that a function chose for this request. */
  readonly origin?: ChosenOrigin | undefined;
  /** What the viewer itself sent, where that is not what `request` holds: the rest is nobody's to poison with. */
  readonly sent?: Pick<ViewerRequest, 'fields' | 'query'> | undefined;
  /** A stale response is answering viewers already: another stale one is of no use. */
  readonly isRefresh?: boolean | undefined;
  /** The stale response that the asker has, body and all: if it turns out to be the answer, the body need not be sent. */
  readonly held?: BodyMarks | undefined;
}

export interface PageOf {
  readonly status: number;
  /** Those that say how long the page is fresh. */
  readonly fields: Fields;
}

export type TierHead =
  /** Ask somebody else, or the origin. */
  { readonly kind: 'refused'; readonly reason: 'snapshot' | 'bans' | 'key' } | TierReply;

/** The answer before anything is made of it for a viewer: conditions, ranges and the edge's own fields are the asker's. */
export interface TierReply extends PerhapsAsked {
  readonly kind: 'reply';
  readonly status: number;
  readonly fields: Fields;
  /** Of the whole body, where it is known. */
  readonly length: Bytes | undefined;
  readonly follows: 'nothing' | 'body' | 'part';
  /** The octets that follow, both inclusive, where they are a part. */
  readonly part?: { readonly first: Bytes; readonly last: Bytes } | undefined;
  /** The answer is the response that the asker holds, with what `kept` says of it. */
  readonly isHeld?: true;
  /** What the next tier has done for it. */
  readonly cache: CacheOutcome;
  readonly answeredBy: AnsweredBy;
  readonly errorDetail?: ErrorDetail | undefined;
  readonly cause?: string | undefined;
  readonly selectable?: boolean | undefined;
  readonly rangeIgnored?: boolean | undefined;
  /** What may be kept of it. */
  readonly kept?: Kept | undefined;
}

/** A response that the next tier keeps, or is about to: under which key is each cache's own business. */
export interface Kept {
  /** Without a length where the body is still coming and does not say. */
  readonly response: Omit<StoredResponse, 'key' | 'bodyLength'> & { readonly bodyLength?: Bytes | undefined };
  /** The newest ban that it was checked against and survived. */
  readonly bansChecked: number;
}

export interface TierAnswer {
  readonly head: TierReply;
  /** Throws OriginFailure when it breaks off. Either read to the end or cancelled. */
  readonly body: BodyReader;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly interim?: InterimResponse | undefined;
}

/** The asker's side. */
export interface NextTier {
  /** Another cache answers for the key. */
  isElsewhere(key: string): boolean;
  /** Undefined where nobody does: whoever does is this cache itself, cannot be reached, or refuses. Never rejects. */
  ask(question: TierQuestion, options?: AskOptions): Promise<TierAnswer | undefined>;
  /** Resolves when every other cache of this tier has let go of the keys, or cannot be reached. Never rejects. */
  forget(keys: readonly string[]): Promise<void>;
}

/** The answerer's side. */
export interface TierSource {
  /** `leaving`: aborted when the asker has gone. Never rejects. */
  answer(question: TierQuestion, leaving: () => AbortSignal, interim: InterimResponse): Promise<TierSourceAnswer>;
  forget(keys: readonly string[]): void;
}

export interface TierSourceAnswer {
  readonly head: TierHead;
  /** Undefined where nothing follows. */
  readonly body?: BodyReader | undefined;
}
