import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { createNumberMap } from './number-map.ts';

test('under any operations it answers as a Map does', () => {
  // Few keys that meet often, and large ones whose upper halves differ.
  const key = fc.oneof(fc.nat(40), fc.constantFrom(2 ** 53 - 1, 2 ** 40, 2 ** 40 + 1, 2 ** 32, 3 * 2 ** 32), fc.maxSafeNat());
  const operation = fc.tuple(fc.constantFrom('set', 'set', 'set', 'delete', 'get'), key, fc.nat());
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
      const [ours, model] = [createNumberMap(), new Map<number, number>()];
      for (const [kind, at, value] of operations) {
        if (kind === 'set') {
          ours.set(at, value);
          model.set(at, value);
        } else if (kind === 'delete') expect(ours.delete(at)).toBe(model.delete(at));
        expect(ours.get(at)).toBe(model.get(at));
        expect(ours.has(at)).toBe(model.has(at));
      }
      expect(ours.size).toBe(model.size);
      expect(new Map(ours.entries())).toEqual(model);
    }),
  );
});

test('many keys come and go', () => {
  const map = createNumberMap();
  const spread = (index: number): number => (index * 6_364_136_223) % Number.MAX_SAFE_INTEGER;
  for (let index = 0; index < 200_000; index++) map.set(spread(index), index);
  for (let index = 0; index < 200_000; index += 2) map.delete(spread(index));
  expect(map.size).toBe(100_000);
  expect([map.get(spread(7)), map.get(spread(8)), map.get(spread(199_999))]).toEqual([7, undefined, 199_999]);
});
