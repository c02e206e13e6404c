import { describe, expect, test } from 'bun:test';
import { MINUTE, SECOND, type Instant } from '../../../model/units.ts';
import type { TraitKind } from '../../../tables/flood.ts';
import { createFloodGuard, type FloodEvent } from './flood-guard.ts';

const CHROME = 'Mozilla/5.0 Chrome/150';
const FIREFOX = 'Mozilla/5.0 Firefox/150';

interface Sender {
  readonly address: string;
  readonly agent: string;
  /** Requests in ten seconds. */
  readonly pace: number;
  readonly path: string;
  /** Of so many requests, the cache answers all but one; 1: it answers none. */
  readonly reaches: number;
}

interface Tally {
  sent: number;
  answered: number;
}

/** Plays on a virtual clock, in steps of half a second: everybody at their pace. */
function stage() {
  const events: FloodEvent[] = [];
  const guard = createFloodGuard((event) => events.push(event));
  let now: Instant = Date.UTC(2026, 0, 1);

  function play(lasts: number, ...casts: readonly (readonly Sender[])[]): readonly Tally[] {
    const tallies = casts.map((): Tally => ({ sent: 0, answered: 0 }));
    for (let step = 0; step < lasts / 500; step += 1, now += 500) {
      for (const [index, cast] of casts.entries())
        for (const [place, sender] of cast.entries()) ask(sender, step + place * 7, tallies[index]!);
    }
    return tallies;
  }

  function ask({ address, agent, pace, path, reaches }: Sender, turn: number, tally: Tally): void {
    // `pace` requests in twenty steps, evenly.
    const due = Math.floor(((turn + 1) * pace) / 20) - Math.floor((turn * pace) / 20);
    for (let count = 0; count < due; count += 1) {
      const request = { viewerAddress: address, path, fields: [['user-agent', agent]] as const };
      tally.sent += 1;
      if (guard.admit('E1', request, now) !== undefined) continue;
      tally.answered += 1;
      if (tally.sent % reaches === 0) guard.reachesOrigin('E1', request, now);
    }
  }

  return { play, events, guard, kinds: () => [...new Set(events.map(({ kind }) => kind))] };
}

/** Eighty viewers here and there, each with a page or two in ten seconds; a few ask much more. */
const viewers: readonly Sender[] = Array.from({ length: 80 }, (_, index) => ({
  address: `10.${index}.${index % 5}.7`,
  agent: index % 3 === 0 ? FIREFOX : CHROME,
  pace: index % 20 === 0 ? 30 : 2 + (index % 4),
  path: ['/', '/news', '/search', '/app.js'][index % 4]!,
  reaches: 10,
}));

const many = (count: number, changes: (index: number) => Partial<Sender>): readonly Sender[] =>
  Array.from({ length: count }, (_, index) => ({
    address: `172.${index % 250}.${Math.floor(index / 250)}.9`,
    agent: CHROME,
    pace: 10,
    path: '/search',
    reaches: 1,
    ...changes(index),
  }));

const attacks: readonly (readonly [name: string, attackers: readonly Sender[], heldBy: TraitKind])[] = [
  ['one machine', many(1, () => ({ pace: 4000 })), 'source'],
  ['machines here and there', many(40, () => ({ pace: 400 })), 'source'],
  [
    'machines of IPv6, each with addresses of its own',
    many(40, (index) => ({ address: `2001:db8:${index}::${index}`, pace: 200 })),
    'source',
  ],
  ['one network', many(250, (index) => ({ address: `198.51.100.${index}`, pace: 20, path: '/', reaches: 50 })), 'network'],
  ['a tool on thousands of machines', many(4000, (index) => ({ agent: 'tool/1.0', pace: 1, path: `/${index}` })), 'agent'],
  [
    'browsers on thousands of machines, at a costly page',
    many(4000, (index) => ({ agent: `${CHROME}.${index}`, pace: 1 })),
    'path',
  ],
];

describe('an attack by', () => {
  test.each(attacks)('%s', (_name, attackers, heldBy) => {
    const { play, events, kinds } = stage();
    const [quiet] = play(MINUTE, viewers);
    expect(quiet!.answered).toBe(quiet!.sent);
    const [real, bad] = play(MINUTE, viewers, attackers);
    expect(real!.answered / real!.sent).toBeGreaterThan(0.99);
    expect(bad!.answered / bad!.sent).toBeLessThan(0.3);
    const held = events.flatMap((event) => (event.kind === 'held' ? [event.measure.kind] : []));
    expect([...new Set(held)]).toEqual([heldBy]);
    // It lets go by itself.
    play(2 * MINUTE, viewers);
    expect(kinds()).toEqual(['flood', 'held', 'let-go', 'over']);
    const [afterwards] = play(MINUTE, viewers);
    expect(afterwards!.answered).toBe(afterwards!.sent);
  });
});

test('many who come at once for a page that is stored are told of, and answered', () => {
  const { play, events } = stage();
  play(MINUTE, viewers);
  const crowd = many(3000, () => ({ pace: 4, path: '/news', reaches: 5000 }));
  const [real, newcomers] = play(MINUTE, viewers, crowd);
  expect([real!.sent - real!.answered, newcomers!.sent - newcomers!.answered]).toEqual([0, 0]);
  expect(events.map((event) => event.kind)).toEqual(['flood', 'over']);
  expect(events[0]).toMatchObject({ meter: 'requests', explained: false });
});

test('what grows is usual after a while', () => {
  const { play, events } = stage();
  for (const share of [1, 2, 3, 4, 6, 8])
    play(
      10 * MINUTE,
      viewers,
      many(80 * share, () => ({ pace: 4, path: '/news', reaches: 10 })),
    );
  expect(events).toEqual([]);
});

test('nothing is a flood before anything is usual', () => {
  const { play, events } = stage();
  const [first] = play(
    10 * SECOND,
    many(40, () => ({ pace: 200 })),
  );
  expect(first!.answered).toBe(first!.sent);
  expect(events).toEqual([]);
});

test('who is held can be seen, and another distribution is not concerned', () => {
  const { play, guard } = stage();
  play(MINUTE, viewers);
  play(
    10 * SECOND,
    viewers,
    many(1, () => ({ pace: 4000 })),
  );
  const request = { viewerAddress: '172.0.0.9', path: '/', fields: [] };
  expect(guard.measureFor('E1', request)).toMatchObject({ kind: 'source', value: '172.0.0.9', allowance: 20 });
  expect(guard.measureFor('E2', request)).toBeUndefined();
  expect(guard.measureFor('E1', { ...request, viewerAddress: '10.1.1.7' })).toBeUndefined();
  guard.retain((id) => id !== 'E1');
  expect(guard.measureFor('E1', request)).toBeUndefined();
});
