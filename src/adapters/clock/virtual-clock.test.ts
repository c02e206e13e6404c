import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { createVirtualClock } from './virtual-clock.ts';

test('timers run in order of due time, then of setting, each at its own time', () => {
  const clock = createVirtualClock(0);
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name}@${clock.now()}`);
  clock.after(20, note('late'));
  clock.after(10, note('first'));
  clock.after(10, note('second'));
  clock.after(10, () => clock.after(5, note('set on the way')));
  clock.after(10, note('cancelled')).cancel();
  clock.after(31, note('not yet'));
  clock.advance(30);
  expect(ran).toEqual(['first@10', 'second@10', 'set on the way@15', 'late@20']);
  expect(clock.now()).toBe(30);
  expect(clock.waiting).toBe(1);
});

test('time does not run backwards', () => {
  expect(() => createVirtualClock(0).advance(-1)).toThrow('backwards');
  expect(() => createVirtualClock(0).advance(Number.NaN)).toThrow('backwards');
});

test('however the way is cut, the same timers run at the same times', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.array(fc.nat(20)), (delays, steps) => {
      const run = (advances: readonly number[]): string[] => {
        const clock = createVirtualClock(0);
        const ran: string[] = [];
        for (const [index, delay] of delays.entries()) clock.after(delay, () => ran.push(`${index}@${clock.now()}`));
        for (const advance of advances) clock.advance(advance);
        return ran;
      };
      expect(run([0, ...steps])).toEqual(run([steps.reduce((sum, step) => sum + step, 0)]));
    }),
  );
});
