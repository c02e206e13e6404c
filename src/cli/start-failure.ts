/**
 * Why `up` could not start, in one sentence: what, where, and what to do. Most adapters and the control plane say so themselves
 * (listener.ts, state-error.ts, certificate-files.ts); what the file system refuses without their words is worded here.
 */
import { UsageError } from './usage-error.ts';

const REFUSALS: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  EACCES: ['permission denied', 'make it readable and writable for this user, or choose another data directory with --data'],
  EPERM: ['not permitted', 'make it readable and writable for this user, or choose another data directory with --data'],
  EROFS: ['the file system is read-only', 'choose another data directory with --data'],
  ENOSPC: ['the disk is full', 'free disk space, or choose another data directory with --data'],
  EDQUOT: ['the disk quota is used up', 'free disk space, or choose another data directory with --data'],
  EISDIR: ['it is a directory', 'move it away, or choose another data directory with --data'],
  ENOTDIR: ['it lies below something that is no directory', 'choose another data directory with --data'],
  EEXIST: ['it is no directory', 'choose another data directory with --data'],
  EIO: ['the disk fails', 'check the disk, or choose another data directory with --data'],
  EMFILE: ['too many files are open', 'raise the limit of open files (ulimit -n)'],
};

/** The one line `up` ends with, and exit code 1; a UsageError already has both. */
export function startFailure(error: unknown): UsageError {
  return error instanceof UsageError ? error : new UsageError(sentenceOf(error), 1);
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const refusal = code === undefined ? undefined : REFUSALS[code];
  if (refusal === undefined || path === undefined) return error.message;
  const [what, advice] = refusal;
  return `cannot use ${path}: ${what}; ${advice}`;
}
