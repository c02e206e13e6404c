/**
 * The access key for people and tools, read from `<data>/credentials.json`. The file is made at the first start by
 * src/control/aws/credentials.ts, which also says what else is in it.
 */
import { join } from 'node:path';
import { readJson } from './run-record.ts';
import { UsageError } from './usage-error.ts';

export interface Credentials {
  /** `000000000000` */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Undefined before the first start. */
export function readCredentials(data: string): Credentials | undefined {
  const path = join(data, 'credentials.json');
  const file = readJson(path);
  if (file === undefined) return undefined;
  const { accountId, user } = (file ?? {}) as { readonly accountId?: unknown; readonly user?: Partial<Credentials> | null };
  const { accessKeyId, secretAccessKey } = user ?? {};
  if (typeof accountId !== 'string' || typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new UsageError(`${path} holds no access key; restore it, or remove it to have a new one made`, 1);
  }
  return { accountId, accessKeyId, secretAccessKey };
}
