/**
 * What can go wrong with the state file, in words for the person who runs this: which file, what happened, what to do.
 * SQLite's result codes are mapped here and nowhere else. A change that meets such an error has not happened: every write is
 * one transaction (open-state.ts).
 */
import { SQLiteError } from 'bun:sqlite';

export type StateErrorCode = 'disk-full' | 'unreadable' | 'corrupt' | 'in-use' | 'newer-schema' | 'failed';

export class StateError extends Error {
  constructor(
    readonly code: StateErrorCode,
    /** The state file. */
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StateError';
  }
}

const CASES: readonly (readonly [prefix: string, code: StateErrorCode, what: string, advice: string])[] = [
  ['SQLITE_FULL', 'disk-full', 'has no room to grow', 'free disk space; the refused change was not made'],
  ['SQLITE_CORRUPT', 'corrupt', 'is damaged', 'restore it from a backup, or move it away to start with an empty state'],
  [
    'SQLITE_NOTADB',
    'corrupt',
    'is not a file of ours',
    'check the data directory, or move the file away to start with an empty state',
  ],
  ['SQLITE_BUSY', 'in-use', 'is in use by another process', 'stop the other process, or choose another data directory'],
  ['SQLITE_LOCKED', 'in-use', 'is in use by another process', 'stop the other process, or choose another data directory'],
  ['SQLITE_CANTOPEN', 'unreadable', 'cannot be opened', 'check that its directory exists and that this user may write there'],
  ['SQLITE_READONLY', 'unreadable', 'cannot be written', 'check the permissions of the file and of its directory'],
  ['SQLITE_PERM', 'unreadable', 'cannot be opened', 'check the permissions of the file and of its directory'],
  ['SQLITE_AUTH', 'unreadable', 'cannot be opened', 'check the permissions of the file and of its directory'],
  ['SQLITE_IOERR', 'unreadable', 'cannot be read or written', 'check the disk and the permissions of its directory'],
];

/** The StateError for an error of SQLite; any other error is our own mistake and passes unchanged. `what` names the file's kind. */
export function toStateError(error: unknown, path: string, what = 'state file'): unknown {
  if (!(error instanceof SQLiteError)) return error;
  const code = error.code ?? '';
  const known = CASES.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined) return new StateError('failed', path, `${what} ${path}: ${error.message}`, { cause: error });
  return new StateError(known[1], path, `${what} ${path} ${known[2]} (${code}): ${known[3]}`, { cause: error });
}

/** The file opens, and an integrity check finds `fault`. */
export function damaged(path: string, fault: string): StateError {
  const message = `state file ${path} is damaged (${fault.replaceAll(/\s+/g, ' ')}): restore it from a backup, or move it away to start with an empty state`;
  return new StateError('corrupt', path, message);
}
