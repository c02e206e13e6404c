import { expect, test } from 'bun:test';
import { sampleVisit } from '../../../test/samples/visit.ts';
import { storedObject, storedResponse } from '../../../test/contracts/store.ts';
import { headOf } from '../../core/cache/blocks.ts';
import { MIB } from '../../model/units.ts';
import type { StoredObject } from '../store-ports.ts';
import type { BlockArrival, BlockFills } from './block-fills.ts';
import { createBlockReader } from './block-reader.ts';

const visit = sampleVisit({ path: '/film' });
const film = Buffer.alloc(2 * MIB, 'film and more of it, ');
const head = headOf(storedResponse('key'), { length: film.byteLength, validators: [['etag', '"1"']] });

const held = (index: number): StoredObject => storedObject(`block ${index}`, film.subarray(index * MIB, (index + 1) * MIB));

/** A block in a file that is good for so many octets. */
function breaking(index: number, good: number): StoredObject {
  const whole = held(index);
  async function* chunks(first: number): AsyncGenerator<Uint8Array> {
    if (good > first) yield (whole.body as Uint8Array).subarray(first, good);
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  }
  const body = { length: MIB, read: (first: number) => ({ chunks: chunks(first), cancel: () => undefined }) };
  return { ...whole, body: { ...body, open: () => Promise.resolve(undefined) } };
}

/** What the viewer gets of octets 10 to the last but ten, where the second block is taken as `arrivals` has it, time after time. */
async function read(arrivals: readonly StoredObject[]): Promise<Buffer> {
  const left = [...arrivals];
  const take = (index: number): { source: Promise<'store'>; arrival: Promise<BlockArrival> } => {
    const object = index === 0 ? held(0) : left.shift();
    if (object === undefined) throw new Error('the block was taken too often');
    return { source: Promise.resolve('store'), arrival: Promise.resolve({ kind: 'stored', object }) };
  };
  const blocks = { take: (_visit: unknown, _head: unknown, index: number) => take(index) } as unknown as BlockFills;
  const reader = createBlockReader(blocks, visit, head, { first: 10, last: film.byteLength - 11 }, true);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader.chunks) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const wanted = film.subarray(10, -10);
const rows: [name: string, arrivals: readonly StoredObject[], want: boolean | string][] = [
  ['as it is', [held(1)], true],
  ['gone when its turn comes', [breaking(1, 0), held(1)], true],
  ['damaged in the middle', [breaking(1, 500_000), held(1)], true],
  ['gone again and again', [breaking(1, 0), breaking(1, 0), held(1)], 'no such file'],
];
test.each(rows)('a stored block, %s', async (_name, arrivals, want) => {
  const got = await read(arrivals).then(
    (octets) => Buffer.compare(octets, wanted) === 0,
    (error: unknown) => (error as Error).message,
  );
  expect(got).toBe(want);
});
