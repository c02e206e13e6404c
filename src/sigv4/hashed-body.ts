/**
 * A body that must have the hash its signature was made over: passed on while it is hashed, failed at its end when it differs.
 * Whoever stores it must therefore wait for the end. Why the hash is trusted was decided in verify.ts.
 */
import { createHash } from 'node:crypto';
import { EMPTY_PAYLOAD } from './canonical-request.ts';

/** `mismatch` makes the error that the reader of the stream gets. Null in, null out, unless an empty body is already wrong. */
export function hashedBody(
  body: ReadableStream<Uint8Array> | null,
  sha256: string,
  mismatch: (actual: string) => Error,
): ReadableStream<Uint8Array> | null {
  if (body === null) {
    if (sha256 !== EMPTY_PAYLOAD) throw mismatch(EMPTY_PAYLOAD);
    return null;
  }
  const hash = createHash('sha256');
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        hash.update(chunk);
        controller.enqueue(chunk);
      },
      flush(controller) {
        const actual = hash.digest('hex');
        if (actual !== sha256) controller.error(mismatch(actual));
      },
    }),
  );
}
