/**
 * What waits to be written to the disk cache: whole objects, which can be read from here until then, and new metadata for objects
 * that are there. When and in which batches they are written: disk-store.ts.
 */
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Bytes } from '../../model/units.ts';
import type { FillingBody } from './body-files.ts';
import { NoRoom } from './disk-file.ts';

/** A put that is not on the disk yet. */
export interface Waiting {
  readonly fingerprint: number;
  readonly response: StoredResponse;
  readonly body: Uint8Array | FillingBody;
  /** Where a body goes that is too large for the record. */
  readonly file: FillingBody | undefined;
  readonly record: Uint8Array;
  /** Octets it holds in memory. */
  readonly held: Bytes;
}

/** New metadata that is not on the disk yet. */
export interface Refreshing {
  readonly fingerprint: number;
  readonly response: StoredResponse;
}

/** False where there is no room for it, or nobody wants it any more. */
export async function writeBody(file: FillingBody, body: Uint8Array): Promise<boolean> {
  try {
    await file.write(body);
    await file.complete();
    return true;
  } catch (error) {
    if (error instanceof NoRoom) return false;
    throw error;
  } finally {
    file.close();
  }
}
