import { describe, expect, test } from 'bun:test';
import { createViewerLimits, type ViewerLimitOptions } from './viewer-limits.ts';

let at = 0;
const limits = (changes: Partial<ViewerLimitOptions>) =>
  createViewerLimits({
    maxConnections: 10,
    connectionsPerAddress: undefined,
    requestsPerAddress: undefined,
    now: () => at,
    ...changes,
  });

describe('connections', () => {
  test('so many and no more, until one goes', () => {
    const few = limits({ maxConnections: 2 });
    expect([few.connect('a'), few.connect('b'), few.connect('c')]).toEqual([true, true, false]);
    few.disconnect('a');
    expect(few.connections).toBe(1);
    expect(few.connect('c')).toBe(true);
  });

  test('of one address, while others may still come', () => {
    const few = limits({ connectionsPerAddress: 1 });
    expect([few.connect('192.0.2.1'), few.connect('192.0.2.1'), few.connect('192.0.2.2')]).toEqual([true, false, true]);
    few.disconnect('192.0.2.1');
    expect(few.connect('192.0.2.1')).toBe(true);
  });

  test.each([
    ['2001:db8::1', '2001:db8::2', false],
    ['2001:db8::1', '2001:db8:0:0:9::1', false],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', true],
    ['::1', '::2', false],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:9:9:9:9', false],
  ])('of one /64: %s and %s', (first, second, want) => {
    const few = limits({ connectionsPerAddress: 1 });
    expect([few.connect(first), few.connect(second)]).toEqual([true, want]);
  });
});

describe('requests', () => {
  const asks = (few: ReturnType<typeof limits>, count: number): number =>
    Array.from({ length: count }, () => few.ask('a')).filter(Boolean).length;

  test('two seconds’ worth at once, then as many as come in time', () => {
    at = 1_000_000;
    const few = limits({ requestsPerAddress: 10 });
    expect(asks(few, 50)).toBe(20);
    at += 1000;
    expect(asks(few, 50)).toBe(10);
    expect(few.ask('b')).toBe(true);
  });

  test('one in a second is one in a second', () => {
    at = 2_000_000;
    const few = limits({ requestsPerAddress: 1 });
    expect(asks(few, 5)).toBe(2);
    at += 1000;
    expect(asks(few, 5)).toBe(1);
  });

  test('without a limit all are answered', () => {
    expect(asks(limits({}), 1000)).toBe(1000);
  });
});
