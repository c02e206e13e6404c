/**
 * The contract of every Store: whole objects under their keys, a bound that is never exceeded, and no key that ever answers with
 * another's body. Run by each adapter's test. Which object leaves first is the eviction's affair, not the contract's.
 */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { StoredResponse } from '../../src/core/cache/stored-response.ts';
import type { Store, StoredObject } from '../../src/edge/ports.ts';
import type { Bytes } from '../../src/model/units.ts';

export type CreateStore = (bounds: { readonly capacity: Bytes; readonly largestObject: Bytes }) => Store;

const ROOMY = { capacity: 1_000_000, largestObject: 500_000 };

export function storedResponse(key: string, changes: Partial<StoredResponse> = {}): StoredResponse {
  return {
    key,
    distributionId: 'E1',
    uri: `/${key}`,
    method: 'GET',
    status: 200,
    fields: [['content-type', 'text/plain']],
    bodyLength: 0,
    freshness: {
      requestTime: 0,
      responseTime: 0,
      initialAge: 0,
      lifetime: 60_000,
      staleWhileRevalidate: undefined,
      staleIfError: undefined,
      alwaysRevalidate: false,
    },
    tags: [],
    banSequence: 0,
    ...changes,
  };
}

export function storedObject(key: string, body: string | Uint8Array, changes: Partial<StoredResponse> = {}): StoredObject {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { response: storedResponse(key, { bodyLength: bytes.byteLength, ...changes }), body: bytes, bansChecked: 0 };
}

export function storeContract(name: string, create: CreateStore): void {
  const bodyOf = (store: Store, key: string): string | undefined => {
    const object = store.get(key);
    return object && new TextDecoder().decode(object.body);
  };

  describe(`${name} keeps the contract of stores`, () => {
    test('what was put is got, whole; what was not is not', () => {
      const store = create(ROOMY);
      const object = storedObject('a', 'hello', { status: 404, tags: ['t'] });
      expect(store.put(object)).toBe(true);
      expect(store.get('a')).toEqual(object);
      expect(store.get('b')).toBeUndefined();
      expect(store.get('')).toBeUndefined();
      expect([...store.keys()]).toEqual(['a']);
    });

    test('an empty body is a body', () => {
      const store = create(ROOMY);
      expect(store.put(storedObject('a', ''))).toBe(true);
      expect(bodyOf(store, 'a')).toBe('');
    });

    test('a key is put again: the newer object answers and is counted once', () => {
      const store = create(ROOMY);
      store.put(storedObject('a', 'old'));
      const { bytes } = store.stats;
      store.put(storedObject('a', 'new'));
      expect(bodyOf(store, 'a')).toBe('new');
      expect(store.stats).toMatchObject({ objects: 1, bytes });
    });

    test('a refresh changes the response and keeps the body', () => {
      const store = create(ROOMY);
      store.put(storedObject('a', 'hello'));
      const fields = [
        ['etag', '"2"'],
        ['x-more', 'x'.repeat(500)],
      ] as const;
      expect(store.refresh(storedResponse('a', { bodyLength: 5, fields }))).toBe(true);
      expect(store.get('a')?.response.fields).toEqual(fields);
      expect(bodyOf(store, 'a')).toBe('hello');
    });

    test('a refresh that comes too late says so and stores nothing', () => {
      const store = create(ROOMY);
      expect(store.refresh(storedResponse('a'))).toBe(false);
      expect(store.get('a')).toBeUndefined();
    });

    test('a deleted key is gone, and its bytes with it', () => {
      const store = create(ROOMY);
      const empty = store.stats.bytes;
      store.put(storedObject('a', 'hello'));
      expect(store.stats.bytes).toBeGreaterThan(empty + 5);
      store.delete('a');
      store.delete('never there');
      expect(store.get('a')).toBeUndefined();
      expect(store.stats).toMatchObject({ objects: 0, bytes: empty });
    });

    test('an object larger than allowed is refused; the older one under its key is not kept', () => {
      const store = create({ capacity: 100_000, largestObject: 20_000 });
      store.put(storedObject('a', 'old'));
      expect(store.put(storedObject('a', new Uint8Array(20_001)))).toBe(false);
      expect(store.get('a')).toBeUndefined();
      expect(store.stats.bytes).toBe(0);
    });

    test('a body that is a view does not keep the larger buffer alive', () => {
      const store = create(ROOMY);
      const buffer = new Uint8Array(100).fill(65);
      store.put(storedObject('a', buffer.subarray(10, 20)));
      expect(store.get('a')?.body.buffer.byteLength).toBeLessThan(100);
    });

    test('a full store makes room: the newcomer is in, or says that it is not', () => {
      const store = create({ capacity: 500_000, largestObject: 20_000 });
      for (let index = 0; index < 200; index++) {
        const kept = store.put(storedObject(`k${index}`, new Uint8Array(5000)));
        expect(store.get(`k${index}`) !== undefined).toBe(kept);
      }
      expect(store.stats.objects).toBeGreaterThan(1);
      expect(store.stats.objects).toBeLessThan(100);
    });

    test('a peek shows what is there, and is no use of it', async () => {
      const store = create(ROOMY);
      store.put(storedObject('a', 'one', { status: 203 }));
      expect(await store.peek('b')).toBeUndefined();
      expect(await store.peek('a')).toMatchObject({ response: { key: 'a', status: 203 }, bansChecked: 0 });
      store.delete('a');
      expect(await store.peek('a')).toBeUndefined();
    });

    test('under any operations: the bound holds, no key answers with another body, stats and keys agree', () => {
      const anyKey = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
      const operation = fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), key: anyKey, size: fc.nat(9000) }) },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const), key: anyKey, size: fc.constant(0) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: anyKey, size: fc.constant(0) }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), key: anyKey, size: fc.nat(3000) }) },
      );
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
          const capacity = 20_000;
          const store = create({ capacity, largestObject: 8000 });
          const latest = new Map<string, Uint8Array>();
          for (const [index, { kind, key, size }] of operations.entries()) {
            if (kind === 'put') {
              const body = new Uint8Array(size).fill(index);
              latest.set(key, body);
              if (!store.put(storedObject(key, body))) expect(store.get(key)).toBeUndefined();
            } else if (kind === 'delete') {
              latest.delete(key);
              store.delete(key);
            } else if (kind === 'refresh') {
              store.refresh(storedResponse(key, { fields: [['x', 'y'.repeat(size)]] }));
            }
            const got = store.get(key);
            if (got !== undefined) {
              expect(got.response.key).toBe(key);
              expect(got.body).toEqual(latest.get(key)!);
            }
            expect(store.stats.bytes).toBeLessThanOrEqual(capacity);
            expect([...store.keys()].length).toBe(store.stats.objects);
          }
          for (const held of store.keys()) store.delete(held);
          expect(store.stats).toMatchObject({ objects: 0, bytes: 0 });
        }),
      );
    });
  });
}
