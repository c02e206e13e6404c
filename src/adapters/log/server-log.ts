/**
 * The log of the server itself, for its operator: one writer, a level for each message, as text for people or as one JSON object a line for
 * collectors. What is written cannot be forged by what it quotes: control characters are escaped, further lines are indented,
 * secrets hidden (redact.ts). Requests have a log of their own: access-log-file.ts.
 */
import { fstatSync } from 'node:fs';
import type { Instant } from '../../model/units.ts';
import type { MetricsReading } from '../../tables/metrics.ts';
import { redact } from './redact.ts';

export type LogLevel = 'error' | 'warning' | 'info';

export interface ServerLog {
  /** Our own mistakes, and what we cannot do any more. */
  error(message: string, cause?: unknown): void;
  /** What the operator should look at. */
  /** `details`: what a collector may want beside the message; in JSON alone. */
  warning(message: string, cause?: unknown, details?: LogDetails): void;
  info(message: string, cause?: unknown): void;
  read(): MetricsReading;
}

export type LogDetails = Readonly<Record<string, unknown>>;

export interface ServerLogOptions {
  readonly format: 'text' | 'json';
  /** Messages below it are not written. */
  readonly level: LogLevel;
  readonly now: () => Instant;
  /** Takes a whole line, without its end. */
  readonly write: (line: string) => void;
  /** The lines go to the journal of systemd, which reads their priority off them. */
  readonly toJournal?: boolean;
}

/** Numbered as syslog does (RFC 5424 6.2.1). */
const SEVERITY: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, info: 6 };

/** Ours: so many messages are written in one second; a viewer who provokes more fills no disk. */
const PER_SECOND = 100;

export function createServerLog({ format, level, now, write, toJournal = false }: ServerLogOptions): ServerLog {
  const counts: Record<LogLevel, number> = { error: 0, warning: 0, info: 0 };
  let second = Number.NaN;
  let written = 0;
  let left = 0;

  function put(severity: LogLevel, message: string, cause?: unknown, details?: LogDetails): void {
    const at = now();
    const line = format === 'json' ? jsonLine(at, severity, message, cause, details) : textLine(severity, message, cause);
    write(toJournal ? `<${SEVERITY[severity]}>${line}` : line);
  }

  function log(severity: LogLevel, message: string, cause: unknown, details?: LogDetails): void {
    counts[severity] += 1;
    if (SEVERITY[severity] > SEVERITY[level]) return;
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      if (left > 0) put('warning', `${left} messages were left out: more than ${PER_SECOND} in one second`);
      second = current;
      written = 0;
      left = 0;
    }
    written += 1;
    if (written > PER_SECOND) left += 1;
    else put(severity, message, cause, details);
  }

  return {
    error: (message, cause) => log('error', message, cause),
    warning: (message, cause, details) => log('warning', message, cause, details),
    info: (message, cause) => log('info', message, cause),
    read: () => ({
      warmfront_log_messages_total: Object.entries(counts).map(([label, value]) => ({ labels: [label], value })),
    }),
  };
}

/** Is this descriptor the journal? systemd says in JOURNAL_STREAM which device and inode it has connected (systemd.exec(5)). */
export function isJournal(descriptor: number, stream: string | undefined): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(descriptor);
  return stream === `${dev}:${ino}`;
}

function textLine(severity: LogLevel, message: string, cause: unknown): string {
  const told = cause === undefined ? message : `${message}: ${sentence(cause)}`;
  return `warmfront: ${severity === 'info' ? '' : `${severity}: `}${visible(redact(told))}`;
}

function jsonLine(at: Instant, severity: LogLevel, message: string, cause: unknown, details: LogDetails = {}): string {
  return JSON.stringify({
    time: new Date(at).toISOString(),
    level: severity,
    message: redact(message),
    pid: process.pid,
    ...details,
    ...(cause !== undefined && { error: redact(sentence(cause)) }),
    ...(severity === 'error' && cause instanceof Error && cause.stack !== undefined && { stack: redact(cause.stack) }),
  });
}

function sentence(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** One line stays one; what follows a line feed is indented, so that no quoted text begins like a message. */
function visible(text: string): string {
  return text
    .replaceAll(/\r?\n/g, '\n    ')
    .replaceAll(/[^\P{Cc}\n]/gu, (character) => `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`);
}
