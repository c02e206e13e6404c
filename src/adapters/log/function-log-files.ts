/**
 * The FunctionLog as files, one for each function, in the form that CloudWatch shows: START, what was logged, END. Written beside the
 * requests; a disk that is full or gone costs entries, told once, never a request. Facts: aws-api B8.
 *
 *   2026-11-28T12:00:00.000Z <request id> START DistributionID: E...
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, FunctionLog } from '../../edge/ports.ts';
import { MIB, SECOND, type Bytes, type Duration } from '../../model/units.ts';

export interface FunctionLogOptions {
  /** `<data>/logs/functions`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
}

export interface FunctionLogFiles extends FunctionLog {
  /** Resolves when all that was written so far is in the files or lost. */
  flush(): Promise<void>;
}

const FLUSH_AFTER: Duration = SECOND;
/** Ours: how much may wait for the disk. */
const PENDING_LIMIT: Bytes = 4 * MIB;

export function openFunctionLog({ folder, clock, report }: FunctionLogOptions): FunctionLogFiles {
  let waiting = new Map<string, string[]>();
  let pending = 0;
  let isLosing = false;
  let timer: { cancel(): void } | undefined;
  let last: Promise<void> = Promise.resolve();

  function lose(error: unknown): void {
    if (!isLosing) report(`${folder}: what functions log is being lost`, error);
    isLosing = true;
  }

  async function append(entries: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const [name, texts] of entries) {
      const text = texts.join('');
      try {
        await mkdir(folder, { recursive: true });
        // A function's name is of [a-zA-Z0-9-_] only.
        await appendFile(join(folder, `${name}.log`), text);
        isLosing = false;
      } catch (error) {
        lose(error);
      } finally {
        pending -= text.length;
      }
    }
  }

  function flush(): Promise<void> {
    timer?.cancel();
    timer = undefined;
    if (waiting.size > 0) {
      const entries = waiting;
      waiting = new Map();
      last = last.then(() => append(entries));
    }
    return last;
  }

  return {
    write({ name, requestId, distributionId, at, lines }) {
      if (pending >= PENDING_LIMIT) return lose(new Error('the disk does not keep up'));
      const begin = `${new Date(at).toISOString()} ${requestId}`;
      const told = lines.map((line) => `${begin} ${line.replaceAll(/\r\n|[\r\n]/g, '\\n')}\n`).join('');
      const text = `${begin} START DistributionID: ${distributionId}\n${told}${begin} END\n`;
      const texts = waiting.get(name);
      if (texts === undefined) waiting.set(name, [text]);
      else texts.push(text);
      pending += text.length;
      timer ??= clock.after(FLUSH_AFTER, () => void flush());
    },
    flush,
  };
}
