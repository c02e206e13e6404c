/**
 * A disk store killed while it is filled, and opened again: everything it then serves must be what was put, octet for octet, its
 * bounds must hold, and nothing may lie on the disk that it does not know.
 */
import { expect } from 'bun:test';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, find } from '../contracts/store.ts';
import { contentOf } from './content.ts';
import { openDisk } from './open-disk.ts';

/** Fills `directory`, kills the filler once it has done about `operations`, and checks what is left. Resolves with how many objects that is. */
export async function killAndCheck(directory: string, capacity: number, seed: number, operations: number): Promise<number> {
  const filler = Bun.spawn([process.execPath, join(import.meta.dir, 'filler.ts'), directory, String(capacity), String(seed)], {
    stdout: 'pipe',
    stderr: 'inherit',
  });
  let said = '';
  for await (const chunk of filler.stdout) {
    said += Buffer.from(chunk).toString();
    const done = Number(said.trimEnd().split('\n').at(-1));
    if (done >= operations) filler.kill('SIGKILL');
  }
  await filler.exited;
  expect(filler.signalCode).toBe('SIGKILL');

  expect(diskUsage(directory)).toBeLessThanOrEqual(capacity);
  const store = await openDisk({ directory, capacity });
  let served = 0;
  for (const size of ['small', 'medium', 'large']) {
    for (let number = 0; number < 300; number++) {
      const key = `${size}-${number}`;
      const object = await find(store, key);
      if (object === undefined) continue;
      const want = contentOf(key, object.response.status);
      expect(object.body.length).toBe(want.byteLength);
      expect(Buffer.compare(await bytesOf(object), want)).toBe(0);
      served += 1;
    }
  }
  // Two objects under one fingerprint would be one more than could be served.
  expect(store.stats.objects).toBe(served);
  expect(diskUsage(directory)).toBeLessThanOrEqual(capacity);
  await store.close();
  return served;
}

/** Octets of all files under the directory. */
export function diskUsage(directory: string): number {
  let total = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) total += statSync(join(entry.parentPath, entry.name)).size;
  }
  return total;
}
