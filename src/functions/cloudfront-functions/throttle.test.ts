import { expect, test } from 'bun:test';
import { HOUR, MINUTE, SECOND } from '../../model/units.ts';
import { createThrottles } from './throttle.ts';

test('a function runs until it has used up what it may, and again when that is paid off', () => {
  const throttle = createThrottles()();
  for (const _ of Array.from({ length: 5 })) throttle.overran(0, 20);
  expect(throttle.isThrottled(0)).toBe(false);
  throttle.overran(0, 20);
  expect(throttle.isThrottled(0)).toBe(true);
  expect(throttle.isThrottled(3 * SECOND)).toBe(true);
  expect(throttle.isThrottled(5 * SECOND)).toBe(false);
});

test('many functions together may use up no more than a few, and those that have not overrun are never held back', () => {
  const create = createThrottles();
  const hostile = Array.from({ length: 30 }, create);
  const honest = create();
  let ran = 0;
  let runs = 0;
  for (let now = 0; now < MINUTE; now += 100) {
    for (const throttle of hostile) {
      if (throttle.isThrottled(now)) continue;
      throttle.overran(now, 20);
      ran += 20;
    }
    if (!honest.isThrottled(now)) runs += 1;
  }
  // Each may go wrong thrice; then all share what is left.
  expect(ran).toBeLessThanOrEqual(30 * 60 + MINUTE * 0.005);
  expect(runs).toBe(600);
});

test('a run that went wrong once is forgiven, whatever the others owe', () => {
  const create = createThrottles();
  const [one, other] = [create(), create()];
  one.overran(0, 20);
  for (const _ of Array.from({ length: 100 })) other.overran(0, 50);
  expect(one.isThrottled(1)).toBe(false);
  expect(other.isThrottled(MINUTE)).toBe(true);
  expect(other.isThrottled(HOUR)).toBe(false);
});
