import { expect, test } from 'bun:test';
import { KIB } from '../../model/units.ts';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWriteQueue } from './write-queue.ts';

function open(gathering?: number) {
  const clock = createVirtualClock();
  const written: string[] = [];
  let held = 0;
  const queue = createWriteQueue<string>({
    clock,
    gathering,
    held: () => held,
    write: async (batch) => void written.push(batch.length > 9 ? `${batch.length}` : batch.join('')),
  });
  return { clock, queue, written, hold: (octets: number) => (held = octets) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what comes within a moment is written together', async () => {
  const { clock, queue, written } = open();
  queue.push('a');
  await turn();
  queue.push('b');
  clock.advance(49);
  await turn();
  expect(written).toEqual([]);
  clock.advance(1);
  await turn();
  expect(written).toEqual(['ab']);
  queue.push('c');
  await turn();
  expect(written).toEqual(['ab']);
  clock.advance(50);
  await turn();
  expect(written).toEqual(['ab', 'c']);
  expect(clock.waiting).toBe(0);
});

test('many, or many octets, wait for nobody', async () => {
  const { queue, written, hold } = open();
  queue.push('a');
  await turn();
  hold(256 * KIB);
  queue.push('b');
  await turn();
  expect(written).toEqual(['ab']);
  hold(0);
  for (let count = 0; count < 300; count += 1) queue.push('x');
  await turn();
  expect(written).toEqual(['ab', '256']);
});

test('who wants all of it written does not wait, nor for what comes meanwhile', async () => {
  const { clock, queue, written } = open();
  queue.push('a');
  await turn();
  const settled = queue.settled();
  queue.push('b');
  await settled;
  expect([written.join(''), clock.waiting]).toEqual(['ab', 0]);
});

test('without gathering, only what is put in one turn goes together', async () => {
  const { queue, written } = open(0);
  queue.push('a');
  queue.push('b');
  await turn();
  queue.push('c');
  await turn();
  expect(written).toEqual(['ab', 'c']);
});
