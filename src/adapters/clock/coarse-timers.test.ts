import { afterEach, expect, jest, test } from 'bun:test';
import { createCoarseTimers } from './coarse-timers.ts';

afterEach(() => {
  jest.useRealTimers();
});

/** A clock that goes where it is told, with the runtime's interval along. */
function open() {
  jest.useFakeTimers();
  let now = 12_345;
  const timers = createCoarseTimers(() => now);
  const ran: string[] = [];
  return {
    ran,
    after: (delay: number, name: string, more = () => {}) =>
      timers.after(delay, () => {
        ran.push(`${name}@${now - 12_345}`);
        more();
      }),
    advance(by: number) {
      for (let left = by; left > 0; left -= 5) {
        now += 5;
        jest.advanceTimersByTime(5);
      }
    },
  };
}

test('run once, in order, never early and two ticks late at most', () => {
  const { after, advance, ran } = open();
  after(2_000, 'late');
  after(1_000, 'early');
  after(1_000, 'second');
  advance(995);
  expect(ran).toEqual([]);
  advance(205);
  expect(ran.map((one) => one.split('@')[0])).toEqual(['early', 'second']);
  expect(Math.max(...ran.map((one) => Number(one.split('@')[1])))).toBeLessThanOrEqual(1_200);
  advance(5_000);
  expect(ran).toHaveLength(3);
});

test('that are cancelled do not run, also by one that runs in the same tick, nor twice', () => {
  const { after, advance, ran } = open();
  const third = { cancel: (): void => undefined };
  after(1_000, 'first', () => third.cancel());
  const second = after(1_000, 'second');
  third.cancel = after(1_000, 'third').cancel;
  second.cancel();
  second.cancel();
  advance(1_500);
  expect(ran.map((one) => one.split('@')[0])).toEqual(['first']);
  third.cancel();
  after(1_000, 'fourth');
  advance(1_500);
  expect(ran).toHaveLength(2);
});

test('one that is set while another runs has its own time', () => {
  const { after, advance, ran } = open();
  after(1_000, 'first', () => void after(1_000, 'second'));
  advance(1_900);
  expect(ran).toHaveLength(1);
  advance(400);
  expect(ran).toHaveLength(2);
});
