/**
 * The BodyTexts port over node:zlib: the beginning of a body as text, for the guard to look through. In one go: it is a few hundred
 * kilobytes at most, and a body that would inflate to more is read up to there.
 */
import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { BodyTexts } from '../../edge/ports.ts';
import type { Bytes } from '../../model/units.ts';
import { errorCode } from '../../model/error-code.ts';

type Decode = (octets: Uint8Array, limit: Bytes) => Uint8Array;

/** RFC 9110 8.4.1. */
const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', unzip],
  ['x-gzip', unzip],
  ['deflate', (octets, limit) => inflateSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit })],
  [
    'br',
    (octets, limit) => brotliDecompressSync(octets, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: limit }),
  ],
  ['zstd', (octets, limit) => zstdDecompressSync(octets, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: limit })],
]);

/** Ours: pages inflate to less than so many times the limit. Of what inflates to more, a beginning is sought that does not, for so long. */
const MOST_INFLATION = 8;
const MOST_TRIES = 12;

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

/** As much of the beginning as gives the limit, or a little less: decoders give all of what they are given, or nothing. */
function decode(octets: Uint8Array, coding: string, limit: Bytes): Uint8Array | undefined {
  const decoder = DECODERS.get(coding.trim().toLowerCase());
  if (decoder === undefined) return undefined;
  let decoded: Uint8Array | undefined;
  let enough: Bytes = 0;
  let tooMuch: Bytes = octets.byteLength + 1;
  let length: Bytes = octets.byteLength;
  for (let tries = 0; tries < MOST_TRIES && length > enough; tries += 1) {
    try {
      decoded = decoder(octets.subarray(0, length), limit * MOST_INFLATION);
      if (decoded.byteLength >= limit) return decoded;
      enough = length;
    } catch (error) {
      // Damaged: nothing that could be looked through.
      if (!isTooMuch(error)) return undefined;
      tooMuch = length;
    }
    length = enough === 0 ? Math.floor(tooMuch / MOST_INFLATION) : Math.floor((enough + tooMuch) / 2);
  }
  return decoded;
}

function isTooMuch(error: unknown): boolean {
  return errorCode(error) === 'ERR_BUFFER_TOO_LARGE';
}

function unzip(octets: Uint8Array, limit: Bytes): Uint8Array {
  return gunzipSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit });
}
