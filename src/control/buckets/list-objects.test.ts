import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBucketStore, type BucketStore } from './bucket-store.ts';
import { putObject } from './bucket.fixture.ts';

const KEYS = ['a', 'a/1', 'a/2', 'a/b/3', 'b', 'b/1', 'c!', 'c/1', '\uFFFD', '\u{10000}'];

let directory: string;
let store: BucketStore;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'warmfront-listing-'));
  store = openBucketStore(directory);
  store.createBucket({ name: 'b', region: 'us-east-1', created: 1 });
  for (const key of KEYS) await putObject(store, 'b', key, 'x');
});
afterAll(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

const list = (prefix: string, delimiter: string, after: string, limit: number): string => {
  const { listed, isTruncated } = store.list('b', { prefix, delimiter, after, limit });
  return (
    listed.map((item) => (item.kind === 'object' ? item.object.key : `[${item.prefix}]`)).join(' ') + (isTruncated ? ' ...' : '')
  );
};
test.each([
  ['all, in UTF-8 order', ['', '', '', 99], KEYS.join(' ')],
  ['prefix', ['a/', '', '', 99], 'a/1 a/2 a/b/3'],
  ['delimiter', ['', '/', '', 99], 'a [a/] b [b/] c! [c/] \uFFFD \u{10000}'],
  ['prefix and delimiter', ['a/', '/', '', 99], 'a/1 a/2 [a/b/]'],
  ['first page', ['', '/', '', 2], 'a [a/] ...'],
  ['next page, after a common prefix', ['', '/', 'a/', 2], 'b [b/] ...'],
  ['exactly full is not truncated', ['b', '', '', 2], 'b b/1'],
  ['start inside a common prefix', ['', '/', 'a/1', 2], '[a/] b ...'],
  ['start before the prefix', ['b', '', 'a', 99], 'b b/1'],
  ['start after the prefix', ['a', '', 'b', 99], ''],
  ['nothing asked', ['', '', '', 0], ''],
] as const)('%s', (_name, [prefix, delimiter, after, limit], want) => {
  expect(list(prefix, delimiter, after, limit)).toBe(want);
});
