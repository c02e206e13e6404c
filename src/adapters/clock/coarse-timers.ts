/**
 * Timers that are nearly always cancelled: how long an origin may be silent, how long a connection stays. Kept by the tick in which they fall
 * due, so that setting one and cancelling it costs a few pointers, and one timer of the runtime serves them all. They run late by two
 * ticks at most, never early.
 *
 *   tick -> slot: a ring of timers, its own first link among them
 */
import type { Duration, Instant } from '../../model/units.ts';

/** Ours: a tenth of the shortest delay that is kept here. */
const TICK: Duration = 100;

class Link {
  previous: Link = this;
  next: Link = this;

  constructor(readonly run: () => void) {}
}

export interface CoarseTimers {
  after(delay: Duration, run: () => void): { cancel(): void };
}

/** `now` never runs backwards. */
export function createCoarseTimers(now: () => Instant): CoarseTimers {
  const slots = new Map<number, Link>();
  let count = 0;
  let passed = 0;
  let ticking: Timer | undefined;

  function tick(): void {
    const current = Math.floor(now() / TICK);
    while (passed < current && count > 0) {
      passed += 1;
      const slot = slots.get(passed);
      if (slot === undefined) continue;
      slots.delete(passed);
      for (let first = slot.next; first !== slot; first = slot.next) {
        remove(first);
        try {
          first.run();
        } catch (error) {
          // Our own mistake, as loud as in a timer of the runtime's; the others run all the same.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
    if (count > 0) return;
    clearInterval(ticking);
    ticking = undefined;
    slots.clear();
  }

  function remove(link: Link): void {
    if (link.next === link) return;
    link.previous.next = link.next;
    link.next.previous = link.previous;
    link.previous = link;
    link.next = link;
    count -= 1;
    // Nobody waits: the process may end.
    if (count === 0) ticking?.unref();
  }

  return {
    after(delay, run) {
      const time = now();
      if (ticking === undefined) {
        passed = Math.floor(time / TICK);
        ticking = setInterval(tick, TICK);
      } else if (count === 0) ticking.ref();
      const due = Math.ceil((time + delay) / TICK);
      let slot = slots.get(due);
      if (slot === undefined) slots.set(due, (slot = new Link(nothing)));
      const link = new Link(run);
      link.previous = slot.previous;
      link.next = slot;
      slot.previous.next = link;
      slot.previous = link;
      count += 1;
      return { cancel: () => remove(link) };
    },
  };
}

function nothing(): void {}
