import { expect, test } from 'bun:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Compressor } from '../../edge/ports.ts';
import { createZlibCompressor } from './zlib-compressor.ts';

const SENTENCE = new TextEncoder().encode('The quick brown fox jumps over the lazy dog. ');

/** Repetitive enough to shrink, not so much that a lost chunk could hide. */
function text(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (SENTENCE[at % SENTENCE.length] ?? 0) ^ ((at >> 12) & 7);
  return bytes;
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const LENGTHS: readonly (readonly [coding: 'br' | 'gzip', length: number, chunk: number])[] = [
  ['gzip', 1000, 1000],
  ['gzip', 1_000_000, 65_536],
  ['gzip', 3000, 7],
  ['br', 1000, 1000],
  ['br', 1_000_000, 65_536],
  ['br', 3_000_000, 1_000_000],
];
test.each(LENGTHS)('%s of %d octets in pieces of %d decodes to the same and is smaller', async (coding, length, chunk) => {
  const original = text(length);
  const coded = await collect(createZlibCompressor().compress(coding, inChunks(original, chunk), length));
  expect(coded.byteLength).toBeLessThan(length / 2);
  const decoded = coding === 'br' ? brotliDecompressSync(coded) : gunzipSync(coded);
  expect(Buffer.compare(decoded, original)).toBe(0);
});

test('no chunk holds on to more memory than its octets', async () => {
  for await (const chunk of createZlibCompressor().compress('gzip', inChunks(text(5000), 5000), 5000)) {
    expect(chunk.buffer.byteLength).toBe(chunk.byteLength);
  }
});

test.each(['gzip', 'br'] as const)('%s: a body that breaks off rejects with its own error', async (coding) => {
  const broken = new Error('the origin broke off');
  async function* body(): AsyncGenerator<Uint8Array> {
    yield text(2000);
    throw broken;
  }
  const compressor = createZlibCompressor();
  const failure: unknown = await collect(compressor.compress(coding, body(), 4000)).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBe(broken);
  expect(compressor.hasCapacity).toBe(true);
});

test('whoever stops reading lets go of the body', async () => {
  const released = Promise.withResolvers<string>();
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield text(100_000);
    } finally {
      released.resolve('released');
    }
  }
  for await (const _ of createZlibCompressor().compress('gzip', body(), 10_000_000)) break;
  expect(await released.promise).toBe('released');
});

test('capacity is taken by what is being coded, and comes back', async () => {
  const compressor: Compressor = createZlibCompressor({ memory: 1 });
  const coded = compressor.compress('gzip', inChunks(text(2000), 500), 2000)[Symbol.asyncIterator]();
  expect(compressor.hasCapacity).toBe(true);
  await coded.next();
  expect(compressor.hasCapacity).toBe(false);
  while ((await coded.next()).done !== true);
  expect(compressor.hasCapacity).toBe(true);
});
