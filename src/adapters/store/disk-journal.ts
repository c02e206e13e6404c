/**
 * The journal of the disk store's index: entries of 40 octets, appended in the order of what happened, each with its own check.
 *
 *   check u32 | kind u8 | 0 u24 | fingerprint or sequence f64 | segment u32 | offset u32 | length u32 | file u32 | file length f64
 *
 * Opening replays it: a torn end is what a killed process leaves and is cut off; a damaged entry is dropped alone. It is written
 * anew when most of it has been overtaken. What lies in a segment must be there before its entry is appended (disk-store.ts).
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Bytes } from '../../model/units.ts';
import { isMissing, openDiskFile, removeFile, type DiskFile } from './disk-file.ts';
import type { DiskIndex, Location } from './disk-index.ts';

const ENTRY: Bytes = 40;
const PUT = 1;
const DELETE = 2;
const CHECKED = 3;

/** Written anew beyond this many entries for each object, and beyond a floor that keeps small stores from being busy with it. */
const MOST_ENTRIES = 1.5;
const FLOOR_ENTRIES = 2048;
/** Entries copied at a time while it is written anew; requests are served between two slices. */
const SLICE = 8192;

/** What the journal takes at most for each object, and whatever there is: the old one and the new one beside it. */
export const JOURNAL_PER_OBJECT: Bytes = Math.ceil((MOST_ENTRIES + 1) * ENTRY);
export const JOURNAL_FLOOR: Bytes = 2 * FLOOR_ENTRIES * ENTRY;

export interface Journal {
  put(fingerprint: number, location: Location): void;
  delete(fingerprint: number): void;
  /** Every object was checked against all bans up to this one. */
  checkedThrough(sequence: number): void;
  /** Resolves when all that was said before is in the file; rejects when it could not be written. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

export interface Replayed {
  readonly checkedThrough: number;
  /** Entries that were not what had been written. */
  readonly damaged: number;
}

/** Fills `index` from the journal in `directory`; a missing one is an empty one. */
export async function replayJournal(directory: string, index: DiskIndex): Promise<Replayed> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const bytes = await readFile(journalPath(directory)).catch((error: unknown) => {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  });
  let checkedThrough = 0;
  let damaged = 0;
  for (let at = 0; at + ENTRY <= bytes.byteLength; at += ENTRY) {
    const entry = bytes.subarray(at, at + ENTRY);
    if (crc32(entry.subarray(4)) !== entry.readUInt32LE(0)) {
      damaged += 1;
      continue;
    }
    const kind = entry.readUInt8(4);
    const number = entry.readDoubleLE(8);
    if (kind === PUT) index.set(number, readLocation(entry));
    else if (kind === DELETE) index.delete(number);
    else if (kind === CHECKED) checkedThrough = number;
  }
  // What a lost entry said may have been that an object was forgotten: all of them are checked again.
  return { checkedThrough: damaged > 0 ? 0 : checkedThrough, damaged };
}

/** Goes on from what `index` holds, in a new file. `failed` is told once for each write that could not be done. */
export async function startJournal(
  directory: string,
  index: DiskIndex,
  checked: number,
  failed: (error: unknown) => void,
): Promise<Journal> {
  let checkedSequence = checked;
  let generation = await rewritten();
  let next: Generation | undefined;
  let isRewriting = false;
  /** After one that failed, not before as much again has been said. */
  let patience = 0;

  /** A file with all that the index holds. What is said meanwhile goes to it too, after what it overtakes. */
  async function rewritten(started?: (fresh: Generation) => void): Promise<Generation> {
    const path = `${journalPath(directory)}.new`;
    await removeFile(path);
    const file = await openDiskFile(path, 'wx+');
    try {
      const fresh = createGeneration(file);
      started?.(fresh);
      fresh.append(encode(CHECKED, checkedSequence));
      for (let from = 0; from < index.slots; from += SLICE) {
        for (const [fingerprint, location] of index.slice(from, from + SLICE)) fresh.append(encode(PUT, fingerprint, location));
        await fresh.flushed();
      }
      await fresh.flushed();
      await rename(path, journalPath(directory));
      return fresh;
    } catch (error) {
      file.release();
      throw error;
    }
  }

  function say(entry: Buffer): void {
    generation.append(entry);
    next?.append(entry);
    if (!generation.isWriting) void generation.flushed().catch(failed);
    const most = Math.max(MOST_ENTRIES * index.size + FLOOR_ENTRIES, patience);
    if (!isRewriting && generation.entries > most) void rewrite();
  }

  async function rewrite(): Promise<void> {
    isRewriting = true;
    try {
      const fresh = await rewritten((started) => {
        next = started;
      });
      const old = generation;
      generation = fresh;
      next = undefined;
      patience = 0;
      await fresh.flushed();
      await old.close();
    } catch (error) {
      next = undefined;
      patience = 2 * generation.entries;
      failed(error);
    } finally {
      isRewriting = false;
    }
  }

  return {
    put: (fingerprint, location) => say(encode(PUT, fingerprint, location)),
    delete: (fingerprint) => say(encode(DELETE, fingerprint)),
    checkedThrough(sequence) {
      checkedSequence = sequence;
      say(encode(CHECKED, sequence));
    },
    flushed: () => generation.flushed(),
    close: () => generation.close(),
  };
}

interface Generation {
  readonly entries: number;
  /** What is appended now is written, too. */
  readonly isWriting: boolean;
  append(entry: Buffer): void;
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/** One file. Entries gather while a write is under way and go together in the next; a write that failed is done again in place. */
function createGeneration(file: DiskFile): Generation {
  let waiting: Buffer[] = [];
  let entries = 0;
  let written = 0;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    try {
      // What is said in the same turn goes together.
      await Promise.resolve();
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        try {
          await file.write(Buffer.concat(batch), written * ENTRY);
        } catch (error) {
          waiting = [...batch, ...waiting];
          throw error;
        }
        written += batch.length;
      }
    } finally {
      writing = undefined;
    }
  }

  function flushed(): Promise<void> {
    if (waiting.length > 0) writing ??= write();
    return writing ?? Promise.resolve();
  }

  return {
    get entries() {
      return entries;
    },
    get isWriting() {
      return writing !== undefined;
    },
    append(entry) {
      waiting.push(entry);
      entries += 1;
    },
    flushed,
    async close() {
      try {
        await flushed();
      } finally {
        file.release();
      }
    },
  };
}

const journalPath = (directory: string): string => join(directory, 'journal');

function encode(kind: number, number: number, location: Location = NOWHERE): Buffer {
  const entry = Buffer.allocUnsafe(ENTRY);
  // With the three octets behind it.
  entry.writeUInt32LE(kind, 4);
  entry.writeDoubleLE(number, 8);
  entry.writeUInt32LE(location.segment, 16);
  entry.writeUInt32LE(location.offset, 20);
  entry.writeUInt32LE(location.length, 24);
  entry.writeUInt32LE(location.file, 28);
  entry.writeDoubleLE(location.fileLength, 32);
  entry.writeUInt32LE(crc32(entry.subarray(4)), 0);
  return entry;
}

function readLocation(entry: Buffer): Location {
  return {
    segment: entry.readUInt32LE(16),
    offset: entry.readUInt32LE(20),
    length: entry.readUInt32LE(24),
    file: entry.readUInt32LE(28),
    fileLength: entry.readDoubleLE(32),
  };
}

const NOWHERE: Location = { segment: 0, offset: 0, length: 0, file: 0, fileLength: 0 };
