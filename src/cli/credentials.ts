/**
 * `<data>/credentials.json`: the access key that the AWS APIs accept, made at the first start, readable by its owner only.
 * `up` opens it, `env` reads it. How signatures are checked: src/sigv4.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './run-record.ts';
import { UsageError } from './usage-error.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const FILE = 'credentials.json';
/** AWS: an access key id is `AKIA` and 16 characters of base 32. */
const KEY_ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Reads the credentials of the data directory, which exists, or makes them. */
export function openCredentials(data: string): Credentials {
  const kept = readCredentials(data);
  if (kept !== undefined) return kept;
  const letters = Array.from({ length: 16 }, () => KEY_ID_LETTERS[randomInt(KEY_ID_LETTERS.length)]);
  const made: Credentials = {
    accessKeyId: `AKIA${letters.join('')}`,
    // AWS: 40 characters of base 64.
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  writeFileSync(join(data, FILE), `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return made;
}

/** Undefined before the first start. */
export function readCredentials(data: string): Credentials | undefined {
  const path = join(data, FILE);
  const value = readJson(path);
  if (value === undefined) return undefined;
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Record<string, unknown>;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new UsageError(`${path} must hold "accessKeyId" and "secretAccessKey"`, 1);
  }
  return { accessKeyId, secretAccessKey };
}
