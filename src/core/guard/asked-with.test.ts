import { expect, test } from 'bun:test';
import { answersAsked, askedWith } from './asked-with.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

const INPUTS: readonly UnkeyedInput[] = [
  { kind: 'query', name: 'page', value: 'x' },
  { kind: 'query', name: 'utm_source', value: 'x' },
  { kind: 'header', name: 'x-app', value: '1' },
  { kind: 'header', name: 'accept', value: '*/*' },
  { kind: 'header', name: 'sec-ch-ua', value: '"a"' },
  { kind: 'cookie', name: 'a', value: 'b' },
];

test('an error is remembered with the unusual names of its request; overload is for all', () => {
  expect(askedWith(INPUTS, 404)).toEqual(['?page', 'x-app']);
  expect([200, 302, 503, 504].map((status) => askedWith(INPUTS, status))).toEqual([undefined, undefined, undefined, undefined]);
  expect(askedWith(INPUTS.slice(3), 404)).toBeUndefined();
});

test('it answers whoever sends the same names', () => {
  const error = { askedWith: ['?page', 'x-app'] };
  expect(answersAsked(error, { fields: [['x-app', '2']], query: 'a&page=7' })).toBe(true);
  expect(answersAsked(error, { fields: [], query: 'page=7' })).toBe(false);
  expect(answersAsked(error, { fields: [['x-app', '2']], query: undefined })).toBe(false);
  expect(answersAsked({}, { fields: [], query: undefined })).toBe(true);
});
