import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { octetsOfText } from '../../../../http/octet-text.ts';
import { readJson } from './read-json.ts';

const octets = (value: unknown): string => octetsOfText(JSON.stringify(value))!;

test('whatever is JSON is read whole, with every key and every value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 }), (value) => {
      const { members, isComplete } = readJson(octets(value));
      const texts = new Set(members.map(({ text }) => text));
      const missing: unknown[] = [];
      JSON.stringify(value, (key, inner: unknown) => {
        if (key !== '' && !/^\d+$/.test(key) && !texts.has(octetsOfText(key)!)) missing.push(key);
        const isLeaf = inner === null || typeof inner !== 'object';
        if (isLeaf && !texts.has(typeof inner === 'string' ? octetsOfText(inner)! : JSON.stringify(inner))) missing.push(inner);
        return inner;
      });
      return isComplete && missing.length === 0;
    }),
  );
});

test('half a document is never whole, and what was there of it is seen', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 }), fc.nat(), (value, at) => {
      const whole = octets(value);
      return !readJson(whole.slice(0, at % whole.length)).isComplete;
    }),
  );
});

const POINTERS: readonly (readonly [body: string, want: readonly string[]])[] = [
  ['{"a":{"b":[1,{"c":2}]}}', ['/a', '/a/b', '/a/b/0', '/a/b/1/c', '/a/b/1/c']],
  ['{"a/b":1,"m~n":2}', ['/a~1b', '/a~1b', '/m~0n', '/m~0n']],
  ['["x"]', ['/0']],
  ['"x"', ['']],
];

for (const [body, want] of POINTERS) {
  test(`pointers of ${body}`, () => {
    expect(readJson(body).members.map(({ pointer }) => pointer)).toEqual([...want]);
  });
}

test('a long key is not repeated for each of its members', () => {
  const { members } = readJson(`{"a":{"${'b'.repeat(8000)}":[${'1,'.repeat(4000)}1]}}`);
  expect(members.length).toBe(4003);
  expect(Math.max(...members.map(({ pointer }) => pointer.length))).toBeLessThan(600);
});
