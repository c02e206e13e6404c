import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { createIncomingBody } from './incoming-body.ts';

const SIZES = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 3_900, max: 4_300 })), { maxLength: 20 });

test('what is pushed is read, in order, however it was cut; the reader’s taking is told to the octet', async () => {
  await fc.assert(
    fc.asyncProperty(SIZES, fc.boolean(), async (sizes, isReadMeanwhile) => {
      let taken = 0;
      const incoming = createIncomingBody(undefined, { taken: (octets) => (taken += octets) });
      const reader = incoming.body.chunks[Symbol.asyncIterator]();
      const read: number[] = [];
      const sent: number[] = [];
      for (const [number, size] of sizes.entries()) {
        const piece = new Uint8Array(size).fill(number);
        sent.push(...piece);
        incoming.push(piece);
        // Octets are valid during the call only.
        piece.fill(255);
        if (isReadMeanwhile && number % 3 === 0) read.push(...((await reader.next()).value as Uint8Array));
        expect(incoming.waiting + taken).toBe(sent.length);
      }
      incoming.end();
      for (let next = await reader.next(); next.done !== true; next = await reader.next()) read.push(...next.value);
      expect([read, taken, incoming.waiting]).toEqual([sent, sent.length, 0]);
    }),
    { numRuns: 15 },
  );
});

test('small pieces that wait take few pieces', async () => {
  const incoming = createIncomingBody(undefined, { taken: () => undefined });
  for (let count = 0; count < 9_000; count++) incoming.push(Uint8Array.of(1));
  incoming.end();
  let pieces = 0;
  for await (const _ of incoming.body.chunks) pieces += 1;
  expect(pieces).toBe(4);
});
