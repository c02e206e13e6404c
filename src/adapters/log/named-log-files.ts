/**
 * Logs of several names, each a file in one folder, gathered and appended beside the requests. A disk that is full or gone costs entries, told
 * once, never a request. What the entries say: function-log-files.ts, waf-log-files.ts.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../edge/ports.ts';
import { MIB, SECOND, type Bytes, type Duration } from '../../model/units.ts';

export interface NamedLogFilesOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** What is lost, when something is: `what functions log`. */
  readonly what: string;
  readonly report: (message: string, error?: unknown) => void;
}

export interface NamedLogFiles {
  /** `name` is of [a-zA-Z0-9-_.] only. */
  append(name: string, text: string): void;
  /** Resolves when all that was written so far is in the files or lost. */
  flush(): Promise<void>;
}

const FLUSH_AFTER: Duration = SECOND;
/** Ours: how much may wait for the disk. */
const PENDING_LIMIT: Bytes = 4 * MIB;

export function openNamedLogFiles({ folder, clock, what, report }: NamedLogFilesOptions): NamedLogFiles {
  let waiting = new Map<string, string[]>();
  let pending = 0;
  let isLosing = false;
  let timer: { cancel(): void } | undefined;
  let last: Promise<void> = Promise.resolve();

  function lose(error: unknown): void {
    if (!isLosing) report(`${folder}: ${what} is being lost`, error);
    isLosing = true;
  }

  async function write(entries: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const [name, texts] of entries) {
      const text = texts.join('');
      try {
        await mkdir(folder, { recursive: true });
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
      last = last.then(() => write(entries));
    }
    return last;
  }

  return {
    append(name, text) {
      if (pending >= PENDING_LIMIT) return lose(new Error('the disk does not keep up'));
      const texts = waiting.get(name);
      if (texts === undefined) waiting.set(name, [text]);
      else texts.push(text);
      pending += text.length;
      timer ??= clock.after(FLUSH_AFTER, () => void flush());
    },
    flush,
  };
}
