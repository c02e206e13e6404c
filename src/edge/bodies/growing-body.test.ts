import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createGrowingBody } from './growing-body.ts';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let result = '';
  for await (const chunk of chunks) result += new TextDecoder().decode(chunk);
  return result;
}

describe('a retained body', () => {
  test('gives every reader every byte, whenever it came', async () => {
    const body = createGrowingBody();
    const early = text(body.read().chunks);
    await body.append(bytes('one '));
    const middle = text(body.read().chunks);
    await body.append(bytes('two'));
    body.end();
    const late = text(body.read().chunks);
    expect(await Promise.all([early, middle, late])).toEqual(['one two', 'one two', 'one two']);
  });

  test('gives a range as soon as its bytes are there', async () => {
    const body = createGrowingBody();
    const range = text(body.read(2, 5).chunks);
    await body.append(bytes('abcd'));
    await body.append(bytes('efgh'));
    expect(await range).toBe('cdef');
  });

  test('is whole only after its end', async () => {
    const body = createGrowingBody();
    await body.append(bytes('a'));
    await body.append(bytes('b'));
    expect(body.whole()).toBeUndefined();
    body.end();
    expect(new TextDecoder().decode(body.whole())).toBe('ab');
  });

  test('a reader that is behind reads on after the pieces were joined', async () => {
    const body = createGrowingBody();
    const iterator = body.read().chunks[Symbol.asyncIterator]();
    await body.append(bytes('a'));
    await body.append(bytes('b'));
    await body.append(bytes('c'));
    const first = await iterator.next();
    body.end();
    body.whole();
    const second = await iterator.next();
    const third = await iterator.next();
    const seen = [first, second, third].map((step) => (step.done === true ? '' : new TextDecoder().decode(step.value)));
    expect(seen.join('')).toBe('abc');
  });

  test('fails its readers instead of ending short', async () => {
    const body = createGrowingBody();
    const reading = text(body.read().chunks);
    await body.append(bytes('half'));
    body.fail(new Error('origin reset'));
    expect(reading).rejects.toThrow('origin reset');
    expect(body.whole()).toBeUndefined();
  });
});

describe('a passing body', () => {
  test('holds the writer until its slowest reader has caught up', async () => {
    const body = createGrowingBody();
    const reader = body.read();
    body.release();
    const held = body.append(new Uint8Array(300 * 1024));
    expect(held).toBeInstanceOf(Promise);
    const sizes: number[] = [];
    const reading = (async () => {
      for await (const piece of reader.chunks) sizes.push(piece.byteLength);
    })();
    await held;
    body.end();
    await reading;
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(300 * 1024);
    // A viewer that is behind never gets the rest in one piece: the runtime would copy it.
    expect(Math.max(...sizes)).toBe(64 * 1024);
  });

  test('is abandoned when its last reader leaves', () => {
    const body = createGrowingBody();
    const reader = body.read();
    body.release();
    let abandoned = 0;
    body.onAbandoned = () => (abandoned += 1);
    reader.cancel();
    expect(abandoned).toBe(1);
  });

  test('never ends short for a reader who comes too late', async () => {
    const body = createGrowingBody();
    const early = body.read();
    body.release();
    const reading = text(early.chunks);
    await body.append(bytes('first '));
    await body.append(bytes('second'));
    body.end();
    expect(await reading).toBe('first second');
    await expect(text(body.read().chunks)).rejects.toThrow('passed by');
  });
});

test('any split of the bytes and any range reads the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 12 }),
      fc.nat(60),
      fc.nat(60),
      async (parts, a, b) => {
        const [first, last] = a < b ? [a, b] : [b, a];
        const body = createGrowingBody();
        const reading = (async () => {
          const got: number[] = [];
          for await (const chunk of body.read(first, last).chunks) got.push(...chunk);
          return got;
        })();
        for (const part of parts) await body.append(part);
        body.end();
        expect(await reading).toEqual(parts.flatMap((part) => [...part]).slice(first, last + 1));
      },
    ),
    { numRuns: 200 },
  );
});
