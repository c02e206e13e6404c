/**
 * The code of Lambda functions, unpacked once for each package: what is there is whole, and never changes. Whoever runs a version finds its
 * code by the package's SHA-256 (model/lambda-version.ts).
 *
 *   <data>/lambda/<sha256>/       the files; readable, and nobody's to write
 *   <data>/lambda/.incoming-*     on its way in; left behind by a process that was killed, and removed at the next start
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StateError } from '../../../state/state-error.ts';
import { LAMBDA_QUOTAS } from '../../../../tables/lambda-edge.ts';
import { readZip, type ZipEntry } from './read-zip.ts';
import { errorCode } from '../../../../model/error-code.ts';

export interface KeptPackage {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly paths: readonly string[];
}

export interface CodeFolders {
  /** Unpacks it, unless it is there. Throws ZipFault for what is no package; nothing stays behind then. */
  keep(zip: Uint8Array): Promise<KeptPackage>;
  /** The files of a package that is kept. */
  paths(sha256: string): Promise<readonly string[]>;
  /** Removes what nothing names any more. */
  sweep(isNamed: (sha256: string) => boolean): void;
}

const INCOMING = '.incoming-';

export function openCodeFolders(folder: string): CodeFolders {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return {
    async keep(zip) {
      const sha256 = createHash('sha256').update(zip).digest('hex');
      const archive = readZip(zip, { files: LAMBDA_QUOTAS.files, length: LAMBDA_QUOTAS.unzippedLength });
      const files = archive.entries.filter(({ isFolder }) => !isFolder);
      const kept = { sha256, paths: files.map(({ path }) => path) };
      const place = join(folder, sha256);
      if (existsSync(place)) return kept;
      const incoming = await mkdtemp(join(folder, INCOMING));
      try {
        for (const entry of files) {
          await writeEntry(incoming, entry, archive.read(entry));
          // Other calls go before the next one.
          await new Promise((resolve) => setImmediate(resolve));
        }
        await chmod(incoming, 0o755);
        await syncFolder(incoming);
        await rename(incoming, place).catch((error: unknown) => {
          if (!existsSync(place)) throw error;
        });
        await syncFolder(folder);
      } catch (error) {
        throw isDiskFull(error)
          ? new StateError('disk-full', folder, `no space is left in ${folder} for the code`, { cause: error })
          : error;
      } finally {
        await rm(incoming, { recursive: true, force: true });
      }
      return kept;
    },
    async paths(sha256) {
      const place = join(folder, sha256);
      const entries = await readdir(place, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
    },
    sweep(isNamed) {
      for (const name of readdirSync(folder)) if (!isNamed(name)) rmSync(join(folder, name), { recursive: true, force: true });
    },
  };
}

async function writeEntry(folder: string, { path, isExecutable }: ZipEntry, content: Uint8Array): Promise<void> {
  const place = join(folder, path);
  const above = dirname(place);
  if (!existsSync(above)) {
    await mkdir(above, { recursive: true });
    // Whoever runs it is another user, whatever this process's umask is.
    for (let each = above; each !== folder; each = dirname(each)) await chmod(each, 0o755);
  }
  await writeFile(place, content, { flag: 'wx', flush: true });
  await chmod(place, isExecutable ? 0o555 : 0o444);
}

function isDiskFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
