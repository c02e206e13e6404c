import { describe, expect, test } from 'bun:test';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { seconds } from '../../model/units.ts';
import { CallEnd } from './call-end.ts';
import { viewerLeft, type AttemptFailure } from './failures.ts';
import { OriginPlaces, type Leave } from './origin-places.ts';

const CAPACITY = { originRequests: 3, requestsPerOrigin: 2, waitingPerOrigin: 2 };

function open() {
  const clock = createVirtualClock();
  const places = new OriginPlaces(clock, CAPACITY);
  const order: string[] = [];
  /** What became of each who asked, in order, by name. */
  const take = async (name: string, place = 'a', over = new CallEnd()): Promise<Leave> => {
    try {
      const leave = await places.take({ place, origin: `origin ${place}`, patience: seconds(10), over });
      order.push(`${name} in`);
      return leave;
    } catch (error) {
      order.push(`${name}: ${(error as AttemptFailure).detail}`);
      return () => {};
    }
  };
  return { clock, places, order, take };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  test('are had at once while there are any', () => {
    const { places } = open();
    expect(places.take({ place: 'a', origin: 'a', patience: 1, over: new CallEnd() })).toBeFunction();
  });

  test('go to those who wait, in order; whoever finds the queue full is told', async () => {
    const { take, order, clock } = open();
    const first = await take('1');
    const second = await take('2');
    const [third, fourth] = [take('3'), take('4')];
    await take('5');
    first();
    first();
    await third;
    second();
    await fourth;
    expect(order).toEqual(['1 in', '2 in', '5: CapacityExceeded', '3 in', '4 in']);
    expect(clock.waiting).toBe(0);
  });

  test('of the process are everybody’s', async () => {
    const { take, order } = open();
    const leave = await take('a1');
    await take('a2');
    await take('b1', 'b');
    await take('b2', 'b');
    leave();
    await take('c1', 'c');
    expect(order).toEqual(['a1 in', 'a2 in', 'b1 in', 'b2: CapacityExceeded', 'c1 in']);
  });

  test('are waited for no longer than patience lasts, or until one leaves', async () => {
    const { take, order, clock } = open();
    const leave = await take('1');
    await take('2');
    const leaving = new CallEnd();
    const [third, fourth] = [take('3', 'a', leaving), take('4')];
    leaving.end(viewerLeft('origin a', 'no'));
    await third;
    clock.advance(seconds(10));
    await fourth;
    await take('5', 'a', leaving);
    const sixth = take('6');
    await turn();
    leave();
    await sixth;
    expect(order).toEqual(['1 in', '2 in', '3: ClientCommError', '4: CapacityExceeded', '5: ClientCommError', '6 in']);
    expect(clock.waiting).toBe(0);
  });
});
