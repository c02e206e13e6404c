/**
 * A file of the disk store and those who use it: it is closed when the last of them has let go, so that what is evicted stays
 * readable for who already reads it. Also the count of the space that files take: the store's hard bound (docs/architecture.md).
 */
import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { Bytes } from '../../model/units.ts';
import { errorCode } from '../../model/error-code.ts';

/** Counts octets on the disk. */
export interface Space {
  readonly used: Bytes;
  /** False when that many octets are not there, with `spare` left over. */
  take(count: Bytes, spare: Bytes): boolean;
  /** Would that many more be there? */
  fits(count: Bytes): boolean;
  give(count: Bytes): void;
  /** Octets that are there already, bound or not. */
  find(count: Bytes): void;
}

/** Nothing can be freed any more: bodies under way or being read hold the space. The disk itself is well. */
export class NoRoom extends Error {
  constructor() {
    super('the disk cache is full of what is being read or written');
    this.name = 'NoRoom';
  }
}

export interface DiskFile {
  readonly path: string;
  /** Reads until `into` is full or the file ends; resolves with how many octets there were. */
  read(into: Uint8Array, position: Bytes): Promise<Bytes>;
  /** Writes all of it. */
  write(bytes: Uint8Array, position: Bytes): Promise<void>;
  /** One more user. */
  hold(): void;
  /** One fewer; the last one closes the file. */
  release(): void;
}

/** Held once by the caller. */
export async function openDiskFile(path: string, flags: 'r' | 'wx+'): Promise<DiskFile> {
  const handle = await open(path, flags, 0o600);
  let users = 1;

  function release(): void {
    users -= 1;
    // Closing fails only for what is closed already.
    if (users === 0) void handle.close().catch(() => undefined);
  }

  return {
    path,
    async read(into, position) {
      users += 1;
      try {
        return await readFully(handle, into, position);
      } finally {
        release();
      }
    },
    async write(bytes, position) {
      users += 1;
      try {
        for (let done = 0; done < bytes.byteLength;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, position + done);
          if (bytesWritten === 0) throw new Error(`nothing more could be written to ${path}`);
          done += bytesWritten;
        }
      } finally {
        release();
      }
    },
    hold() {
      users += 1;
    },
    release,
  };
}

/** Is it that there is no such file? */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** A file that is gone already is as good as removed. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function readFully(handle: FileHandle, into: Uint8Array, position: Bytes): Promise<Bytes> {
  let done = 0;
  while (done < into.byteLength) {
    const { bytesRead } = await handle.read(into, done, into.byteLength - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** `reserved`: octets set aside for what is not counted here. */
export function createSpace(capacity: Bytes, reserved: () => Bytes): Space {
  let used: Bytes = 0;
  const fits = (count: Bytes): boolean => used + count + reserved() <= capacity;
  return {
    get used() {
      return used;
    },
    fits,
    take(count, spare) {
      if (!fits(count + spare)) return false;
      used += count;
      return true;
    },
    give(count) {
      used -= count;
    },
    find(count) {
      used += count;
    },
  };
}
