/**
 * The AccessLog as a file: lines are gathered and written beside the requests, by size and by time. A disk that is full or gone
 * costs lines, which are counted and told once, never a request. What a line says: tables/log-line.ts; as octets: line-writer.ts.
 *
 * Processes share a file: each write appends whole lines, which the kernel does not mix (O_APPEND).
 *
 *   write() -> slab of gathered lines -> one write at a time -> file    at most PENDING_LIMIT octets on the way; more are dropped
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AccessLog, Clock } from '../../edge/ports.ts';
import { KIB, MIB, SECOND, type Bytes, type Duration } from '../../model/units.ts';
import type { LogContext } from '../../tables/log-fields.ts';
import { LOG_HEAD } from '../../tables/log-line.ts';
import { createLineWriter } from './line-writer.ts';
import { errorCode } from '../../model/error-code.ts';

export interface AccessLogOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly context: LogContext;
  /** For the operator: the log has begun to lose lines, or has stopped losing them. */
  readonly report: (message: string, error?: unknown) => void;
}

export interface AccessLogFile extends AccessLog {
  /** Resolves when all that was written so far is in the file or lost. */
  flush(): Promise<void>;
  /** Goes on in a new file of the same name: rename the old one first, then call this. */
  reopen(): Promise<void>;
  /** Flushes and closes; what is written later is dropped. */
  close(): Promise<void>;
  /** Lines lost since the start. */
  readonly dropped: number;
}

/** Ours: one write for about 800 lines under load, each of which wakes a thread of the runtime; otherwise a line is in the file within a second. */
const FLUSH_SIZE: Bytes = 256 * KIB;
const FLUSH_AFTER: Duration = SECOND;
/** Room for the line that does not fit any more: CloudFront's limits on a request bound it, encoding may triple it. */
const SLAB_SIZE: Bytes = FLUSH_SIZE + 256 * KIB;
const SPARE_SLABS = 2;
/** Ours: how much a disk that hangs may hold in memory. */
const PENDING_LIMIT: Bytes = 8 * MIB;

/** Rejects when the file cannot be opened. */
export async function openAccessLog({ path, clock, context, report }: AccessLogOptions): Promise<AccessLogFile> {
  let file: FileHandle | undefined = await openFile(path);
  let slab: Buffer = Buffer.allocUnsafeSlow(SLAB_SIZE);
  /** Octets of the slab in use. */
  let gathered: Bytes = 0;
  let lines = 0;
  /** Slabs already written, to be used again. */
  const spare: Buffer[] = [];
  const writeLine = createLineWriter(context);
  /** Octets gathered or being written. */
  let pending: Bytes = 0;
  let dropped = 0;
  let isLosing = false;
  let timer: { cancel(): void } | undefined;
  let last: Promise<void> = Promise.resolve();

  function lose(count: number, error: unknown): void {
    dropped += count;
    if (isLosing) return;
    isLosing = true;
    report(`${path}: access log lines are being lost (${dropped} so far)`, error);
  }

  function flush(): Promise<void> {
    timer?.cancel();
    timer = undefined;
    if (gathered === 0) return last;
    const [full, length, count] = [slab, gathered, lines];
    slab = spare.pop() ?? Buffer.allocUnsafeSlow(SLAB_SIZE);
    gathered = 0;
    lines = 0;
    last = last.then(() => append(full, length, count));
    return last;
  }

  async function append(full: Buffer, length: Bytes, count: number): Promise<void> {
    try {
      file ??= await openFile(path);
      for (let written = 0; written < length;) written += (await file.write(full, written, length - written)).bytesWritten;
      if (isLosing) {
        isLosing = false;
        report(`${path}: access log lines are written again (${dropped} were lost)`);
      }
    } catch (error) {
      lose(count, error);
    } finally {
      pending -= length;
      if (spare.length < SPARE_SLABS) spare.push(full);
    }
  }

  /** Closing a file whose disk is full may fail, too; its lines are lost already. */
  async function shut(): Promise<void> {
    const old = file;
    file = undefined;
    try {
      await old?.close();
    } catch (error) {
      lose(0, error);
    }
  }

  let isClosed = false;
  return {
    write(request, outcome, delivery) {
      if (isClosed || pending >= PENDING_LIMIT) {
        lose(1, new Error(isClosed ? 'the log is closed' : 'the disk does not keep up'));
        return;
      }
      const length = writeLine(slab, gathered, request, outcome, delivery);
      gathered += length;
      lines += 1;
      pending += length;
      if (gathered >= FLUSH_SIZE) void flush();
      else timer ??= clock.after(FLUSH_AFTER, () => void flush());
    },
    flush,
    async reopen() {
      void flush();
      last = last.then(shut).then(async () => {
        try {
          file = await openFile(path);
        } catch (error) {
          lose(0, error);
        }
      });
      await last;
    },
    async close() {
      isClosed = true;
      void flush();
      last = last.then(shut);
      await last;
    },
    get dropped() {
      return dropped;
    },
  };
}

/**
 * A file that begins as every log does, where there is none: several processes append to it, and none of their lines may come before its
 * head. It appears with the head in it. Rejects when there can be none.
 */
export async function beginAccessLog(path: string): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${randomUUID()}`;
  try {
    await writeFile(aside, LOG_HEAD, { flag: 'wx' });
    await link(aside, path);
  } catch (error) {
    // Another process was faster.
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  await beginAccessLog(path);
  const file = await open(path, 'a');
  try {
    const { size } = await file.stat();
    if (size === 0) await file.appendFile(LOG_HEAD);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
