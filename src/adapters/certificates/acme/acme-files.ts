/**
 * What ACME must find again after a restart: the account's key, the account's URL, and the orders under way with the keys of their
 * certificates. One folder for each directory, so that a change of authority starts anew and finds its own things again.
 *
 *   <data>/certificates/acme/<hash of the directory>/account-key.pem  account.json  orders/<certificate id>.json     all 0600
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CertificateFileError, readText, writeText } from '../certificate-files.ts';

/** An order that was placed and is not fulfilled. */
export interface SavedOrder {
  readonly url: string;
  readonly names: readonly string[];
  /** The key of the certificate to be, PKCS #8. */
  readonly key: string;
}

export interface AcmeFiles {
  /** The account's key, made at first use. */
  accountKey(): Promise<string>;
  accountUrl(): Promise<string | undefined>;
  /** Undefined forgets it. */
  saveAccountUrl(url: string | undefined): Promise<void>;
  order(id: string): Promise<SavedOrder | undefined>;
  saveOrder(id: string, order: SavedOrder): Promise<void>;
  removeOrder(id: string): Promise<void>;
  /** The ids of certificates with an order. */
  orders(): Promise<readonly string[]>;
}

const MODE = 0o600;
const WRITABLE = 'make the data directory writable';

export function acmeFiles(data: string, directory: string): AcmeFiles {
  const folder = join(data, 'certificates', 'acme', createHash('sha256').update(directory).digest('hex').slice(0, 16));
  const keyPath = join(folder, 'account-key.pem');
  const accountPath = join(folder, 'account.json');
  const orderPath = (id: string): string => join(folder, 'orders', `${id}.json`);

  return {
    async accountKey() {
      const kept = await readText(keyPath, 'make it readable, or delete it to have a new account made');
      if (kept !== undefined) return kept;
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
      await writeText(keyPath, key, MODE, WRITABLE);
      return key;
    },
    accountUrl: async () => (await readJson<{ url: string }>(accountPath))?.url,
    saveAccountUrl: (url) =>
      url === undefined
        ? rm(accountPath, { force: true })
        : writeText(accountPath, JSON.stringify({ directory, url }), MODE, WRITABLE),
    order: (id) => readJson<SavedOrder>(orderPath(id)),
    saveOrder: (id, order) => writeText(orderPath(id), JSON.stringify(order), MODE, WRITABLE),
    removeOrder: (id) => rm(orderPath(id), { force: true }),
    orders: async () => {
      const names = existsSync(join(folder, 'orders')) ? await readdir(join(folder, 'orders')) : [];
      return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    },
  };
}

/** Only what this file has written is there. */
async function readJson<T>(path: string): Promise<T | undefined> {
  const remedy = 'delete it to begin anew';
  const text = await readText(path, remedy);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new CertificateFileError(path, 'is damaged', remedy, { cause: error });
  }
}
