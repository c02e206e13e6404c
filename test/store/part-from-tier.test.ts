/** A part of a small object from the next tier, which may go in the middle of it. */
import { expect, test } from 'bun:test';
import { sampleRequest } from '../samples/distribution.ts';
import { sampleVisit } from '../samples/visit.ts';
import { storedResponse } from '../contracts/store.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import { createSizeAwareFifo } from '../../src/core/cache/size-aware-eviction.ts';
import { createCache } from '../../src/edge/cache.ts';
import { createKeeping } from '../../src/edge/fetching/keeping.ts';
import { createRetention } from '../../src/edge/fetching/retention.ts';
import type { FillWork } from '../../src/edge/fetching/fills.ts';
import { OriginFailure } from '../../src/edge/ports.ts';
import { createVariants } from '../../src/edge/variants.ts';
import { createAskNextTier } from '../../src/edge/tiers/ask-next-tier.ts';
import type { NextTier, TierReply } from '../../src/edge/tiers/next-tier.ts';

/** A small object that the next tier sends whole, in these pieces; an error is where it breaks off. */
async function* pieces(...sent: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of sent) {
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
}

function askNextTier(...sent: readonly (string | Error)[]) {
  const report = (message: string, cause: unknown): void => {
    throw new Error(message, { cause });
  };
  const clock = createVirtualClock();
  const store = createMemoryStore({ capacity: 1_000_000, eviction: createSizeAwareFifo });
  const cache = createCache({ store, clock, report });
  const keeping = createKeeping({ store, cache, variants: createVariants(cache) });
  const head: TierReply = {
    kind: 'reply',
    status: 200,
    fields: [],
    length: 6,
    follows: 'body',
    cache: { kind: 'hit', age: 0, remaining: 60 },
    answeredBy: 'cache',
    kept: { response: storedResponse('key', { bodyLength: 6 }), bansChecked: 0 },
  };
  const tier: NextTier = {
    isElsewhere: () => true,
    ask: async () => ({ head, body: { chunks: pieces(...sent), cancel: () => undefined } }),
    forget: async () => undefined,
  };
  const ports = { clock, tier, store, cache, keeping, retention: createRetention(1_000_000), snapshotVersion: () => 1, report };
  const request = sampleRequest({ fields: [['range', 'bytes=0-2']] });
  const visit = sampleVisit({ request, path: '/a' });
  const work: FillWork = { visit, key: 'key', uri: '/a', stale: undefined, validate: false, method: 'GET' };
  return { part: createAskNextTier(ports).forPart(work, 'uri-miss'), store };
}

test('a part of a small object brings the whole of it', async () => {
  const { part, store } = askNextTier('abc', 'def');
  expect((await part)?.body).toEqual({ kind: 'bytes', bytes: new Uint8Array(Buffer.from('abcdef')) });
  expect(store.get('key')).toBeDefined();
});

test('a next tier that goes in the middle of it leaves the viewer to the origin', async () => {
  const { part, store } = askNextTier('abc', new OriginFailure(502, 'OriginReadError', 'it has gone'));
  expect(await part).toBeUndefined();
  expect(store.get('key')).toBeUndefined();
});
