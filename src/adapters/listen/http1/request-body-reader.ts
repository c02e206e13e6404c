/**
 * Where a request's body ends: RFC 9112 6.2 (Content-Length) and 7.1 (chunked). What its octets are for is the edge's.
 */
import { createChunkedDecoder } from '../../../http/chunked-decoder.ts';
import type { Bytes } from '../../../model/units.ts';

export interface RequestBodyReader {
  /** Hands over the octets of the body, views into `octets`. Returns where it stopped, or what is wrong with the framing. */
  read(octets: Uint8Array, piece: (octets: Uint8Array) => void): number | string;
  readonly isDone: boolean;
  /** Octets still to come; undefined where only the chunks will tell. */
  readonly left: Bytes | undefined;
}

/** `length` is undefined for a chunked body. */
export function createRequestBodyReader(length: Bytes | undefined): RequestBodyReader {
  return length === undefined ? chunkedReader() : countedReader(length);
}

function countedReader(length: Bytes): RequestBodyReader {
  let left = length;
  return {
    read(octets, piece) {
      const end = Math.min(octets.byteLength, left);
      left -= end;
      piece(octets.subarray(0, end));
      return end;
    },
    get isDone() {
      return left === 0;
    },
    get left() {
      return left;
    },
  };
}

function chunkedReader(): RequestBodyReader {
  const decoder = createChunkedDecoder();
  return {
    read(octets, piece) {
      const end = decoder.read(octets, 0, piece);
      return typeof end === 'number' ? end : end.message;
    },
    get isDone() {
      return decoder.isDone;
    },
    left: undefined,
  };
}
