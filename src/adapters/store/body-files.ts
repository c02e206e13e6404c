/**
 * Bodies that are too large for a segment: a file each, the octets as they are, followed by a CRC-32 for every block of 64 KiB.
 *
 *   body octets ... | check of block 0 u32 | check of block 1 u32 | ...      seeded with the file's number
 *
 * Each block is checked when it is read, so that a range costs no more than the blocks it touches, and a damaged one breaks the
 * response instead of being served. A body being filled can be read as far as it is on the disk.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { BodyReader } from '../../edge/store-ports.ts';
import { KIB, type Bytes } from '../../model/units.ts';
import { NoRoom, openDiskFile, removeFile, type DiskFile, type Space } from './disk-file.ts';

const BLOCK: Bytes = 64 * KIB;
const CHECK: Bytes = 4;
/** Blocks in one read. */
const READ_BLOCKS = 4;
/** Checks in one read: those of 64 MiB. */
const READ_CHECKS = 1024;
/** File systems give room in such pieces. */
const ALLOCATION: Bytes = 4 * KIB;

/** What a body of this length takes on the disk. */
export function fileSize(length: Bytes): Bytes {
  return Math.ceil((length + Math.ceil(length / BLOCK) * CHECK) / ALLOCATION) * ALLOCATION;
}

/** Part of a body is not what was written. */
export class DamagedBody extends Error {
  constructor(path: string, octet: Bytes) {
    super(`${path} is damaged at octet ${octet}`);
    this.name = 'DamagedBody';
  }
}

export interface BodyFiles {
  create(): FillingBody;
  /** A complete body, opened at once. `damaged` is told why a reader breaks off. */
  hold(file: number, length: Bytes, damaged: (error: unknown) => void): HeldBody;
  /** Never rejects; space is given back when the last reader has gone. */
  remove(file: number, length: Bytes): Promise<void>;
  /** Waits until what is being removed has gone. False when nothing is. */
  freeing(): Promise<boolean>;
  /** Removes all files but these, which are then counted. Resolves with those that were there. */
  keepOnly(lengths: ReadonlyMap<number, Bytes>): Promise<ReadonlySet<number>>;
}

/** Readable until it is released, whatever becomes of its name. */
export interface HeldBody {
  /** False where it could not be opened. */
  readonly isOpen: Promise<boolean>;
  /** Octets `first` to `last`, inclusive. */
  read(first: Bytes, last: Bytes): BodyReader;
  /** Nothing more will be read but what is read from in this turn; readers go on. Once is enough. */
  release(): void;
}

export interface FillingBody {
  readonly number: number;
  /** Octets on the disk, in whole writes. */
  readonly length: Bytes;
  readonly isDiscarded: boolean;
  write(chunk: Uint8Array): Promise<void>;
  /** Octets that are on the disk. */
  read(first: Bytes, last: Bytes): BodyReader;
  /** Writes the checks: the body is complete. */
  complete(): Promise<void>;
  /** Complete or not, it will not be kept. */
  discard(): void;
  /** No more will be asked of it. */
  close(): void;
}

interface BodyFilesOptions {
  readonly directory: string;
  readonly space: Space;
  /** Room for that many octets more, if there can be. */
  readonly makeRoom: (count: Bytes) => Promise<boolean>;
  /** Resolves when it is on the disk that a file is not needed: before that, its name stays. */
  readonly forgotten: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export async function openBodyFiles({ directory, space, makeRoom, forgotten, failed }: BodyFilesOptions): Promise<BodyFiles> {
  const folder = join(directory, 'bodies');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (file: number): string => join(folder, String(file));
  const found = new Set((await readdir(folder)).map(Number).filter(Number.isSafeInteger));
  let newest = [...found].reduce((a, b) => Math.max(a, b), 0);
  const readers = new Map<number, number>();
  /** Files that are to go: the space to give back when they have no name and no reader any more. */
  const leaving = new Map<number, { size: Bytes; isUnlinked: boolean }>();
  const removals = new Set<Promise<void>>();
  /** Files that are being opened by their names, which must stay until then. */
  const byName = new Map<number, Promise<unknown>>();

  function enter(file: number): void {
    readers.set(file, (readers.get(file) ?? 0) + 1);
  }

  function leave(file: number): void {
    const left = (readers.get(file) ?? 1) - 1;
    if (left > 0) readers.set(file, left);
    else readers.delete(file);
    giveBack(file);
  }

  function giveBack(file: number): void {
    const gone = leaving.get(file);
    if (gone?.isUnlinked !== true || readers.has(file)) return;
    leaving.delete(file);
    space.give(gone.size);
  }

  function openByName(file: number): Promise<DiskFile> {
    const opened = openDiskFile(pathOf(file), 'r');
    const all = Promise.allSettled([opened, byName.get(file)]).then(() => {
      if (byName.get(file) === all) byName.delete(file);
    });
    byName.set(file, all);
    return opened;
  }

  function remove(file: number, size: Bytes): Promise<void> {
    const gone = { size, isUnlinked: false };
    leaving.set(file, gone);
    const removal = forgotten()
      .catch(() => undefined)
      .then(() => byName.get(file))
      .then(() => removeFile(pathOf(file)))
      .then(() => {
        gone.isUnlinked = true;
        giveBack(file);
      })
      .catch(failed)
      .finally(() => removals.delete(removal));
    removals.add(removal);
    return removal;
  }

  function create(): FillingBody {
    newest += 1;
    const file = newest;
    enter(file);
    let disk: DiskFile | undefined;
    let length: Bytes = 0;
    let taken: Bytes = 0;
    let isDiscarded = false;
    let isClosed = false;
    const checks: number[] = [];
    /** The check of the block that is not full yet. */
    let running = file;

    async function opened(): Promise<DiskFile> {
      if (disk !== undefined) return disk;
      const opening = await openDiskFile(pathOf(file), 'wx+');
      if (isDiscarded) {
        opening.release();
        await removeFile(pathOf(file));
        throw new NoRoom();
      }
      disk = opening;
      return disk;
    }

    async function writeAt(bytes: Uint8Array, position: Bytes): Promise<void> {
      const to = await opened();
      if (isDiscarded) throw new NoRoom();
      await to.write(bytes, position);
    }

    async function take(upTo: Bytes): Promise<void> {
      const more = fileSize(upTo) - taken;
      if (more <= 0) return;
      if (isDiscarded || !(await makeRoom(more))) throw new NoRoom();
      if (isClosed) {
        space.give(more);
        throw new NoRoom();
      }
      taken += more;
    }

    function check(chunk: Uint8Array): void {
      for (let at = 0; at < chunk.byteLength;) {
        const filled = (length + at) % BLOCK;
        const piece = chunk.subarray(at, at + BLOCK - filled);
        running = crc32(piece, running);
        at += piece.byteLength;
        if (filled + piece.byteLength < BLOCK) continue;
        checks.push(running);
        running = file;
      }
    }

    function discard(): void {
      if (isDiscarded) return;
      isDiscarded = true;
      void remove(file, taken);
    }

    return {
      number: file,
      get length() {
        return length;
      },
      get isDiscarded() {
        return isDiscarded;
      },
      async write(chunk) {
        await take(length + chunk.byteLength);
        await writeAt(chunk, length);
        check(chunk);
        length += chunk.byteLength;
      },
      read(first, last) {
        enter(file);
        // Who comes after the writer has closed it opens it again.
        const from = isClosed || disk === undefined ? openByName(file) : Promise.resolve(disk);
        if (!isClosed) disk?.hold();
        return readerOf(
          from,
          (readable) => blocks(readable, first, Math.min(last, length - 1)),
          () => leave(file),
        );
      },
      async complete() {
        const all = length % BLOCK === 0 ? checks : [...checks, running];
        const table = Buffer.allocUnsafeSlow(all.length * CHECK);
        for (const [index, value] of all.entries()) table.writeUInt32LE(value, index * CHECK);
        await writeAt(table, length);
      },
      discard,
      close() {
        if (isClosed) return;
        isClosed = true;
        const gone = leaving.get(file);
        if (gone !== undefined && isDiscarded) gone.size = taken;
        disk?.release();
        leave(file);
      },
    };
  }

  return {
    create,
    hold(file, length, damaged) {
      const opening = openByName(file);
      opening.catch(damaged);
      const left = (): void => leave(file);
      let isHeld = true;
      enter(file);
      return {
        isOpen: opening.then(
          () => true,
          () => false,
        ),
        read(first, last) {
          async function* checked(disk: DiskFile): AsyncGenerator<Uint8Array> {
            try {
              yield* checkedBlocks(disk, file, length, first, last);
            } catch (error) {
              damaged(error);
              throw error;
            }
          }
          enter(file);
          const held = opening.then((disk) => {
            disk.hold();
            return disk;
          });
          return readerOf(held, checked, left);
        },
        release() {
          if (!isHeld) return;
          isHeld = false;
          void opening.then((disk) => disk.release()).then(left, left);
        },
      };
    },
    remove: (file, length) => remove(file, fileSize(length)),
    async freeing() {
      if (removals.size === 0) return false;
      await Promise.all(removals);
      return true;
    },
    async keepOnly(lengths) {
      for (const file of found) {
        const length = lengths.get(file);
        if (length === undefined) await removeFile(pathOf(file));
        else space.find(fileSize(length));
      }
      return found;
    },
  };
}

/** Octets as they are, in pieces. */
async function* blocks(disk: DiskFile, first: Bytes, last: Bytes): AsyncGenerator<Uint8Array> {
  for (let at = first; at <= last;) {
    const piece = Buffer.allocUnsafeSlow(Math.min(READ_BLOCKS * BLOCK, last - at + 1));
    if ((await disk.read(piece, at)) < piece.byteLength) throw new DamagedBody(disk.path, at);
    yield piece;
    at += piece.byteLength;
  }
}

async function* checkedBlocks(
  disk: DiskFile,
  file: number,
  length: Bytes,
  first: Bytes,
  last: Bytes,
): AsyncGenerator<Uint8Array> {
  const lastBlock = Math.floor(last / BLOCK);
  let checks = Buffer.alloc(0);
  let firstCheck = 0;
  for (let block = Math.floor(first / BLOCK); block <= lastBlock;) {
    if ((block - firstCheck) * CHECK >= checks.byteLength) {
      checks = Buffer.allocUnsafeSlow(Math.min(READ_CHECKS, lastBlock - block + 1) * CHECK);
      firstCheck = block;
      if ((await disk.read(checks, length + block * CHECK)) < checks.byteLength) throw new DamagedBody(disk.path, block * BLOCK);
    }
    const until = Math.min(block + READ_BLOCKS, lastBlock + 1, firstCheck + checks.byteLength / CHECK);
    const start = block * BLOCK;
    const piece = Buffer.allocUnsafeSlow(Math.min(until * BLOCK, length) - start);
    if ((await disk.read(piece, start)) < piece.byteLength) throw new DamagedBody(disk.path, start);
    for (; block < until; block++) {
      const of = piece.subarray(block * BLOCK - start, (block + 1) * BLOCK - start);
      if (crc32(of, file) !== checks.readUInt32LE((block - firstCheck) * CHECK)) throw new DamagedBody(disk.path, block * BLOCK);
    }
    yield piece.subarray(Math.max(0, first - start), last + 1 - start);
  }
}

/** A reader of the file that is being opened; it is let go once, however the reading ends. */
function readerOf(
  opening: Promise<DiskFile>,
  chunksOf: (disk: DiskFile) => AsyncIterable<Uint8Array>,
  left: () => void,
): BodyReader {
  let isOpen = true;
  /** A piece is being read, which may take several reads of the file: it is let go after that. */
  let isReading = false;
  // A failure is told where the chunks are read, if they are.
  opening.catch(() => undefined);
  const letGo = (): void => void opening.then((disk) => disk.release()).then(left, left);
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    if (!isReading) letGo();
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (!isOpen) return;
    isReading = true;
    try {
      for await (const chunk of chunksOf(await opening)) {
        if (!isOpen) return;
        isReading = false;
        yield chunk;
        if (!isOpen) return;
        isReading = true;
      }
    } finally {
      const isLate = isReading && !isOpen;
      isReading = false;
      if (isLate) letGo();
      else end();
    }
  }
  return { chunks: chunks(), cancel: end };
}
