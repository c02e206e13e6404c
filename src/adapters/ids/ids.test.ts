import { describe, expect, test } from 'bun:test';
import { createRandomIds } from './random-ids.ts';
import { createSeededIds } from './seeded-ids.ts';

for (const [name, create] of [
  ['random', createRandomIds],
  ['seeded', createSeededIds],
] as const) {
  describe(name, () => {
    test('ids are 56 characters of URL-safe base64 ending ==, each only once', () => {
      const ids = create();
      // More than one batch.
      const made = Array.from({ length: 1000 }, () => ids.requestId());
      for (const id of made) expect(id).toMatch(/^[A-Za-z0-9_-]{54}==$/);
      expect(new Set(made).size).toBe(made.length);
    });
  });
}

test('seeded ids repeat', () => {
  const [one, other] = [createSeededIds('a'), createSeededIds('a')];
  expect([one.requestId(), one.requestId()]).toEqual([other.requestId(), other.requestId()]);
  expect(createSeededIds('b').requestId()).not.toBe(createSeededIds('a').requestId());
});
