import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { peekBody } from './peek-body.ts';

async function* sent(chunks: readonly Uint8Array[], end?: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    end?.();
  }
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

test('however it comes, the beginning is seen and all of it is passed on', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat({ max: 200 }), async (chunks, limit) => {
      const whole = Buffer.concat(chunks);
      const peeked = await peekBody({ kind: 'stream', length: undefined, chunks: sent(chunks) }, limit);
      if (peeked.body.kind !== 'stream') return false;
      const passed = await all(peeked.body.chunks);
      return (
        Buffer.from(peeked.head).equals(whole.subarray(0, limit)) &&
        peeked.isLarger === whole.length > limit &&
        passed.equals(whole)
      );
    }),
  );
});

test('no more is read than is asked for, and who is not wanted is told', async () => {
  let ended = false;
  let asked = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        asked += 1;
        yield new Uint8Array(10);
      }
    } finally {
      ended = true;
    }
  }
  const peeked = await peekBody({ kind: 'stream', length: undefined, chunks: endless() }, 25);
  expect([peeked.head.byteLength, peeked.isLarger, asked]).toEqual([25, true, 3]);
  peeked.discard();
  await Promise.resolve();
  expect(ended).toBe(true);
});

test('a body that breaks off before its end breaks the look', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3);
    throw new Error('gone');
  }
  await expect(peekBody({ kind: 'stream', length: undefined, chunks: broken() }, 10)).rejects.toThrow('gone');
});
