/**
 * The Compressor port over node:zlib, whose coders work on the runtime's thread pool: a large body takes a core, never the event
 * loop. Coders hold memory for their windows: within a bound, beyond which the edge passes responses on as they are. Levels: CloudFront's are unpublished; these are what servers use for responses made on the fly.
 */
import { pipeline } from 'node:stream';
import { constants, createBrotliCompress, createGzip, type BrotliCompress } from 'node:zlib';
import type { Coding } from '../../core/origin-response/decide-compression.ts';
import type { Compressor } from '../../edge/ports.ts';
import { KIB, MIB, type Bytes } from '../../model/units.ts';

const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 4;
/** What a coder holds, about: zlib's documented 256 KiB, and what brotli was seen to take besides its window's copies. */
const GZIP_MEMORY: Bytes = 256 * KIB;
const BROTLI_MEMORY: Bytes = MIB;
const WINDOW_COPIES = 3;
/** RFC 7932 9.1: the window is 2^10 to 2^24 octets. 2^20 costs brotli little in size and a quarter of its usual memory. */
const SMALLEST_WINDOW = 10;
const LARGEST_WINDOW = 20;

export interface ZlibCompressorOptions {
  /** What all coders together may hold. */
  readonly memory?: Bytes;
}

export function createZlibCompressor({ memory = 256 * MIB }: ZlibCompressorOptions = {}): Compressor {
  let held: Bytes = 0;

  async function* compress(coding: Coding, body: AsyncIterable<Uint8Array>, length: Bytes): AsyncGenerator<Uint8Array> {
    const window = windowFor(length);
    const cost = coding === 'br' ? BROTLI_MEMORY + WINDOW_COPIES * 2 ** window : GZIP_MEMORY;
    held += cost;
    const coder = coding === 'br' ? brotli(length, window) : createGzip({ level: GZIP_LEVEL });
    try {
      // What goes wrong, on either side, destroys the coder with that very error, and so ends the loop below.
      pipeline(body, coder, () => {});
      // Copied out of the coder's buffer: the store keeps these octets, and would keep the whole buffer with them.
      for await (const chunk of coder) yield new Uint8Array(chunk as Uint8Array);
    } finally {
      coder.destroy();
      held -= cost;
    }
  }

  return {
    compress,
    get hasCapacity() {
      return held < memory;
    },
  };
}

/** The logarithm of brotli's window, no larger than the body needs. */
function windowFor(length: Bytes): number {
  return Math.min(Math.max(Math.ceil(Math.log2(Math.max(length, 1))) + 1, SMALLEST_WINDOW), LARGEST_WINDOW);
}

function brotli(length: Bytes, window: number): BrotliCompress {
  return createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: length,
      [constants.BROTLI_PARAM_LGWIN]: window,
    },
  });
}
