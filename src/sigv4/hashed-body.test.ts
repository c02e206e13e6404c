import { expect, test } from 'bun:test';
import { EMPTY_PAYLOAD, sha256Hex } from './canonical-request.ts';
import { hashedBody } from './hashed-body.ts';

const mismatch = (actual: string): Error => new Error(`got ${actual}`);
const bodyOf = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();

test('a body with the right hash passes unchanged', async () => {
  expect(await new Response(hashedBody(bodyOf('hello'), sha256Hex('hello'), mismatch)).text()).toBe('hello');
});

test('a body with another hash fails at its end', async () => {
  const body = hashedBody(bodyOf('hellO'), sha256Hex('hello'), mismatch);
  expect(new Response(body).text()).rejects.toThrow(`got ${sha256Hex('hellO')}`);
});

test('no body is the empty body', () => {
  expect(hashedBody(null, EMPTY_PAYLOAD, mismatch)).toBeNull();
  expect(() => hashedBody(null, sha256Hex('hello'), mismatch)).toThrow('got e3b0c442');
});
