import { expect, test } from 'bun:test';
import type { KeyValueUpdate } from '../model/key-value-store.ts';
import { createKeyValueStores } from './key-value-stores.ts';

const contents = (version: number, value: string): KeyValueUpdate => ({
  kind: 'contents',
  storeId: 'S',
  created: 1,
  modified: 2,
  version,
  pairs: [['k', value]],
});
const change = (version: number, value: string): KeyValueUpdate => ({
  kind: 'change',
  storeId: 'S',
  modified: 3,
  version,
  puts: [['k', value]],
  deletes: ['gone'],
});

const rows: [name: string, updates: readonly KeyValueUpdate[], want: string | undefined][] = [
  ['whole', [contents(1, 'a')], 'a'],
  ['changed', [contents(1, 'a'), change(2, 'b'), change(3, 'c')], 'c'],
  ['a change that the contents had already', [contents(3, 'c'), change(2, 'b'), change(3, 'old')], 'c'],
  ['a change of what is not here', [change(2, 'b')], undefined],
  ['whole again', [contents(1, 'a'), contents(4, 'd'), change(5, 'e')], 'e'],
  ['gone', [contents(1, 'a'), { kind: 'gone', storeId: 'S' }], undefined],
];
test.each(rows)('%s', (_name, updates, want) => {
  const stores = createKeyValueStores();
  for (const update of updates) stores.apply(update);
  expect(stores.find('S')?.get('k')).toBe(want);
});

test('what the snapshot in force names does not go', () => {
  const stores = createKeyValueStores();
  stores.apply(contents(1, 'a'));
  stores.name(new Set(['S']));
  stores.apply({ kind: 'gone', storeId: 'S' });
  expect(stores.find('S')?.get('k')).toBe('a');
  stores.name(new Set());
  stores.apply({ kind: 'gone', storeId: 'S' });
  expect(stores.find('S')).toBeUndefined();
});

test('a change that does not follow is refused, so that it is asked for again', () => {
  const stores = createKeyValueStores();
  stores.apply(contents(1, 'a'));
  expect(() => stores.apply(change(3, 'c'))).toThrow('the key value store S is at version 1, and was sent 3');
});

test('whoever needs a store waits until it has come', async () => {
  const stores = createKeyValueStores();
  let isHere = false;
  const waiting = Promise.resolve(stores.arrived(new Set(['S']))).then(() => (isHere = true));
  stores.apply(change(2, 'b'));
  await Promise.resolve();
  expect(isHere).toBe(false);
  stores.apply(contents(2, 'b'));
  await waiting;
  expect(stores.arrived(new Set(['S']))).toBeUndefined();
});
