/**
 * A small body collected before the answer begins, so that it is sent with its Content-Length: the runtime's streamed bodies
 * lose theirs (docs/guides/limits.md). A body that dawdles is streamed after all; one that breaks off still breaks off.
 */
import type { Bytes, Duration } from '../../model/units.ts';
import type { AnswerBody } from '../answer.ts';
import type { BodyReader } from '../store-ports.ts';
import type { Clock } from '../ports.ts';

/** All `length` octets, or what is there after `patience` and the rest as a stream. Never rejects. */
export async function gather(reader: BodyReader, length: Bytes, clock: Clock, patience: Duration): Promise<AnswerBody> {
  const { cancel } = reader;
  const iterator = reader.chunks[Symbol.asyncIterator]();
  const bytes = new Uint8Array(length);
  let filled: Bytes = 0;
  const late = Promise.withResolvers<'late'>();
  const timer = clock.after(patience, () => late.resolve('late'));
  try {
    for (;;) {
      const next = iterator.next();
      const arrived = await Promise.race([next, late.promise]);
      if (arrived === 'late')
        return { kind: 'stream', length, chunks: rest(bytes.subarray(0, filled), () => next, iterator), cancel };
      if (arrived.done === true) {
        if (filled < length) throw new Error('the body is shorter than announced');
        return { kind: 'bytes', bytes };
      }
      bytes.set(arrived.value, filled);
      filled += arrived.value.byteLength;
    }
  } catch (error) {
    // The origin broke off: the viewer must see a broken response, not a short one.
    return {
      kind: 'stream',
      length,
      chunks: rest(bytes.subarray(0, filled), () => Promise.reject(asError(error)), iterator),
      cancel,
    };
  } finally {
    timer.cancel();
  }
}

async function* rest(
  before: Uint8Array,
  pending: () => Promise<IteratorResult<Uint8Array>>,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (before.byteLength > 0) yield before;
  for (let next = await pending(); next.done !== true; next = await iterator.next()) yield next.value;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
