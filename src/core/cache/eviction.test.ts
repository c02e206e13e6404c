import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createGhost } from './eviction-ghost.ts';
import { createS3Fifo, type Eviction } from './eviction.ts';
import { createSizeAwareFifo } from './size-aware-eviction.ts';

/** An eviction and what it says is in. */
function follow(eviction: Eviction) {
  const held = new Set<string>();
  return {
    held,
    ask: (key: string, size: number): void => {
      if (held.has(key)) {
        eviction.touch(key);
        return;
      }
      held.add(key);
      for (const evicted of eviction.insert(key, size)) {
        expect(held.delete(evicted)).toBe(true);
      }
    },
  };
}

const EVICTIONS: ReadonlyArray<[name: string, create: (capacity: number) => Eviction]> = [
  ['S3-FIFO', createS3Fifo],
  ['size-aware FIFO', createSizeAwareFifo],
];

describe.each(EVICTIONS)('%s', (_name, create) => {
  test('the bound holds and nothing is lost or left twice, whatever happens', () => {
    const operation = fc.record({
      kind: fc.constantFrom('ask', 'ask', 'ask', 'remove', 'replace'),
      key: fc.integer({ min: 0, max: 40 }).map(String),
      size: fc.integer({ min: 0, max: 140 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const eviction = create(100);
        const { held, ask } = follow(eviction);
        for (const { kind, key, size } of operations) {
          if (kind !== 'ask') {
            eviction.remove(key);
            held.delete(key);
          }
          if (kind !== 'remove') ask(key, size);
          expect(eviction.bytes).toBeLessThanOrEqual(100);
          expect(eviction.count).toBe(held.size);
        }
        for (const key of held) eviction.remove(key);
        expect([eviction.bytes, eviction.count]).toEqual([0, 0]);
      }),
      { numRuns: 200 },
    );
  });

  test('what is larger than everything is refused, and nothing leaves for it', () => {
    const eviction = create(1000);
    eviction.insert('a', 10);
    expect(eviction.insert('b', 1001)).toEqual(['b']);
    expect(eviction.count).toBe(1);
  });

  test('what is unknown can be touched and removed without effect', () => {
    const eviction = create(1000);
    eviction.touch('a');
    eviction.remove('a');
    expect([eviction.bytes, eviction.count]).toEqual([0, 0]);
  });

  test('what is asked for again and again outlives a thousand that are not', () => {
    const { held, ask } = follow(create(1000));
    ask('popular', 10);
    for (let stranger = 0; stranger < 1000; stranger++) {
      ask('popular', 10);
      ask(`s${stranger}`, 10);
    }
    expect(held.has('popular')).toBe(true);
  });

  test('what is stored anew keeps its place', () => {
    const eviction = create(1000);
    const { held, ask } = follow(eviction);
    for (let round = 0; round < 300; round++) {
      ask('popular', 10);
      ask(`s${round}`, 10);
    }
    eviction.remove('popular');
    held.delete('popular');
    ask('popular', 10);
    // Enough strangers to push out any newcomer.
    for (let stranger = 0; stranger < 100; stranger++) ask(`t${stranger}`, 10);
    expect(held.has('popular')).toBe(true);
  });
});

describe('S3-FIFO', () => {
  test('strangers leave in the order they came', () => {
    const eviction = createS3Fifo(1000);
    for (let at = 0; at < 20; at++) expect(eviction.insert(`k${at}`, 50)).toEqual([]);
    expect([eviction.insert('x', 50), eviction.insert('y', 100 - 1)]).toEqual([['k0'], ['k1', 'k2']]);
  });

  test('two requests while new are needed to stay', () => {
    const eviction = createS3Fifo(1000);
    for (let at = 0; at < 20; at++) eviction.insert(`k${at}`, 50);
    for (const key of ['k0', 'k1', 'k1']) eviction.touch(key);
    expect([eviction.insert('x', 50), eviction.insert('y', 50)]).toEqual([['k0'], ['k2']]);
  });

  test('what is as large as the small queue enters when asked for again', () => {
    const eviction = createS3Fifo(1000);
    expect(eviction.insert('large', 100)).toEqual(['large']);
    expect(eviction.insert('large', 100)).toEqual([]);
    expect(eviction.bytes).toBe(100);
  });
});

describe('the main queue of S3-FIFO', () => {
  /** As large as the small queue: refused at first, it comes back into the main queue. */
  function insertIntoMain(eviction: Eviction, key: string): readonly string[] {
    eviction.insert(key, 100);
    return eviction.insert(key, 100);
  }

  function createFull(): Eviction {
    const eviction = createS3Fifo(1000);
    for (let at = 0; at < 10; at++) insertIntoMain(eviction, `k${at}`);
    return eviction;
  }

  test('gives one more round for each request', () => {
    const eviction = createFull();
    for (let at = 0; at < 10; at++) eviction.touch(`k${at}`);
    for (const key of ['k0', 'k1']) eviction.touch(key);
    const left = Array.from({ length: 9 }, (_, at) => insertIntoMain(eviction, `x${at}`));
    expect(left.flat()).toEqual(['k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8', 'k9', 'k0']);
  });

  test('gives three rounds at most', () => {
    const eviction = createFull();
    for (let request = 0; request < 50; request++) eviction.touch('k0');
    for (let request = 0; request < 3; request++) for (let at = 1; at < 10; at++) eviction.touch(`k${at}`);
    expect(insertIntoMain(eviction, 'x')).toEqual(['k0']);
  });
});

describe('size-aware FIFO', () => {
  test('of two asked for as often, the larger leaves', () => {
    const eviction = createSizeAwareFifo(1000);
    eviction.insert('small', 10);
    eviction.insert('large', 900);
    expect(eviction.insert('new', 100)).toEqual(['large']);
  });

  test('a hundred requests outweigh size', () => {
    const eviction = createSizeAwareFifo(1000);
    eviction.insert('small', 100);
    eviction.insert('large', 900);
    for (let request = 0; request < 100; request++) eviction.touch('large');
    expect(eviction.insert('new', 100)).toEqual(['small']);
  });

  test('old merit fades', () => {
    const { held, ask } = follow(createSizeAwareFifo(1000));
    for (let request = 0; request < 20; request++) ask('once-popular', 100);
    for (let stranger = 0; stranger < 1000; stranger++) ask(`s${stranger}`, 100);
    expect(held.has('once-popular')).toBe(false);
  });
});

describe('ghost', () => {
  test('remembers once, in order, within its bound', () => {
    const ghost = createGhost(30);
    for (const key of ['a', 'b', 'c', 'd']) ghost.remember(key, 10);
    expect(['a', 'b', 'b', 'c', 'd'].map((key) => ghost.forget(key))).toEqual([false, true, false, true, true]);
    expect(ghost.count).toBe(0);
  });

  test('what was forgotten and comes again is remembered from then', () => {
    const ghost = createGhost(30);
    ghost.remember('a', 10);
    ghost.forget('a');
    for (const key of ['b', 'a', 'c']) ghost.remember(key, 10);
    ghost.remember('d', 10);
    expect(['a', 'b'].map((key) => ghost.forget(key))).toEqual([true, false]);
  });

  test('stays bounded over many', () => {
    const ghost = createGhost(1000);
    for (let at = 0; at < 50_000; at++) ghost.remember(`k${at}`, 10);
    expect(ghost.count).toBe(100);
    expect([ghost.forget('k49900'), ghost.forget('k49899')]).toEqual([true, false]);
  });
});
