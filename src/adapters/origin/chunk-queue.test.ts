import { describe, expect, test } from 'bun:test';
import { KIB, MIB } from '../../model/units.ts';
import { ChunkQueue, type HeldOctets } from './chunk-queue.ts';

function open(all: HeldOctets = { bytes: 0 }) {
  const said: string[] = [];
  const say = (word: string) => () => void said.push(word);
  const queue = new ChunkQueue({ pause: say('pause'), resume: say('resume'), awaited: say('awaited'), left: say('left') }, all);
  const fill = (size: number): void => {
    queue.push(new Uint8Array(size));
    queue.settle();
  };
  return { queue, said, all, fill, next: () => queue.chunks[Symbol.asyncIterator]().next() };
}

describe('a queue of chunks', () => {
  test('makes its connection wait above 256 KiB, until less than 64 KiB are left', async () => {
    const { said, fill, next, all } = open();
    for (let count = 0; count < 5; count++) fill(64 * KIB);
    expect([said, all.bytes]).toEqual([['pause'], 320 * KIB]);
    for (let count = 0; count < 4; count++) await next();
    expect(said).toEqual(['pause']);
    await next();
    expect([said, all.bytes]).toEqual([['pause', 'resume'], 0]);
  });

  test('makes it wait at once when all together hold too much', async () => {
    const { said, fill, next } = open({ bytes: 256 * MIB });
    fill(16 * KIB);
    expect(said).toEqual([]);
    fill(1);
    expect(said).toEqual(['pause']);
    await next();
    expect(said).toEqual(['pause', 'resume']);
  });

  test('counts for nobody what it has let go of', () => {
    const { queue, fill, all } = open();
    fill(64 * KIB);
    queue.clear();
    expect(all.bytes).toBe(0);
  });

  test('gives what it holds before its end, or before its failure', async () => {
    const ended = open();
    ended.fill(1);
    ended.queue.finish();
    expect([(await ended.next()).done, (await ended.next()).done]).toEqual([false, true]);
    const failed = open();
    failed.fill(1);
    failed.queue.fail(new Error('gone'));
    failed.queue.finish();
    expect((await failed.next()).done).toBe(false);
    expect(await failed.next().catch((error: unknown) => String(error))).toBe('Error: gone');
  });
});
