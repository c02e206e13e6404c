/**
 * How one stored response lies in a segment of the disk store, with its body where that is small:
 *
 *   magic u32 | check u32 | fingerprint f64 | head length u32 | body length u32 | head (JSON) | body
 *
 * little-endian; `check` is the CRC-32 of everything after it, so that a torn, flipped or misplaced record is never taken for an
 * object. Large bodies lie in files of their own (body-files.ts); their head names the file.
 */
import { crc32 } from 'node:zlib';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Bytes } from '../../model/units.ts';

const MAGIC = 0x31304657;
const HEADER: Bytes = 24;

export interface DiskRecord {
  readonly response: StoredResponse;
  /** The body, or the number of the file that has it. */
  readonly body: Uint8Array | number;
}

interface Head {
  readonly response: StoredResponse;
  readonly file?: number;
}

/** 53 bits that stand for the key. A stranger with the same ones is told apart by the key in the head. */
export function fingerprintOf(key: string): number {
  // One request asks for its key several times.
  if (key !== lastKey) {
    lastKey = key;
    lastFingerprint = Number(Bun.hash.xxHash3(key) >> 11n);
  }
  return lastFingerprint;
}

let lastKey: string | undefined;
let lastFingerprint = 0;

export function encodeRecord(fingerprint: number, { response, body }: DiskRecord): Uint8Array {
  const inline = typeof body === 'number' ? EMPTY : body;
  const head: Head = typeof body === 'number' ? { response, file: body } : { response };
  const text = JSON.stringify(head);
  const headLength = Buffer.byteLength(text);
  const record = Buffer.allocUnsafe(HEADER + headLength + inline.byteLength);
  record.writeUInt32LE(MAGIC, 0);
  record.writeDoubleLE(fingerprint, 8);
  record.writeUInt32LE(headLength, 16);
  record.writeUInt32LE(inline.byteLength, 20);
  record.write(text, HEADER);
  record.set(inline, HEADER + headLength);
  record.writeUInt32LE(crc32(record.subarray(8)), 4);
  return record;
}

/** Undefined when the octets are not one whole record of this fingerprint. The body is a view. */
export function decodeRecord(fingerprint: number, record: Buffer): DiskRecord | undefined {
  if (recordLength(record) !== record.byteLength || record.readDoubleLE(8) !== fingerprint) return undefined;
  if (crc32(record.subarray(8)) !== record.readUInt32LE(4)) return undefined;
  const headEnd = HEADER + record.readUInt32LE(16);
  // What the check covers was written by encodeRecord.
  const { response, file } = JSON.parse(record.toString('utf8', HEADER, headEnd)) as Head;
  return { response, body: file ?? record.subarray(headEnd) };
}

/** The length of the record that begins here, as its header says; undefined where none begins. */
function recordLength(bytes: Buffer): Bytes | undefined {
  if (bytes.byteLength < HEADER || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  return HEADER + bytes.readUInt32LE(16) + bytes.readUInt32LE(20);
}

const EMPTY = new Uint8Array(0);
