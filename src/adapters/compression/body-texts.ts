/**
 * The BodyTexts port over node:zlib: the beginning of a body as text, for the guard to look through. In one go: it is a few hundred
 * kilobytes at most, and a body that would inflate to more is read up to there.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { BodyTexts } from '../../edge/ports.ts';
import type { Bytes } from '../../model/units.ts';

/** RFC 9110 8.4.1. */
const DECODERS: Readonly<Record<string, (octets: Uint8Array, limit: Bytes) => Uint8Array>> = {
  gzip: unzip,
  'x-gzip': unzip,
  deflate: (octets, limit) => inflateSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit }),
  br: (octets, limit) => brotliDecompressSync(octets, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: limit }),
  zstd: (octets, limit) => zstdDecompressSync(octets, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: limit }),
};

/** Ours: text inflates to less than this many times its size; what does not is no page. */
const MOST_INFLATION = 8;

export function createBodyTexts(): BodyTexts {
  return {
    read(chunks, coding, limit) {
      const octets = Buffer.concat(chunks);
      const plain = coding === undefined || coding === 'identity' ? octets : decode(octets, coding, limit);
      return plain === undefined
        ? undefined
        : Buffer.from(plain.buffer, plain.byteOffset, Math.min(plain.byteLength, limit)).toString('latin1');
    },
  };
}

function decode(octets: Uint8Array, coding: string, limit: Bytes): Uint8Array | undefined {
  const decoder = DECODERS[coding.trim().toLowerCase()];
  if (decoder === undefined) return undefined;
  try {
    return decoder(octets, limit * MOST_INFLATION);
  } catch {
    // Damaged, or no text: nothing that could be looked through.
    return undefined;
  }
}

function unzip(octets: Uint8Array, limit: Bytes): Uint8Array {
  return gunzipSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit });
}
