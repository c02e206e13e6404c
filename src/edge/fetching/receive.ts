/**
 * A response that an origin has begun: whether it is stored and shared is decided, it is compressed and looked through where it must be, and
 * its body goes to whoever reads it and into the store. One that is there with its head, as most small ones are, goes there at once. What may
 * be stored is decided in core/cache/decide-storing.ts; who began the fetch and who joins it, in fills.ts.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import { maySharePending } from '../../core/cache/collapsing.ts';
import { describedLength, droppedNotes, tagsOf } from '../../core/cache/prepare-stored.ts';
import type { Freshness } from '../../core/cache/stored-response.ts';
import { decideCompression } from '../../core/origin-response/decide-compression.ts';
import type { Instant } from '../../model/units.ts';
import { askedOf, type Asked } from '../ask-origin.ts';
import { createGrowingBody, type BodyReader } from '../bodies/growing-body.ts';
import { readBytes } from '../bodies/read-bytes.ts';
import type { OriginResponse } from '../ports.ts';
import type { Kept } from '../tiers/next-tier.ts';
import { compressResponse } from './compress-response.ts';
import { asOriginFailure } from './fetch-ends.ts';
import type { FillHead, FillPorts, FillWork, SharedBody } from './fills.ts';
import type { BodyWatch } from './guarding.ts';
import { createPump, LARGEST_HELD, type Arrived } from './pump.ts';

/** `finished` is called once, when the last octet is in. */
export type Receive = (work: FillWork, asked: Asked, requestTime: Instant, banSequence: number, finished: () => void) => FillHead;

export type ReceivePorts = Pick<FillPorts, 'clock' | 'store' | 'cache' | 'compressor' | 'retention' | 'keeping' | 'report'>;

export function createReceive({ clock, store, cache, compressor, retention, keeping, report }: ReceivePorts): Receive {
  const pump = createPump({ store, retention, failed: (error) => asOriginFailure(error, report) });

  return function receive(work, asked, requestTime, banSequence, finished) {
    const { behavior, distribution, request } = work.visit;
    const { method } = work;
    const { head: answer } = asked.response;
    const { originId } = asked;
    const responseTime = clock.now();
    const rules = cacheRules(distribution);
    const storing = rules.decideStoring({
      request,
      method,
      head: answer,
      behavior,
      distribution,
      requestTime,
      responseTime,
      originId,
    });
    const { hasCapacity } = compressor;
    const compression = decideCompression({ behavior, distribution, request, method, head: answer, storing, hasCapacity });
    const relayed = rules.relayedFields(behavior, answer, responseTime);
    const stored = storing.kind === 'store' ? rules.storedFields(behavior, answer, responseTime, relayed) : undefined;
    const judged = stored && work.guard?.judge({ status: answer.status, fields: stored }, rules.nominatedFields(stored));
    const watch = judged?.kind === 'watched' && method !== 'HEAD' ? judged.watch() : undefined;
    const whole = compression.kind === 'as-is' ? wholeOf(asked.response, method) : undefined;
    const arriving =
      whole === undefined ? compressResponse(watched(asked.response, watch), compression, compressor) : asked.response;
    if (whole !== undefined) watch?.see(whole);
    const { head } = arriving;
    if (method === 'HEAD' && work.stale !== undefined && judged?.kind !== 'refused') {
      const about = { stored: work.stale.response, head, behavior, distribution, request, requestTime, responseTime };
      const freshened = rules.applyHead(about);
      if (freshened !== undefined) void cache.renew(about.stored, freshened);
    }
    let notStored: string | undefined = storing.kind === 'pass' ? storing.reason : undefined;
    if (judged?.kind === 'refused') notStored = 'guard';
    const { largestObject, largestFill } = store.stats;
    const length = head.bodyLength ?? 0;
    if (notStored === undefined && length > Math.max(largestObject, largestFill)) notStored = 'too-large';
    const spill = notStored === undefined && length > LARGEST_HELD ? store.fill(length) : undefined;
    const mustHold = notStored === undefined && spill === undefined;
    if (mustHold && (length > largestObject || !retention.fits(length))) notStored = 'no-capacity';

    const described = work.method === 'HEAD' ? describedLength(head) : undefined;
    const kept = storing.kind === 'store' && notStored === undefined ? keptOf(storing.freshness) : undefined;
    const keep = (arrived: Arrived): Promise<void> | undefined => {
      if (kept === undefined || watch?.isClear === false) return undefined;
      const bodyLength = work.method === 'HEAD' ? (described ?? 0) : arrived.length;
      return keeping.keep(work, { ...kept, bodyLength }, arrived, banSequence, store);
    };
    function keptOf(freshness: Freshness): Kept['response'] {
      // Compression changes fields.
      const fields = head === answer && stored !== undefined ? stored : rules.storedFields(behavior, head, responseTime);
      return {
        distributionId: distribution.source.id,
        uri: work.uri,
        method: work.method,
        status: head.status,
        fields,
        bodyLength: described ?? head.bodyLength,
        freshness,
        tags: tagsOf(distribution, head.fields),
        banSequence,
        ...droppedNotes(head, fields),
        ...work.guard?.noteOn(head.status),
      };
    }
    let body: SharedBody;
    let first: BodyReader;
    if (whole === undefined) {
      const growing = createGrowingBody();
      body = growing;
      first = body.read();
      void pump(arriving, growing, notStored === undefined, spill, keep).finally(finished);
    } else {
      body = { isRetained: true, read: (from, to) => readBytes(whole, from, to) };
      first = body.read();
      keepWhole(whole, keep, finished);
    }
    return {
      kind: 'response',
      status: head.status,
      fields: head === answer ? relayed : rules.relayedFields(behavior, head, responseTime),
      bodyLength: work.method === 'HEAD' ? described : head.bodyLength,
      body,
      whole,
      first,
      notStored,
      isShareable: notStored === undefined && maySharePending(storing),
      cleared: watch?.early,
      kept: kept && { response: kept, bansChecked: banSequence },
      ...askedOf(asked),
    };
  };

  /** What is there already waits for nothing, unless what is in its place must be read first. */
  function keepWhole(bytes: Uint8Array, keep: (arrived: Arrived) => Promise<void> | undefined, finished: () => void): void {
    const length = bytes.byteLength;
    const keptLater = keep({ bytes, length, fill: undefined });
    if (keptLater === undefined) return finished();
    retention.hold(length);
    void keptLater
      .catch((error: unknown) => void asOriginFailure(error, report))
      .finally(() => {
        retention.free(length);
        finished();
      });
  }
}

function watched(response: OriginResponse, watch: BodyWatch | undefined): OriginResponse {
  return watch === undefined ? response : { ...response, body: watch.observe(response.body) };
}

/** The body, where nothing of it is to come and its length was announced, as viewers are told it. */
function wholeOf({ head, body }: OriginResponse, method: string): Uint8Array | undefined {
  return head.bodyLength === undefined || method === 'HEAD' ? undefined : body.whole;
}
