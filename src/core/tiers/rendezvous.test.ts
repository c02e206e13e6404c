/** Keys are shared out evenly, everybody agrees on it, and a node that comes or goes moves its own keys only. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { rendezvousOwner } from './rendezvous.ts';

const named = (...names: readonly string[]) => names.map((name) => ({ name }));
const keys = Array.from({ length: 20_000 }, (_, index) => `E1ABCDEFGHIJKL/images/${index}.jpg\naccept-encoding:br,gzip`);

test('nobody owns anything where there is nobody', () => {
  expect(rendezvousOwner('key', [])).toBeUndefined();
  expect(rendezvousOwner('key', named('1'), () => false)).toBeUndefined();
});

describe('even shares', () => {
  test.each([2, 3, 8, 64])('among %d', (count) => {
    const nodes = named(...Array.from({ length: count }, (_, index) => String(index + 1)));
    const owned = new Map(nodes.map(({ name }) => [name, 0]));
    for (const key of keys) {
      const { name } = rendezvousOwner(key, nodes)!;
      owned.set(name, owned.get(name)! + 1);
    }
    const even = keys.length / count;
    // Six standard deviations of a fair draw.
    for (const share of owned.values()) expect(Math.abs(share - even)).toBeLessThan(6 * Math.sqrt(even));
  });
});

test('the order in which nodes are listed means nothing', () => {
  fc.assert(
    fc.property(fc.string(), fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 9 }), (key, names) => {
      expect(rendezvousOwner(key, named(...names.toReversed()))).toEqual(rendezvousOwner(key, named(...names)));
    }),
  );
});

test('when a node goes, the keys of the others stay where they are', () => {
  fc.assert(
    fc.property(fc.string(), fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 9 }), (key, names) => {
      const owner = rendezvousOwner(key, named(...names))!;
      const gone = names.find((name) => name !== owner.name)!;
      expect(rendezvousOwner(key, named(...names.filter((name) => name !== gone)))).toEqual(owner);
    }),
  );
});

test('who does not count is passed over, as if it were not listed', () => {
  const nodes = named('1', '2', '3');
  const { name: first } = rendezvousOwner('key', nodes)!;
  const rest = nodes.filter(({ name }) => name !== first);
  expect(rendezvousOwner('key', nodes, ({ name }) => name !== first)).toEqual(rendezvousOwner('key', rest));
});
