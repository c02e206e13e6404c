/**
 * Keys and certificates on disk: written whole or not at all, keys readable by their owner alone, and one clear error for a file
 * that cannot be used. What they certify is the affair of the files beside this one.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../model/error-code.ts';

/** A file of keys or certificates that cannot be used: which, why, and what a person can do about it. */
export class CertificateFileError extends Error {
  constructor(
    readonly path: string,
    why: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${why}; ${remedy}`, options);
    this.name = 'CertificateFileError';
  }
}

/** The text, or undefined when there is no such file. */
export async function readText(path: string, remedy: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new CertificateFileError(path, `cannot be read (${codeOf(error)})`, remedy, { cause: error });
  }
}

/** Durable when it resolves; a crash leaves the old file or the new one, never half of one. Folders it makes are their owner's alone. */
export async function writeText(path: string, text: string, mode: number, remedy: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw new CertificateFileError(path, `cannot be written (${codeOf(error)})`, remedy, { cause: error });
  }
}

/** A file's name is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}
