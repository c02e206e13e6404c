/**
 * The beginning of a viewer's body, read before it is known whether the rest is wanted; whoever passes the body on afterwards passes on all of
 * it. Bounded: the octets asked for, and the piece in which they end. Who looks at it: edge/waf, encrypt-fields.ts.
 */
import type { Bytes } from '../../model/units.ts';
import type { RequestBody } from '../ports.ts';

export interface PeekedBody {
  /** At most `limit` octets. */
  readonly head: Uint8Array;
  /** There is more of it. */
  readonly isLarger: boolean;
  /** All of it, from the first octet on. */
  readonly body: RequestBody;
  /** Nobody wants it: the rest is not read. */
  discard(): void;
}

/** Rejects when the body breaks off before its end or the limit. */
export async function peekBody(body: Extract<RequestBody, { kind: 'stream' }>, limit: Bytes): Promise<PeekedBody> {
  const iterator = body.chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let size: Bytes = 0;
  let isEnded = false;
  while (size <= limit && !isEnded) {
    const next = await iterator.next();
    if (next.done === true) isEnded = true;
    else {
      read.push(next.value);
      size += next.value.byteLength;
    }
  }
  return {
    head: joined(read, Math.min(size, limit)),
    isLarger: size > limit,
    body: { ...body, chunks: replay(read, isEnded ? undefined : iterator) },
    discard: () => void iterator.return?.(),
  };
}

async function* replay(read: readonly Uint8Array[], rest: AsyncIterator<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* read;
    if (rest === undefined) return;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest?.return?.();
  }
}

function joined(chunks: readonly Uint8Array[], length: Bytes): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - at);
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
