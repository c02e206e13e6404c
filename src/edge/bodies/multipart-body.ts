/**
 * A multipart/byteranges body read part by part, from a body in memory, on disk or still arriving. What it says is made in
 * core/viewer-response/multipart-ranges.ts.
 */
import type { MultipartRanges } from '../../core/viewer-response/multipart-ranges.ts';
import type { BodyReader } from './growing-body.ts';
import type { ReplyBody } from '../visit.ts';

/** The body's reader. Parts are opened at once, since a body that is passing by keeps only what somebody will read. */
export function readMultipart(
  body: Exclude<ReplyBody, { kind: 'none' | 'tunnel' }>,
  { parts, end }: MultipartRanges,
): BodyReader {
  const readers = parts.map(({ range }) =>
    body.kind === 'bytes' ? inMemory(body.bytes.subarray(range.first, range.last + 1)) : body.open(range.first, range.last),
  );
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const [index, { head }] of parts.entries()) {
      yield Buffer.from(head, 'latin1');
      const reader = readers[index];
      if (reader !== undefined) yield* reader.chunks;
    }
    yield Buffer.from(end, 'latin1');
  }
  return {
    chunks: chunks(),
    cancel() {
      for (const reader of readers) reader.cancel();
    },
  };
}

function inMemory(bytes: Uint8Array): BodyReader {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return { chunks: chunks(), cancel: () => undefined };
}
