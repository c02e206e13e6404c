/**
 * Bodies on disk: one file for each body under a random name, never a name a user chose.
 *
 *   <directory>/incoming/<name>     being written; removed at start
 *   <directory>/<2 hex>/<name>      whole, fsynced, renamed here before the metadata that names it is committed
 *
 * So a crash leaves at most files no metadata names, and sweep() removes those. Which files are named is decided in bucket-store.ts.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SECOND } from '../../model/units.ts';
import type { Bytes, Duration } from '../../model/units.ts';
import { newDigest } from './checksums.ts';
import type { ChecksumAlgorithm } from './checksums.ts';

/** A body that is written and fsynced but not yet an object's. */
export interface StagedBody {
  readonly file: string;
  readonly size: Bytes;
  /** Hex. */
  readonly md5: string;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, Uint8Array>>>;
}

export interface BodyFiles {
  /** Writes the chunks to a new file and fsyncs it. When the chunks or the disk fail, nothing stays behind. */
  stage(chunks: AsyncIterable<Uint8Array>, algorithms: readonly ChecksumAlgorithm[]): Promise<StagedBody>;
  /** Gives a staged body its durable place. */
  settle(file: string): Promise<void>;
  discard(file: string): Promise<void>;
  /** A second name for the same bytes, in its durable place: copies cost nothing. */
  copy(file: string): Promise<string>;
  path(file: string): string;
  /** Bytes `first` to `last`, both counted. */
  read(file: string, first: number, last: number): AsyncIterable<Uint8Array>;
  /** Removes a file no metadata names any more, after readers that already looked it up had time to open it. */
  retire(file: string): void;
  /** Removes every settled file that `isNamed` refuses. */
  sweep(isNamed: (file: string) => boolean): number;
  /** Removes what was retired. */
  close(): void;
}

// Ours: between a reader's look-up and its open lie microseconds; an open file outlives its name.
const RETIREMENT: Duration = 10 * SECOND;
const WRITE_BUFFER: Bytes = 256 * 1024;

export function openBodyFiles(directory: string): BodyFiles {
  const incoming = join(directory, 'incoming');
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  for (let shard = 0; shard < 256; shard++)
    mkdirSync(join(directory, shard.toString(16).padStart(2, '0')), { recursive: true, mode: 0o700 });
  const shardOf = (file: string): string => join(directory, file.slice(0, 2));
  const path = (file: string): string => join(shardOf(file), file);
  const retired = new Map<string, ReturnType<typeof setTimeout>>();

  return {
    path,
    async stage(chunks, algorithms) {
      const file = newName();
      const place = join(incoming, file);
      try {
        return { file, ...(await writeWhole(place, chunks, algorithms)) };
      } catch (error) {
        await rm(place, { force: true });
        throw error;
      }
    },
    async settle(file) {
      await rename(join(incoming, file), path(file));
      await syncDirectory(shardOf(file));
    },
    discard: (file) => rm(join(incoming, file), { force: true }),
    async copy(file) {
      const name = newName();
      await link(path(file), path(name));
      await syncDirectory(shardOf(name));
      return name;
    },
    read: (file, first, last) => createReadStream(path(file), { start: first, end: last, highWaterMark: WRITE_BUFFER }),
    retire(file) {
      const remove = (): void => {
        retired.delete(file);
        rmSync(path(file), { force: true });
      };
      const timer = setTimeout(remove, RETIREMENT);
      timer.unref();
      retired.set(file, timer);
    },
    sweep(isNamed) {
      let removed = 0;
      for (const shard of readdirSync(directory)) {
        if (!/^[0-9a-f]{2}$/.test(shard)) continue;
        for (const file of readdirSync(join(directory, shard))) {
          if (isNamed(file)) continue;
          rmSync(path(file));
          removed++;
        }
      }
      return removed;
    },
    close() {
      for (const [file, timer] of retired) {
        clearTimeout(timer);
        rmSync(path(file), { force: true });
      }
      retired.clear();
    },
  };
}

function newName(): string {
  return randomBytes(16).toString('hex');
}

async function writeWhole(
  place: string,
  chunks: AsyncIterable<Uint8Array>,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<Omit<StagedBody, 'file'>> {
  const md5 = newDigest('MD5');
  const digests = algorithms.map((algorithm) => [algorithm, newDigest(algorithm)] as const);
  let size = 0;
  const handle = await open(place, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      md5.update(chunk);
      for (const [, digest] of digests) digest.update(chunk);
      for (let written = 0; written < chunk.length;) {
        written += (await handle.write(chunk, written, chunk.length - written, size + written)).bytesWritten;
      }
      size += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const checksums = Object.fromEntries(digests.map(([algorithm, digest]) => [algorithm, digest.digest()]));
  return { size, md5: Buffer.from(md5.digest()).toString('hex'), checksums };
}

/** A rename is durable only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
