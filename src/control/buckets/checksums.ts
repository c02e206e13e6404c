/**
 * The checksums S3 clients send with a body and read back with it, computed as the bytes pass.
 * S3 user guide, "Checking object integrity". Which of them a request asked for, and what a mismatch means, is decided by
 * the S3 operations; nothing here is kept.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** A running digest. `digest` ends it. */
export interface Digest {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array;
}

/** A fresh digest; the CRCs end as big-endian bytes, as S3 encodes them. */
export function newDigest(algorithm: ChecksumAlgorithm | 'MD5'): Digest {
  switch (algorithm) {
    case 'CRC32':
      return crc32Digest();
    case 'CRC32C':
      return crc32cDigest();
    case 'CRC64NVME':
      return crc64nvmeDigest();
    case 'SHA1':
    case 'SHA256':
    case 'MD5':
      return hashDigest(algorithm.toLowerCase());
  }
}

function hashDigest(name: string): Digest {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
}

function crc32Digest(): Digest {
  let crc = 0;
  return {
    update: (chunk) => {
      crc = crc32(chunk, crc);
    },
    digest: () => bigEndian([crc]),
  };
}

/** RFC 3720 appendix B.4: Castagnoli, reflected. */
const CRC32C_TABLE = reflectedTable(0x82f63b78n, 32).low;

function crc32cDigest(): Digest {
  let crc = 0xffffffff;
  return {
    update: (chunk) => {
      for (const byte of chunk) crc = (CRC32C_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    },
    digest: () => bigEndian([~crc >>> 0]),
  };
}

/** NVM Express NVM command set 5.2.1.3.4: polynomial 0xad93d23594c93659, reflected. */
const CRC64NVME_TABLE = reflectedTable(0x9a6c9329ac4bc9b5n, 64);

function crc64nvmeDigest(): Digest {
  const { high: highs, low: lows } = CRC64NVME_TABLE;
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update: (chunk) => {
      for (const byte of chunk) {
        const row = (low ^ byte) & 0xff;
        low = (lows[row] as number) ^ ((low >>> 8) | (high << 24));
        high = (highs[row] as number) ^ (high >>> 8);
      }
    },
    digest: () => bigEndian([~high >>> 0, ~low >>> 0]),
  };
}

/** The 256 steps of a reflected CRC, as 32-bit halves: a bigint for each byte would cost a hundred times more. */
function reflectedTable(polynomial: bigint, width: 32 | 64): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    low[byte] = Number(crc & 0xffffffffn);
    if (width === 64) high[byte] = Number(crc >> 32n);
  }
  return { high, low };
}

function bigEndian(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(i * 4, word));
  return bytes;
}
