/**
 * Fetches of single blocks: one for each block however many answers wait for it, out of band like any fill, into the store under the
 * block's own key. What a block is, is told in core/cache/blocks.ts, whether a response is the one that was asked for in judge-part.ts.
 * Who reads which octets of which blocks is range-fill.ts's business; how an unknown object becomes a head, object-heads.ts's.
 */
import { blockAt, blockKey, blockOf, blockRange, isHead, type HeadResponse } from '../../core/cache/blocks.ts';
import { isSameEdition } from '../../core/cache/edition.ts';
import { judgePart, partFieldsAsked, type PartAsked } from '../../core/cache/judge-part.ts';
import type { ByteRange } from '../../http/byte-range.ts';
import type { Bytes } from '../../model/units.ts';
import type { Ask, Asked } from '../ask-origin.ts';
import type { Cache, Found } from '../cache.ts';
import { exactly } from '../bodies/exact-body.ts';
import { asOriginFailure, drain } from '../fetching/fetch-ends.ts';
import { createGrowingBody, type GrowingBody } from '../bodies/growing-body.ts';
import { OriginFailure, type Clock, type OriginResponse } from '../ports.ts';
import type { BodyReader, Store, StoredObject } from '../store-ports.ts';
import type { Retention } from '../fetching/retention.ts';
import type { UnderWay } from '../fetching/under-way.ts';
import type { MatchedVisit } from '../visit.ts';

export type BlockArrival =
  | { readonly kind: 'stored'; readonly object: StoredObject }
  /** Its head has come; its octets are coming. */
  | { readonly kind: 'growing'; readonly body: GrowingBody }
  /** It would have to be fetched, and cannot be held. */
  | { readonly kind: 'no-room' }
  /** The origin has another edition now. What was stored of this one has been dropped. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'failed'; readonly failure: OriginFailure };

/** Neither promise ever rejects. */
export interface Block {
  /** Known as soon as the store has been asked. */
  readonly source: Promise<BlockSource>;
  readonly arrival: Promise<BlockArrival>;
}

export type BlockSource = 'store' | 'another-fetch' | 'own-fetch';

export interface BlockFills {
  /** The block from wherever it is to be had soonest: the store, a fetch under way, or a fetch begun now. */
  take(visit: MatchedVisit, head: HeadResponse, index: number, shares: boolean): Block;
  /** Octets of the object for one reader, at its pace; nothing is kept. Rejects with OriginFailure. */
  pass(visit: MatchedVisit, head: HeadResponse, range: ByteRange): Promise<BodyReader>;
  /** The part that `asked` brings is this block: keeps and shares it. The caller knows that it fits. */
  adopt(asked: Asked, head: HeadResponse, index: number, banSequence: number, shares: boolean): Promise<BlockArrival>;
  /** Forgets an edition that is no more, head and blocks, unless another has taken its place already. */
  drop(head: HeadResponse): void;
}

export interface BlockFillPorts {
  readonly clock: Clock;
  readonly store: Store;
  readonly cache: Cache;
  readonly ask: Ask;
  readonly retention: Retention;
  readonly underWay: UnderWay;
  readonly report: (message: string, error: unknown) => void;
}

interface BlockFetch {
  readonly banSequence: number;
  readonly head: HeadResponse;
  readonly arrival: Promise<BlockArrival>;
}

export function createBlockFills({ clock, store, cache, ask, retention, underWay, report }: BlockFillPorts): BlockFills {
  const { bans } = cache;
  const shared = new Map<string, BlockFetch>();

  function take(visit: MatchedVisit, head: HeadResponse, index: number, shares: boolean): Block {
    const key = blockKey(head.key, index);
    const found = cache.find(key);
    if (isBlockOf(found, head)) return inStore(found);
    const loading = found === undefined ? cache.load(key) : undefined;
    if (loading === undefined) return fetch(visit, head, index, shares);
    const settled = loading.then((loaded) => (isBlockOf(loaded, head) ? inStore(loaded) : fetch(visit, head, index, shares)));
    return { source: settled.then(({ source }) => source), arrival: settled.then(({ arrival }) => arrival) };
  }

  function fetch(visit: MatchedVisit, head: HeadResponse, index: number, shares: boolean): Block {
    const underWayNow = shares ? joinable(head, index) : undefined;
    if (underWayNow !== undefined) return { source: ANOTHER_FETCH, arrival: underWayNow.arrival };
    const range = blockRange(index, head.edition.length);
    if (!retention.fits(sizeOf(range))) return { source: OWN_FETCH, arrival: NO_ROOM };
    const response = part(visit, { range, edition: head.edition });
    return { source: OWN_FETCH, arrival: begin(response, head, index, bans.newest, shares) };
  }

  function joinable(head: HeadResponse, index: number): BlockFetch | undefined {
    const candidate = shared.get(blockKey(head.key, index));
    // As for any fill: what began before the newest ban may bring what the ban forgets.
    if (candidate === undefined || candidate.banSequence !== bans.newest) return undefined;
    return isSameEdition(candidate.head.edition, head.edition) ? candidate : undefined;
  }

  /** Counts the fetch, holds room for its octets, and shares it until the last of them is in. */
  function begin(
    response: Promise<OriginResponse>,
    head: HeadResponse,
    index: number,
    banSequence: number,
    shares: boolean,
  ): Promise<BlockArrival> {
    const key = blockKey(head.key, index);
    const size = sizeOf(blockRange(index, head.edition.length));
    const ended = underWay.begin(banSequence);
    retention.hold(size);
    const finished = (): void => {
      if (shared.get(key) === begun) shared.delete(key);
      retention.free(size);
      ended();
    };
    const keep = (bytes: Uint8Array): void => {
      if (isSuperseded(head, index, banSequence)) return;
      store.put({ response: blockOf(head, index, banSequence), body: bytes, bansChecked: banSequence });
    };
    const begun: BlockFetch = { banSequence, head, arrival: arrive(response, head, size, keep, finished) };
    if (shares) shared.set(key, begun);
    return begun.arrival;
  }

  async function arrive(
    response: Promise<OriginResponse>,
    head: HeadResponse,
    size: Bytes,
    keep: (bytes: Uint8Array) => void,
    finished: () => void,
  ): Promise<BlockArrival> {
    try {
      const body = createGrowingBody();
      void pump(exactly((await response).body, size), body, keep).finally(finished);
      return { kind: 'growing', body };
    } catch (error) {
      finished();
      if (!(error instanceof EditionGone)) return { kind: 'failed', failure: asOriginFailure(error, report) };
      drop(head);
      return { kind: 'changed' };
    }
  }

  /** Never rejects. */
  async function pump(chunks: AsyncIterable<Uint8Array>, body: GrowingBody, keep: (bytes: Uint8Array) => void): Promise<void> {
    try {
      // A block is held whole, so nobody has to wait.
      for await (const chunk of chunks) void body.append(chunk);
      body.end();
      const whole = body.whole();
      if (whole !== undefined) keep(whole);
    } catch (error) {
      body.fail(asOriginFailure(error, report));
    }
  }

  /** The response that is this part. Rejects with EditionGone or OriginFailure. */
  async function part(visit: MatchedVisit, wanted: PartAsked, signal?: AbortSignal): Promise<OriginResponse> {
    const { response } = await ask(visit, partFieldsAsked(wanted), { kind: 'none' }, signal);
    const judged = judgePart(wanted, response.head, clock.now());
    if (judged.kind === 'part') return response;
    if (response.head.bodyLength === 0) await drain(response);
    else response.cancel();
    if (judged.kind === 'changed') throw new EditionGone();
    if (judged.kind === 'refused') throw new OriginFailure(judged.status, judged.detail, judged.cause);
    const { status } = response.head;
    throw new OriginFailure(
      status === 503 || status === 504 ? status : 502,
      'OriginError',
      `the origin answered ${status} for a part`,
    );
  }

  async function pass(visit: MatchedVisit, head: HeadResponse, range: ByteRange): Promise<BodyReader> {
    try {
      const response = await part(visit, { range, edition: head.edition }, visit.leaving());
      return { chunks: exactly(response.body, sizeOf(range)), cancel: () => response.cancel() };
    } catch (error) {
      if (!(error instanceof EditionGone)) throw error;
      drop(head);
      throw new OriginFailure(502, 'OriginError', 'the object has changed at the origin', { cause: error });
    }
  }

  /** Something newer is there: the same block asked for later, or the head of another edition. */
  function isSuperseded(head: HeadResponse, index: number, banSequence: number): boolean {
    const present = store.get(blockKey(head.key, index));
    if (present !== undefined && present.response.banSequence > banSequence) return true;
    const current = headAt(cache, head.key);
    return current !== undefined && !isSameEdition(current.edition, head.edition);
  }

  function drop(head: HeadResponse): void {
    const current = headAt(cache, head.key);
    if (current !== undefined && !isSameEdition(current.edition, head.edition)) return;
    if (current !== undefined) store.delete(head.key);
    const last = Math.min(blockAt(head.edition.length - 1), MOST_DROPPED);
    for (let index = 0; index <= last; index += 1) store.delete(blockKey(head.key, index));
  }

  return {
    take,
    pass,
    adopt: ({ response }, head, index, banSequence, shares) => begin(Promise.resolve(response), head, index, banSequence, shares),
    drop,
  };
}

const FROM_STORE: Promise<BlockSource> = Promise.resolve('store');
const ANOTHER_FETCH: Promise<BlockSource> = Promise.resolve('another-fetch');
const OWN_FETCH: Promise<BlockSource> = Promise.resolve('own-fetch');
const NO_ROOM: Promise<BlockArrival> = Promise.resolve({ kind: 'no-room' });

function inStore(object: StoredObject): Block {
  return { source: FROM_STORE, arrival: Promise.resolve({ kind: 'stored', object }) };
}

/** A block of another edition is none of ours; whoever fetches ours puts it in its place. */
function isBlockOf(found: Found, head: HeadResponse): found is StoredObject {
  if (found === undefined || found === 'invalidated') return false;
  const { edition } = found.response;
  return edition !== undefined && isSameEdition(edition, head.edition);
}

/** The head that memory holds under a key. */
function headAt(cache: Cache, key: string): HeadResponse | undefined {
  const found = cache.find(key);
  return found !== undefined && found !== 'invalidated' && isHead(found.response) ? found.response : undefined;
}

/**
 * Ours: blocks let go of at once, of whatever length the origin claims the object has. Those beyond are never used again, either
 * (isBlockOf), and make room when it is needed.
 */
const MOST_DROPPED = 4096;

/** The origin has another edition. */
class EditionGone extends Error {}

function sizeOf({ first, last }: ByteRange): Bytes {
  return last - first + 1;
}
