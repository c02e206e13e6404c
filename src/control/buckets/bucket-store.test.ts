import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectAttributes } from './bucket-records.ts';
import { openBucketStore } from './bucket-store.ts';
import type { BucketStore } from './bucket-store.ts';

let directory: string;
let store: BucketStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warmfront-buckets-'));
  store = openBucketStore(directory);
  store.createBucket({ name: 'b', region: 'us-east-1', created: 1 });
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

const ATTRIBUTES: ObjectAttributes = {
  headers: { ContentType: 'text/plain' },
  metadata: {},
  storageClass: 'STANDARD',
  tags: [],
  grants: [],
};

async function* chunks(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function put(key: string, text: string, into = store): Promise<void> {
  const staged = await into.stage(chunks(text), []);
  await into.commit(staged, { bucket: 'b', key, modified: 2, attributes: ATTRIBUTES, checksum: undefined, parts: [] });
}

async function read(key: string, from = store): Promise<string | undefined> {
  const object = from.object('b', key);
  if (object === undefined) return undefined;
  return Buffer.concat(await Array.fromAsync(from.readBody(object, 0, object.size - 1))).toString();
}

function bodies(): readonly string[] {
  return readdirSync(join(directory, 'bodies'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => file.name);
}

describe('objects', () => {
  test('come back as they were put, after a restart too', async () => {
    await put('../../etc/passwd', 'one');
    store.close();
    store = openBucketStore(directory);
    expect(await read('../../etc/passwd')).toBe('one');
    expect(store.object('b', '../../etc/passwd')?.etag).toBe('f97c5d29941bfb1b2fdab0874906ab82');
  });

  test('replacing frees the old body', async () => {
    await put('k', 'old');
    await put('k', 'new');
    store.close();
    expect(bodies()).toHaveLength(1);
    store = openBucketStore(directory);
    expect(await read('k')).toBe('new');
  });

  test('a reader that looked an object up reads it whole although it is replaced', async () => {
    await put('k', 'old');
    const before = store.object('b', 'k')!;
    await put('k', 'new');
    expect(Buffer.concat(await Array.fromAsync(store.readBody(before, 0, 2))).toString()).toBe('old');
  });

  test('a body that breaks off leaves nothing', async () => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('viewer left');
    }
    await expect(store.stage(broken(), [])).rejects.toThrow('viewer left');
    expect(bodies()).toEqual([]);
  });

  test('a refused write keeps the old object and frees the new body', async () => {
    await put('k', 'old');
    const staged = await store.stage(chunks('new'), []);
    const draft = { bucket: 'b', key: 'k', modified: 3, attributes: ATTRIBUTES, checksum: undefined, parts: [] };
    const refused = store.commit(staged, draft, () => {
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    store.close();
    expect(bodies()).toHaveLength(1);
    store = openBucketStore(directory);
    expect(await read('k')).toBe('old');
  });

  test('a copy outlives its source', async () => {
    await put('k', 'text');
    const { file: _file, size: _size, ...draft } = store.object('b', 'k')!;
    await store.copyObject(store.object('b', 'k')!, { ...draft, key: 'copy' });
    store.deleteObject('b', 'k');
    store.close();
    store = openBucketStore(directory);
    expect(await read('copy')).toBe('text');
  });

  test('a bucket deleted meanwhile takes no object', async () => {
    const staged = await store.stage(chunks('x'), []);
    store.deleteBucket('b');
    expect(
      await store.commit(staged, { bucket: 'b', key: 'k', modified: 3, attributes: ATTRIBUTES, checksum: undefined, parts: [] }),
    ).toBeUndefined();
  });

  test('only one process may own the store', () => {
    expect(() => openBucketStore(directory)).toThrow('in use by another process');
  });

  test('bodies that no metadata names are swept at start', async () => {
    await put('k', 'kept');
    writeFileSync(join(directory, 'bodies', 'ab', 'ab00'), 'orphan');
    store.close();
    store = openBucketStore(directory);
    expect(bodies()).toHaveLength(1);
    expect(await read('k')).toBe('kept');
  });
});

test('a multipart upload becomes its object at once', async () => {
  const draft = { bucket: 'b', key: 'k', modified: 3, attributes: ATTRIBUTES, checksum: undefined, parts: [] };
  store.createUpload({ id: 'u', bucket: 'b', key: 'k', initiated: 1, attributes: ATTRIBUTES, checksum: undefined });
  for (const [number, text] of [
    [2, 'two'],
    [1, 'wrong'],
    [1, 'one '],
  ] as const) {
    const staged = await store.stage(chunks(text), []);
    expect(await store.putPart('u', staged, { number, etag: staged.md5, modified: 1, checksum: undefined })).toBe(true);
  }
  expect(store.parts('u').map((part) => part.size)).toEqual([4, 3]);
  const joined = await store.joinParts('u', [1, 2], ['CRC32']);
  await store.completeUpload('u', joined, draft);
  expect(await read('k')).toBe('one two');
  expect(store.upload('u')).toBeUndefined();
  store.close();
  expect(bodies()).toHaveLength(1);
  store = openBucketStore(directory);
});
