/**
 * Octets that are held, read as a body is read that is still on its way.
 */
import type { Bytes } from '../../model/units.ts';
import type { BodyReader } from '../store-ports.ts';

/** Octets `first` to `last`, inclusive, or all, in one piece. */
export function readBytes(bytes: Uint8Array, first: Bytes = 0, last: Bytes = bytes.byteLength - 1): BodyReader {
  async function* once(): AsyncGenerator<Uint8Array> {
    yield first === 0 && last === bytes.byteLength - 1 ? bytes : bytes.subarray(first, last + 1);
  }
  // Nothing is made for who does not read.
  return { chunks: { [Symbol.asyncIterator]: once }, cancel: () => undefined };
}
