/**
 * What the person who runs Warmfront gets to read: the lines of `up` on standard output, which scripts wait for, and the log of the
 * server on standard error. What is said is decided where it happens; how it is written, in adapters/log/server-log.ts.
 */
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import { createServerLog, isJournal, type ServerLog } from '../adapters/log/server-log.ts';
import type { Settings } from '../tables/settings.ts';

/** A line of what `up` promises to print. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function openServerLog({ logFormat, logLevel }: Pick<Settings, 'logFormat' | 'logLevel'>): ServerLog {
  return createServerLog({
    format: logFormat,
    level: logLevel,
    now: () => clock.now(),
    write: (line) => void process.stderr.write(`${line}\n`),
    toJournal: isJournal(process.stderr.fd, process.env['JOURNAL_STREAM']),
  });
}
