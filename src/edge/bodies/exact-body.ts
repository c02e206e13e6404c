/**
 * A part's body held to what its Content-Range says of it: the origin may have framed it without a length, and a lie must neither be
 * stored nor joined with other parts. A declared Content-Length is held against the body by the origin client, against the range by
 * core/cache/judge-part.ts.
 */
import type { Bytes } from '../../model/units.ts';
import { OriginFailure } from '../ports.ts';

/** The chunks, which break off where there are more octets than `length`, or fewer. */
export async function* exactly(chunks: AsyncIterable<Uint8Array>, length: Bytes): AsyncGenerator<Uint8Array> {
  let counted: Bytes = 0;
  for await (const chunk of chunks) {
    counted += chunk.byteLength;
    if (counted > length) throw wrongLength('more');
    yield chunk;
  }
  if (counted < length) throw wrongLength('fewer');
}

function wrongLength(than: 'more' | 'fewer'): OriginFailure {
  return new OriginFailure(502, 'OriginContentRangeLengthError', `the origin sent ${than} octets than its Content-Range says`);
}
