/**
 * A stored object that can be answered with. A body that lies on a disk is opened before anything is said of it, so that what goes from the
 * store meanwhile, in this process or another, is not there instead of breaking an answer off.
 */
import type { OpenFile, StoredFile, StoredObject } from '../store-ports.ts';

export interface OpenObject extends Omit<StoredObject, 'body'> {
  /** A file is closed by who opens or drops the reply. */
  readonly body: Uint8Array | OpenFile;
}

/** Undefined where its body has gone. */
export async function openObject(object: StoredObject): Promise<OpenObject | undefined> {
  if (isOpen(object)) return object;
  const body = await (object.body as StoredFile).open();
  return body && { ...object, body };
}

export function isOpen(object: StoredObject): object is StoredObject & OpenObject {
  return object.body instanceof Uint8Array;
}
