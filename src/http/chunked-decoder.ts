/**
 * The chunked transfer coding undone as octets arrive, for requests and responses alike: RFC 9112 7.1. Chunk extensions mean nothing to us
 * and are dropped (7.1.1), trailers are checked and dropped (RFC 9110 6.5.1). Strict where two readers could find different ends.
 */
import type { Bytes } from '../model/units.ts';
import { parseFieldLine } from './field-line.ts';

/** Ours: bounds what each chunk's extensions may cost. */
const MAX_CHUNK_LINE: Bytes = 1_024;
/** CloudFront's bound on a header section; ours on trailers. Lines count with their CRLF. */
const MAX_TRAILERS: Bytes = 32_768;
/** Ours: this bounds the work that one section can cause. */
const MAX_TRAILER_COUNT = 1_000;

const CR = 13;
const LF = 10;
/** Hexadecimal size, then extensions. Thirteen digits stay exact in a double. */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

export interface ChunkFault {
  readonly kind: 'fault';
  readonly reason: 'invalid' | 'too-big';
  /** Completes the sentence "The message is refused: ...". */
  readonly message: string;
}

export interface ChunkedDecoder {
  /**
   * Reads `bytes` from `at` on and hands over each piece of the body, a view into them. Returns where it stopped: at their end, or
   * behind the end of the body. After a fault it must not be asked again.
   */
  read(bytes: Uint8Array, at: number, piece: (octets: Uint8Array) => void): number | ChunkFault;
  /** The last chunk and its trailers have been read. */
  readonly isDone: boolean;
}

export function createChunkedDecoder(): ChunkedDecoder {
  let stage: 'size' | 'octets' | 'after' | 'trailers' | 'done' = 'size';
  let left: Bytes = 0;
  let partial = '';
  let trailerBytes: Bytes = 0;
  let trailerCount = 0;

  /** What is wrong with a whole line, or undefined. */
  function acceptLine(text: string): ChunkFault | undefined {
    if (stage === 'after') stage = 'size';
    else if (stage === 'size') return acceptSize(text);
    else if (text === '') stage = 'done';
    else return acceptTrailer(text);
    return undefined;
  }

  function acceptSize(text: string): ChunkFault | undefined {
    const matched = CHUNK_LINE.exec(text);
    if (matched === null) return fault("a chunk's size line is not valid");
    left = parseInt(matched[1] ?? '', 16);
    stage = left > 0 ? 'octets' : 'trailers';
    return undefined;
  }

  function acceptTrailer(text: string): ChunkFault | undefined {
    trailerBytes += text.length + 2;
    trailerCount += 1;
    if (trailerCount > MAX_TRAILER_COUNT) return fault(`it has more than ${MAX_TRAILER_COUNT} header lines`, 'too-big');
    // Trailers may be dropped; a malformed one still means that we have lost our place.
    return typeof parseFieldLine(text) === 'string' ? fault('a trailer line is not valid') : undefined;
  }

  function lineLimit(): Bytes {
    if (stage === 'size') return MAX_CHUNK_LINE;
    return stage === 'after' ? 0 : Math.max(0, MAX_TRAILERS - trailerBytes - 2);
  }

  function overLimit(): ChunkFault {
    if (stage === 'size') return fault(`a chunk's size line is longer than ${MAX_CHUNK_LINE} bytes`);
    if (stage === 'after') return fault('a chunk is longer than its size says');
    return fault(`its header section is larger than ${MAX_TRAILERS} bytes`, 'too-big');
  }

  function readLine(bytes: Uint8Array, at: number): number | ChunkFault {
    const end = bytes.indexOf(LF, at);
    const limit = lineLimit();
    // Whatever is beyond the limit is refused, so that no more of it need be decoded.
    const seen = bytes.subarray(at, Math.min(end < 0 ? bytes.length : end, at + limit + 2));
    partial += String.fromCharCode.apply(undefined, seen as unknown as number[]);
    const endsWithCr = partial.charCodeAt(partial.length - 1) === CR;
    const length = endsWithCr ? partial.length - 1 : partial.length;
    if (length > limit) return overLimit();
    if (end < 0) return bytes.length;
    // RFC 9112 2.2: a bare CR is invalid; Ours: so is a bare LF, which two readers could take differently.
    const text = partial.slice(0, length);
    if (!endsWithCr || text.includes('\r')) return fault('a line does not end with CR LF');
    partial = '';
    return acceptLine(text) ?? end + 1;
  }

  return {
    read(bytes, from, piece) {
      let at = from;
      while (at < bytes.length && stage !== 'done') {
        if (stage === 'octets') {
          const end = Math.min(bytes.length, at + left);
          piece(bytes.subarray(at, end));
          left -= end - at;
          at = end;
          if (left === 0) stage = 'after';
          continue;
        }
        const next = readLine(bytes, at);
        if (typeof next !== 'number') return next;
        at = next;
      }
      return at;
    },
    get isDone() {
      return stage === 'done';
    },
  };
}

function fault(message: string, reason: ChunkFault['reason'] = 'invalid'): ChunkFault {
  return { kind: 'fault', reason, message };
}
