/**
 * The Compressor port over node:zlib, whose coders work on the runtime's thread pool: a large body takes a core, never the event
 * loop. At most so many bodies at once, since each coder holds memory for its window; the edge passes on as they are what comes
 * beyond that. Levels: CloudFront's are unpublished; these are what servers use for responses made on the fly.
 */
import { pipeline } from 'node:stream';
import { constants, createBrotliCompress, createGzip, type BrotliCompress } from 'node:zlib';
import type { Coding } from '../../core/origin-response/decide-compression.ts';
import type { Compressor } from '../../edge/ports.ts';
import type { Bytes } from '../../model/units.ts';

const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 4;
/** RFC 7932 9.1: the window is 2^10 to 2^24 octets. 2^20 costs brotli little in size and a quarter of its usual memory. */
const SMALLEST_WINDOW = 10;
const LARGEST_WINDOW = 20;

export interface ZlibCompressorOptions {
  /** Bodies coded at the same time. */
  readonly atOnce?: number;
}

export function createZlibCompressor({ atOnce = 64 }: ZlibCompressorOptions = {}): Compressor {
  let running = 0;

  async function* compress(coding: Coding, body: AsyncIterable<Uint8Array>, length: Bytes): AsyncGenerator<Uint8Array> {
    running += 1;
    const coder = coding === 'br' ? brotli(length) : createGzip({ level: GZIP_LEVEL });
    try {
      // What goes wrong, on either side, destroys the coder with that very error, and so ends the loop below.
      pipeline(body, coder, () => {});
      // Copied out of the coder's buffer: the store keeps these octets, and would keep the whole buffer with them.
      for await (const chunk of coder) yield new Uint8Array(chunk as Uint8Array);
    } finally {
      coder.destroy();
      running -= 1;
    }
  }

  return {
    compress,
    get hasCapacity() {
      return running < atOnce;
    },
  };
}

function brotli(length: Bytes): BrotliCompress {
  const window = Math.ceil(Math.log2(Math.max(length, 1))) + 1;
  return createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: length,
      [constants.BROTLI_PARAM_LGWIN]: Math.min(Math.max(window, SMALLEST_WINDOW), LARGEST_WINDOW),
    },
  });
}
