import { expect, test } from 'bun:test';
import { keyValueEndpoint } from './env.ts';

const rows: [apiUrl: string, isNameKnown: boolean, want: string | undefined][] = [
  ['http://127.0.0.1:4566', true, 'http://localhost:4566'],
  ['http://127.0.0.1:4566', false, 'http://0:4566'],
  ['http://localhost:4566', false, 'http://0:4566'],
  // An account's name in front of these means nothing, or is for their own DNS to know.
  ['http://[::1]:4566', true, undefined],
  ['http://192.0.2.1:4566', true, undefined],
  ['http://api.example.com:4566', true, undefined],
];
test.each(rows)('the pairs of key value stores at %s, names under localhost known: %p', (apiUrl, isNameKnown, want) => {
  expect(keyValueEndpoint(apiUrl, isNameKnown)).toBe(want);
});
