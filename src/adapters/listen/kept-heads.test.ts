import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { KeptHeads } from './kept-heads.ts';

const response = (): Fields => [['etag', '"x"']];
/** With what is around it, four fit into a generation of 1,000 octets. */
const head = () => ({ octets: new Uint8Array(40) });

test('what is asked for stays, what is not goes', () => {
  const kept = new KeptHeads<ReturnType<typeof head>>(1_000);
  const hot = response();
  const hotHead = head();
  kept.set(hot, hotHead);
  const cold = Array.from({ length: 40 }, response);
  for (const fields of cold) {
    kept.set(fields, head());
    expect(kept.get(hot)).toBe(hotHead);
  }
  const left = cold.filter((fields) => kept.get(fields) !== undefined);
  expect(left.length).toBeLessThanOrEqual(8);
  expect(left).toContain(cold.at(-1)!);
});

test('a head that is larger than all of it is kept until the next', () => {
  const kept = new KeptHeads<ReturnType<typeof head>>(100);
  const first = response();
  kept.set(first, head());
  expect(kept.get(first)).toBeDefined();
});
