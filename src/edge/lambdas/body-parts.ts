/**
 * Bodies as functions have to do with them: the beginning of a request's body, read ahead and still sent whole; and what a function gave, as
 * octets. How much is shown and what may be given is decided in core/lambda-edge/lambda-bodies.ts.
 */
import type { GivenBody } from '../../core/lambda-edge/lambda-bodies.ts';
import type { LambdaBody } from '../../core/lambda-edge/lambda-event.ts';
import type { Bytes } from '../../model/units.ts';
import type { RequestBody } from '../ports.ts';

export interface ShownBody {
  readonly shown: LambdaBody;
  /** The same body, from its beginning. */
  readonly body: RequestBody;
}

/** Rejects with what reading it throws. */
export async function showBody(body: RequestBody, most: Bytes): Promise<ShownBody> {
  if (body.kind === 'none') return { shown: shownBody([], false), body };
  const iterator = body.chunks[Symbol.asyncIterator]();
  const ahead: Uint8Array[] = [];
  let length = 0;
  let isDone = false;
  while (!isDone && length <= most) {
    const step = await iterator.next();
    isDone = step.done === true;
    if (step.done === true) break;
    ahead.push(step.value);
    length += step.value.byteLength;
  }
  const shown = shownBody([Buffer.concat(ahead).subarray(0, most)], length > most);
  return { shown, body: { ...body, chunks: continued(ahead, isDone ? undefined : iterator) } };
}

function shownBody(chunks: readonly Uint8Array[], inputTruncated: boolean): LambdaBody {
  return { inputTruncated, action: 'read-only', encoding: 'base64', data: Buffer.concat(chunks).toString('base64') };
}

async function* continued(
  ahead: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* ahead;
  if (rest === undefined) return;
  try {
    for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}

export function octetsOf({ encoding, data }: GivenBody): Uint8Array {
  return encoding === 'base64' ? Uint8Array.fromBase64(data) : new TextEncoder().encode(data);
}

export function bodyOf(octets: Uint8Array): RequestBody {
  return { kind: 'stream', length: octets.byteLength, chunks: once(octets) };
}

export async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  if (octets.byteLength > 0) yield octets;
}
