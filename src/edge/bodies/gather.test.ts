import { expect, test } from 'bun:test';
import { gather } from './gather.ts';
import type { Clock } from '../ports.ts';

/** Nobody's patience ends here. */
const STANDING: Clock = { now: () => 0, after: () => ({ cancel: () => undefined }) };

async function* of(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield new TextEncoder().encode(piece);
}

test.each<[name: string, pieces: readonly string[], want: 'bytes' | 'stream']>([
  ['all octets at once', ['abcd'], 'bytes'],
  ['all octets in pieces', ['ab', 'cd'], 'bytes'],
  ['no octet', [], 'stream'],
  ['fewer octets than announced', ['ab'], 'stream'],
  ['more octets than announced', ['abc', 'de'], 'stream'],
])('%s', async (_, pieces, want) => {
  const reader = { chunks: of(...pieces), cancel: () => undefined };
  const body = await gather(reader, 4, STANDING, 100);
  expect(body.kind).toBe(want);
  if (body.kind === 'bytes') expect(new TextDecoder().decode(body.bytes)).toBe('abcd');
  // What is not as long as announced breaks off, and is never filled up.
  else if (body.kind === 'stream') await expect(Array.fromAsync(body.chunks)).rejects.toThrow();
});
