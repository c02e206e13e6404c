/** Frames survive however the stream is cut, and nothing else is taken for one. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { createFrameReader, encodeFrame } from './frames.ts';

test('frames come out as they went in, wherever the stream is cut', () => {
  const frame = fc.record({ kind: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, cuts) => {
      const stream = Buffer.concat(sent.map(({ kind, payload }) => encodeFrame(kind, payload)));
      const got: { kind: number; payload: Uint8Array }[] = [];
      const push = createFrameReader((kind, payload) => got.push({ kind, payload: new Uint8Array(payload) }));
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1;
        push(stream.subarray(at, at + size));
        at += size;
      }
      expect(got).toEqual(sent.map(({ kind, payload }) => ({ kind, payload: new Uint8Array(payload) })));
    }),
  );
});

test('text is UTF-8', () => {
  let got = '';
  createFrameReader((_, payload) => (got = Buffer.from(payload).toString()))(encodeFrame(1, 'Zürich ✓'));
  expect(got).toBe('Zürich ✓');
});

test('what cannot be a frame is refused before it is held', () => {
  const push = createFrameReader(() => {}, 100);
  expect(() => push(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow('cannot be one of ours');
});
