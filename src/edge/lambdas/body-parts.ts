/**
 * Bodies as functions have to do with them: the beginning of a request's body, read ahead and still sent whole; and what a function gave, as
 * octets. How much is shown and what may be given is decided in core/lambda-edge/lambda-bodies.ts.
 */
import type { GivenBody } from '../../core/lambda-edge/lambda-bodies.ts';
import type { LambdaBody } from '../../core/lambda-edge/lambda-event.ts';
import type { Bytes } from '../../model/units.ts';
import { peekBody } from '../bodies/peek-body.ts';
import type { RequestBody } from '../ports.ts';

export interface ShownBody {
  readonly shown: LambdaBody;
  /** All of it, from the first octet on. */
  readonly body: RequestBody;
}

/** The first `most` octets; undefined where the body breaks off before. */
export async function showBody(body: RequestBody, most: Bytes): Promise<ShownBody | undefined> {
  if (body.kind === 'none') return { shown: shownBody(new Uint8Array(), false), body };
  const peeked = await peekBody(body, most).catch(() => undefined);
  return peeked && { shown: shownBody(peeked.head, peeked.isLarger), body: peeked.body };
}

function shownBody(octets: Uint8Array, inputTruncated: boolean): LambdaBody {
  return { inputTruncated, action: 'read-only', encoding: 'base64', data: octets.toBase64() };
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
