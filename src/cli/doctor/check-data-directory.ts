/**
 * The data directory: is it there and ours, is what must be secret readable by its owner alone? Keys are found by what the files hold,
 * wherever they lie; the cache and the buckets are left out, they hold what viewers may see.
 */
import { accessSync, closeSync, constants, lstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ok, problem, warning, type Finding } from './finding.ts';

export interface FileFacts {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: number;
}

const NOT_SECRET = new Set(['cache', 'buckets']);
/** Ours: a directory with more files than this is no data directory of ours. */
const MOST_FILES = 50_000;

export function checkDataDirectory(data: string): readonly Finding[] {
  const directory = factsOf(data);
  if (directory === undefined) return [checkFutureDirectory(data)];
  const secrets = filesBelow(data).filter(isSecret);
  const user = judgedFor(directory.owner, userId());
  return [judgeDirectory(directory, isUsable(data), userId()), judgeSecrets(secrets, user)];
}

export function judgeDirectory({ path, mode, owner }: FileFacts, usable: boolean, user: number): Finding {
  const subject = 'data directory';
  if (!usable) {
    return problem(
      subject,
      `${path} cannot be read and written by this user`,
      `chown it to this user, or choose another with --data`,
    );
  }
  if (owner !== user) {
    const advice = `run as user ${owner}: what this user would write there, that one could not read`;
    return warning(subject, `${path} belongs to user ${owner}, this is user ${user}`, advice);
  }
  if ((mode & 0o077) !== 0) {
    return warning(subject, `${path} is open to other users (${octal(mode)})`, `chmod 700 ${path}`);
  }
  return ok(subject, `${path}, ${octal(mode)}`);
}

export function judgeSecrets(secrets: readonly FileFacts[], user: number): Finding {
  const subject = 'keys and credentials';
  const open = secrets.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path);
  if (open.length > 0) {
    return problem(
      subject,
      `readable by other users: ${listed(open)}`,
      `chmod 600 ${listed(open)}; if others are on this machine, replace them`,
    );
  }
  const foreign = secrets.filter(({ owner }) => owner !== user).map(({ path }) => path);
  if (foreign.length > 0) {
    return warning(subject, `not this user's: ${listed(foreign)}`, `run as their owner, or chown ${listed(foreign)}`);
  }
  return ok(subject, secrets.length === 0 ? 'none yet' : `${secrets.length} files, for their owner alone`);
}

/** It is made at the first start, if that can be done. */
function checkFutureDirectory(data: string): Finding {
  let parent = dirname(data);
  while (factsOf(parent) === undefined && dirname(parent) !== parent) parent = dirname(parent);
  return isUsable(parent)
    ? ok('data directory', `${data} will be made at the first start`)
    : problem(
        'data directory',
        `${data} cannot be made: ${parent} is not writable`,
        'choose another with --data, or make it as root and chown it',
      );
}

function factsOf(path: string): FileFacts | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && { path, mode: stat.mode & 0o777, owner: stat.uid };
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Regular files, at any depth; what cannot be listed is left out, and told of by its directory's own row. */
function filesBelow(data: string): readonly FileFacts[] {
  const found: FileFacts[] = [];
  const waiting = [data];
  for (let folder = waiting.pop(); folder !== undefined && found.length < MOST_FILES; folder = waiting.pop()) {
    for (const name of isUsable(folder) ? readdirSync(folder) : []) {
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory() === true && !(folder === data && NOT_SECRET.has(name))) waiting.push(path);
      if (stat?.isFile() === true) found.push({ path, mode: stat.mode & 0o777, owner: stat.uid });
    }
  }
  return found;
}

/** The state holds what customers configure, secret headers for origins among it. */
const SECRET_NAMES = /(?:^|\/)(?:credentials\.json|state\.db(?:-wal)?)$/;
const SECRET_CONTENT = 'PRIVATE KEY-----';
const LOOKED_AT = 64 * 1024;

function isSecret({ path }: FileFacts): boolean {
  return SECRET_NAMES.test(path) || (/\.(?:pem|key|json)$/.test(path) && beginning(path).includes(SECRET_CONTENT));
}

function beginning(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(LOOKED_AT);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, LOOKED_AT, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    // Not readable for this user: nor for others, as far as this user can tell.
    return '';
  }
}

/** Root asks on behalf of the service: secrets are to be the directory's owner's, whoever reads them now. */
export function judgedFor(owner: number, user: number): number {
  return user === 0 ? owner : user;
}

function userId(): number {
  return process.getuid?.() ?? 0;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** The first few. */
function listed(paths: readonly string[]): string {
  return paths.length <= 5 ? paths.join(' ') : `${paths.slice(0, 5).join(' ')} and ${paths.length - 5} more`;
}
