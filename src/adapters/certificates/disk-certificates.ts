/**
 * The certificate store on disk. Every version is a file of its own, written whole or not at all, so a reader in any process sees
 * exactly the version it was told of. Keys are readable by their owner alone.
 *
 *   <data>/certificates/acm/<id>/<version>.pem     key, certificate, chain (0600, in folders of 0700)
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateMaterial, CertificateStore } from '../../edge/certificate-ports.ts';
import { pemBlocks } from '../../model/pem-blocks.ts';
import type { Instant } from '../../model/units.ts';
import { CertificateFileError, readText, writeText } from './certificate-files.ts';

const KEY_MODE = 0o600;
const FOLDER_MODE = 0o700;
const VERSION_FILE = /^([1-9]\d*)\.pem$/;
const REMEDY = 'import the certificate again, or restore the file from a backup';

/** The store under `data`, whose folders are made when something is put. Methods reject with CertificateFileError. */
export function diskCertificates(data: string): CertificateStore {
  const root = join(data, 'certificates', 'acm');
  const opened = Date.now();
  const advice = 'make the data directory writable, or choose another with --data';
  const folderOf = (id: string): string => {
    if (!/^[A-Za-z0-9-]{1,64}$/.test(id)) throw new Error(`"${id}" is no id of a certificate`);
    return join(root, id);
  };
  const pathOf = (id: string, version: number): string => join(folderOf(id), `${version}.pem`);

  const forgetWhere = (id: string, isForgotten: (version: number) => boolean): Promise<void> =>
    tried(folderOf(id), 'cannot be removed', 'remove it by hand', async () => {
      for (const version of await versionsIn(folderOf(id)))
        if (isForgotten(version)) await rm(pathOf(id, version), { force: true });
      for (const leftover of await leftoversIn(folderOf(id), opened)) await rm(leftover, { force: true });
    });

  return {
    async put(id, version, { key, certificate, chain }) {
      const path = pathOf(id, version);
      await tried(root, 'cannot be made', advice, async () => {
        await mkdir(root, { recursive: true, mode: FOLDER_MODE });
        // The folders may be older than this rule.
        for (const folder of [join(data, 'certificates'), root]) await chmod(folder, FOLDER_MODE);
      });
      await writeText(path, [key, certificate, chain].map(ended).join(''), KEY_MODE, advice);
    },
    async read(id, version) {
      const path = pathOf(id, version);
      const text = await readText(path, REMEDY);
      if (text === undefined) throw new CertificateFileError(path, 'is missing', REMEDY);
      return tried(path, 'is damaged', REMEDY, () => Promise.resolve(split(text)));
    },
    forget: (id, version) =>
      version === undefined
        ? tried(folderOf(id), 'cannot be removed', 'remove it by hand', () => rm(folderOf(id), { recursive: true, force: true }))
        : forgetWhere(id, (old) => old < version),
    keepOnly: (id, version) => forgetWhere(id, (other) => other !== version),
    list: () =>
      tried(root, 'cannot be read', advice, async () => {
        const ids = existsSync(root) ? await readdir(root) : [];
        const versions = await Promise.all(ids.map((id) => versionsIn(join(root, id))));
        return ids.flatMap((id, at) => (versions[at]!.length === 0 ? [0] : versions[at]!).map((version) => ({ id, version })));
      }),
  };
}

async function versionsIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => VERSION_FILE.exec(name)?.[1] ?? []).map(Number);
}

/** What a killed process was writing; one process writes, and it had not begun before. */
async function leftoversIn(folder: string, opened: Instant): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.new')).map((name) => join(folder, name));
  const times = await Promise.all(names.map((name) => stat(name).catch(() => undefined)));
  return names.filter((_, at) => (times[at]?.mtimeMs ?? opened) < opened);
}

/** Throws unless the text is a key, the certificate it belongs to, and whole certificates after it. */
function split(text: string): CertificateMaterial {
  const [key, certificate, ...chain] = pemBlocks(text);
  if (key === undefined || certificate === undefined) throw new Error('a key and a certificate are not there');
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
    throw new Error('the key is not the certificate’s');
  for (const one of chain) void new X509Certificate(one);
  return { key, certificate, chain: chain.join('') };
}

function ended(pem: string): string {
  return pem === '' || pem.endsWith('\n') ? pem : `${pem}\n`;
}

async function tried<T>(path: string, why: string, remedy: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CertificateFileError) throw error;
    throw new CertificateFileError(path, why, remedy, { cause: error });
  }
}
