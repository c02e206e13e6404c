/**
 * The contract of every Store: whole objects under their keys, a bound that is never exceeded, and no key that ever answers with
 * another's body. Run by each adapter's test. Which object leaves first is the eviction's affair, not the contract's.
 */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { StoredResponse } from '../../src/core/cache/stored-response.ts';
import type { Store, StoredObject } from '../../src/edge/store-ports.ts';
import type { Bytes } from '../../src/model/units.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** Resolves when what was put lies where it will stay. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Bounds {
  readonly capacity: Bytes;
  readonly largestObject: Bytes;
}

export type OpenStore = (bounds: Bounds) => Promise<StoreUnderTest>;

export function inMemory(create: (bounds: Bounds) => Store): OpenStore {
  return async (bounds) => ({ store: create(bounds), settled: async () => undefined, close: async () => undefined });
}

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

/** Wherever it lies. */
export async function find(store: Store, key: string): Promise<StoredObject | undefined> {
  return store.get(key) ?? (await store.load(key));
}

export async function bytesOf({ body }: StoredObject, first = 0, last = body.length - 1): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body.slice(first, last + 1);
  return Buffer.concat(await Array.fromAsync(body.read(first, last).chunks));
}

async function textOf(store: Store, key: string): Promise<string | undefined> {
  const object = await find(store, key);
  return object && new TextDecoder().decode(await bytesOf(object));
}

/** `unit`: how much larger than a memory store this kind is, at the least. */
export function storeContract(name: string, open: OpenStore, { unit = 1, runs = 100 } = {}): void {
  const roomy = { capacity: 1_000_000 * unit, largestObject: 500_000 * unit };

  const check = (title: string, bounds: Bounds, run: (under: StoreUnderTest) => Promise<void>): void =>
    test(title, async () => {
      const under = await open(bounds);
      try {
        await run(under);
      } finally {
        await under.close();
      }
    });

  describe(`${name} keeps the contract of stores`, () => {
    check('what was put is got, whole; what was not is not', roomy, async ({ store, settled }) => {
      const object = storedObject('a', 'hello', { status: 404, tags: ['t'] });
      expect(store.put(object)).toBe(true);
      await settled();
      const found = await find(store, 'a');
      expect(found?.response).toEqual(object.response);
      expect(await textOf(store, 'a')).toBe('hello');
      expect(await find(store, 'b')).toBeUndefined();
      expect(await find(store, '')).toBeUndefined();
    });

    check('an empty body is a body', roomy, async ({ store, settled }) => {
      expect(store.put(storedObject('a', ''))).toBe(true);
      await settled();
      expect(await textOf(store, 'a')).toBe('');
    });

    check('a key is put again: the newer object answers and is counted once', roomy, async ({ store, settled }) => {
      store.put(storedObject('a', 'old'));
      await settled();
      const { bytes } = store.stats;
      store.put(storedObject('a', 'new'));
      expect(await textOf(store, 'a')).toBe('new');
      await settled();
      expect(await textOf(store, 'a')).toBe('new');
      expect(store.stats).toMatchObject({ objects: 1, bytes });
    });

    check('a refresh changes the response and keeps the body', roomy, async ({ store, settled }) => {
      const fields = [
        ['etag', '"2"'],
        ['x-more', 'x'.repeat(500)],
      ] as const;
      for (const size of [5, 100_000]) {
        const body = 'b'.repeat(size);
        store.put(storedObject('a', body));
        await settled();
        expect(store.refresh(storedResponse('a', { bodyLength: size, fields }))).toBe(true);
        expect((await find(store, 'a'))?.response.fields).toEqual(fields);
        await settled();
        expect((await find(store, 'a'))?.response.fields).toEqual(fields);
        expect(await textOf(store, 'a')).toBe(body);
      }
    });

    check('a body that is open stays readable when its object has gone', roomy, async ({ store, settled }) => {
      const body = 'b'.repeat(100_000);
      store.put(storedObject('a', body));
      await settled();
      const found = await find(store, 'a');
      const held = found?.body instanceof Uint8Array ? undefined : await found?.body.open();
      store.delete('a');
      await settled();
      if (held === undefined) return;
      for (const [first, last] of [
        [0, 99_999],
        [70_000, 70_010],
      ] as const) {
        const got = Buffer.concat(await Array.fromAsync(held.read(first, last).chunks));
        expect(got.toString()).toBe(body.slice(first, last + 1));
      }
      held.close();
      const again = found?.body instanceof Uint8Array ? undefined : await found?.body.open();
      expect(again).toBeUndefined();
      await settled();
      expect(store.stats.objects).toBe(0);
    });

    check(
      'who reads a body from its fill reads on when its object has gone, written or not',
      roomy,
      async ({ store, settled }) => {
        const body = new Uint8Array(100_000).fill(7);
        for (const isWritten of [false, true]) {
          const fill = store.fill(body.byteLength);
          if (fill === undefined) return;
          await fill.write(body);
          expect(await fill.commit(storedResponse('a', { bodyLength: body.byteLength }))).toBe(true);
          if (isWritten) await settled();
          store.delete('a');
          await settled();
          const got = Buffer.concat(await Array.fromAsync(fill.read(0, body.byteLength - 1).chunks));
          expect(Buffer.compare(got, body)).toBe(0);
          fill.close();
          await settled();
          expect(store.stats.objects).toBe(0);
        }
      },
    );

    check('a refresh of what has just been put is kept, too', roomy, async ({ store, settled }) => {
      for (const size of [5, 100_000]) {
        store.put(storedObject('a', 'b'.repeat(size)));
        const fields = [['etag', `"${size}"`]] as const;
        expect(store.refresh(storedResponse('a', { bodyLength: size, fields }))).toBe(true);
        await settled();
        expect((await find(store, 'a'))?.response.fields).toEqual(fields);
      }
    });

    check('a refresh that comes too late says so and stores nothing', roomy, async ({ store, settled }) => {
      expect(store.refresh(storedResponse('a'))).toBe(false);
      await settled();
      expect(await find(store, 'a')).toBeUndefined();
    });

    check('a refreshed response is checked again against every ban after its own sequence', roomy, async ({ store }) => {
      store.put(storedObject('a', 'hello'));
      const held = await find(store, 'a');
      if (held !== undefined) held.bansChecked = 9;
      store.refresh(storedResponse('a', { bodyLength: 5, banSequence: 3 }));
      expect((await find(store, 'a'))?.bansChecked).toBe(3);
    });

    check('a peek shows what is there, and is no use of it', roomy, async ({ store, settled }) => {
      store.put(storedObject('a', 'one', { status: 203 }));
      await settled();
      expect(await store.peek('b')).toBeUndefined();
      expect(await store.peek('a')).toMatchObject({ response: { key: 'a', status: 203 }, bansChecked: 0 });
      store.delete('a');
      expect(await store.peek('a')).toBeUndefined();
    });

    check('a deleted key is gone, and its bytes with it', roomy, async ({ store, settled }) => {
      const empty = store.stats.bytes;
      store.put(storedObject('a', 'hello'));
      await settled();
      expect(store.stats.bytes).toBeGreaterThan(empty + 5);
      store.delete('a');
      store.delete('never there');
      expect(await find(store, 'a')).toBeUndefined();
      await settled();
      expect(store.stats).toMatchObject({ objects: 0, bytes: empty });
    });

    check('a key deleted while its object is on its way stays deleted', roomy, async ({ store, settled }) => {
      store.put(storedObject('a', 'x'.repeat(200_000)));
      store.delete('a');
      await settled();
      expect(await find(store, 'a')).toBeUndefined();
      expect(store.stats).toMatchObject({ objects: 0, bytes: 0 });
    });

    const narrow = { capacity: 100_000 * unit, largestObject: 20_000 * unit };
    check(
      'an object larger than allowed is refused; the older one under its key is not kept',
      narrow,
      async ({ store, settled }) => {
        store.put(storedObject('a', 'old'));
        await settled();
        expect(store.put(storedObject('a', new Uint8Array(20_001 * unit)))).toBe(false);
        await settled();
        expect(await find(store, 'a')).toBeUndefined();
        expect(store.stats.bytes).toBe(0);
      },
    );

    check('a body that is a view does not keep the larger buffer alive', roomy, async ({ store, settled }) => {
      const buffer = new Uint8Array(100).fill(65);
      store.put(storedObject('a', buffer.subarray(10, 20)));
      await settled();
      const body = (await find(store, 'a'))?.body;
      expect(body instanceof Uint8Array && body.buffer.byteLength).toBeLessThan(100);
    });

    const full = { capacity: 500_000 * unit, largestObject: 20_000 * unit };
    check('a full store makes room: the newcomer is in, or says that it is not', full, async ({ store, settled }) => {
      for (let index = 0; index < 200; index++) {
        const kept = store.put(storedObject(`k${index}`, new Uint8Array(5000 * unit)));
        expect((await find(store, `k${index}`)) !== undefined).toBe(kept);
        await settled();
      }
      expect(store.stats.objects).toBeGreaterThan(1);
      expect(store.stats.objects).toBeLessThan(120);
    });

    const many = { ...roomy, capacity: 4_000_000 * unit };
    check('a sweep lets go of what it is told to, and of nothing else', many, async ({ store, settled }) => {
      for (let index = 0; index < 1200; index++) store.put(storedObject(`k${index}`, 'x', { banSequence: index % 3 }));
      await settled();
      let pauses = 0;
      const pause = async (): Promise<void> => void (pauses += 1);
      await store.sweep(({ response }) => response.banSequence === 1 || response.key === 'k2', pause);
      await settled();
      const left = await Promise.all(
        Array.from({ length: 1200 }, async (_, index) => (await find(store, `k${index}`)) !== undefined),
      );
      expect(left).toEqual(Array.from({ length: 1200 }, (_, index) => index % 3 !== 1 && index !== 2));
      expect(pauses).toBeGreaterThan(0);
    });

    test('under any operations: the bound holds, no key answers with another body, stats and keys agree', async () => {
      const anyKey = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
      const operation = fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), key: anyKey, size: fc.nat(9000) }) },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const), key: anyKey, size: fc.constant(0) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: anyKey, size: fc.constant(0) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const), key: anyKey, size: fc.constant(0) }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), key: anyKey, size: fc.nat(3000) }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
          const capacity = 20_000 * unit;
          const under = await open({ capacity, largestObject: 8000 * unit });
          const { store, settled } = under;
          const latest = new Map<string, Uint8Array>();
          for (const [index, { kind, key, size }] of operations.entries()) {
            if (kind === 'put') {
              const body = new Uint8Array(size * unit).fill(index);
              latest.set(key, body);
              if (!store.put(storedObject(key, body))) expect(await find(store, key)).toBeUndefined();
            } else if (kind === 'delete') {
              latest.delete(key);
              store.delete(key);
            } else if (kind === 'refresh') {
              store.refresh(storedResponse(key, { fields: [['x', 'y'.repeat(size)]] }));
            } else if (kind === 'settle') {
              await settled();
            }
            const got = await find(store, key);
            if (got !== undefined) {
              expect(got.response.key).toBe(key);
              expect(Buffer.compare(await bytesOf(got), latest.get(key) ?? new Uint8Array(0))).toBe(0);
            }
            expect(store.stats.bytes).toBeLessThanOrEqual(capacity);
          }
          for (const key of latest.keys()) store.delete(key);
          await settled();
          expect(store.stats).toMatchObject({ objects: 0, bytes: 0 });
          await under.close();
        }),
        { numRuns: runs },
      );
    });
  });
}
