/**
 * The process that the kill -9 tests kill: fills a disk store for ever with objects whose octets follow from their keys, small and
 * large, put whole and streamed, deleted, refreshed and put again. Ends only by being killed. Arguments: directory, capacity, seed.
 */
import { writeSync } from 'node:fs';
import { NoRoom } from '../../src/adapters/store/disk-file.ts';
import { storedObject, storedResponse } from '../contracts/store.ts';
import { contentOf, VERSIONS } from './content.ts';
import { openDisk } from './open-disk.ts';

const [directory = '', capacity = '', seed = '1'] = process.argv.slice(2);
const store = await openDisk({ directory, capacity: Number(capacity) });
writeSync(1, 'open\n');

let state = Number(seed);
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

async function stream(key: string, version: number): Promise<void> {
  const bytes = contentOf(key, version);
  const fill = store.fill(random(2) === 0 ? undefined : bytes.byteLength);
  if (fill === undefined) return;
  try {
    for (let at = 0; at < bytes.byteLength; at += 50_000) await fill.write(bytes.subarray(at, at + 50_000));
    await fill.commit(storedResponse(key, { bodyLength: bytes.byteLength, status: version }));
  } catch (error) {
    // Full of what is being written: an answer, not a failure.
    if (!(error instanceof NoRoom)) throw error;
  } finally {
    fill.close();
  }
}

const streaming = new Set<Promise<void>>();
for (let count = 0; ; count++) {
  const key = `${['small', 'medium', 'large'][Math.min(2, random(12))]}-${random(300)}`;
  const version = 200 + random(VERSIONS);
  const kind = random(20);
  if (kind === 0) store.delete(key);
  else if (kind === 1) {
    const there = store.get(key) ?? (await store.load(key));
    if (there !== undefined) store.refresh({ ...there.response, fields: [['x-refreshed', String(count)]] });
  } else if (key.startsWith('large')) {
    const one = stream(key, version).finally(() => streaming.delete(one));
    streaming.add(one);
    if (streaming.size > 3) await Promise.race(streaming);
  } else store.put(storedObject(key, contentOf(key, version), { status: version }));
  if (count % 50 === 49) await store.settled();
  if (count % 200 === 199) writeSync(1, `${count + 1}\n`);
}
