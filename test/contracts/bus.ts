/**
 * The contract of every Bus: how snapshots and bans reach edges, and when they count as applied. Run by each adapter's test.
 * Nothing here waits for time: an edge acknowledges when the test says so.
 */
import { describe, expect, test } from 'bun:test';
import type { Bus, BusSource, ControlBus, EdgeSubscriber } from '../../src/edge/ports.ts';
import type { KeyValueUpdate } from '../../src/model/key-value-store.ts';
import type { Ban, Snapshot } from '../../src/model/snapshot.ts';

export interface BusUnderTest {
  readonly bus: Bus & ControlBus;
  /** Lets an edge that failed be asked again, now. */
  readonly retry: () => Promise<void>;
  /** Resolves when everything that was sent has arrived, and whatever follows from it without being waited for has happened. */
  readonly quiet: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const snapshot = (version: number): Snapshot => ({ version, distributions: [] });
const ban = (sequence: number): Ban => ({
  sequence,
  distributionId: 'E1',
  invalidationId: `I${sequence}`,
  issuedAt: 0,
  items: ['/*'],
});
const update = (version: number): KeyValueUpdate => ({
  kind: 'change',
  storeId: 'S',
  modified: 0,
  version,
  puts: [],
  deletes: [],
});
const source = (version: number, bans: readonly Ban[], stores: readonly KeyValueUpdate[] = []): BusSource => ({
  snapshot: () => snapshot(version),
  bansAfter: (sequence) => bans.filter((one) => one.sequence > sequence),
  keyValues: () => stores,
});

/** An edge that notes what it gets and acknowledges at once, unless held. */
function recorder() {
  const seen: string[] = [];
  let gate: PromiseWithResolvers<void> | undefined;
  const edge: EdgeSubscriber = {
    async snapshot({ version }) {
      seen.push(`snapshot ${version}`);
      await gate?.promise;
    },
    async ban({ sequence }) {
      seen.push(`ban ${sequence}`);
      await gate?.promise;
    },
    async keyValues(one) {
      seen.push(one.kind === 'change' ? `change ${one.version}` : `${one.kind} ${one.storeId}`);
      await gate?.promise;
    },
  };
  return {
    edge,
    seen,
    hold: () => (gate = Promise.withResolvers()),
    open() {
      gate?.resolve();
      gate = undefined;
    },
  };
}

/** Whether the promise is still open after everything that can happen without it has happened. */
async function isPending(promise: Promise<unknown>, quiet: () => Promise<void>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise, quiet().then(() => open)])) === open;
}

export function busContract(name: string, create: () => Promise<BusUnderTest>): void {
  const withBus = async (run: (under: BusUnderTest) => Promise<void>): Promise<void> => {
    const under = await create();
    try {
      await run(under);
    } finally {
      await under.close();
    }
  };

  describe(`${name} is a Bus`, () => {
    test('a joining edge has the newest snapshot and the bans it missed, in order, before it counts as joined', () =>
      withBus(async ({ bus }) => {
        bus.attach(source(7, [ban(1), ban(2), ban(3)]));
        const one = recorder();
        await bus.join('one', 1, one.edge);
        expect(one.seen.filter((line) => line.startsWith('ban'))).toEqual(['ban 2', 'ban 3']);
        expect(one.seen).toContain('snapshot 7');
      }));

    test('publishing to nobody is done at once', () =>
      withBus(async ({ bus }) => {
        bus.attach(source(0, []));
        await bus.publishSnapshot(snapshot(1));
        await bus.publishBan(ban(1));
      }));

    test('a snapshot is published when every edge has acknowledged it', () =>
      withBus(async ({ bus, quiet }) => {
        bus.attach(source(0, []));
        const [fast, slow] = [recorder(), recorder()];
        await bus.join('fast', 0, fast.edge);
        await bus.join('slow', 0, slow.edge);
        slow.hold();
        const published = bus.publishSnapshot(snapshot(1));
        expect(await isPending(published, quiet)).toBe(true);
        expect(fast.seen.at(-1)).toBe('snapshot 1');
        slow.open();
        await published;
        expect(slow.seen.at(-1)).toBe('snapshot 1');
      }));

    test('a newer snapshot acknowledges the ones it overtook; an edge never goes back', () =>
      withBus(async ({ bus }) => {
        bus.attach(source(0, []));
        const edge = recorder();
        await bus.join('edge', 0, edge.edge);
        edge.hold();
        const published = [1, 2, 3].map((version) => bus.publishSnapshot(snapshot(version)));
        edge.open();
        await Promise.all(published);
        const versions = edge.seen.map((line) => Number(line.split(' ')[1]));
        expect(versions.at(-1)).toBe(3);
        expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      }));

    test('bans arrive one by one, in order, and once', () =>
      withBus(async ({ bus }) => {
        const missed = [ban(1)];
        bus.attach(source(0, missed));
        const edge = recorder();
        await bus.join('edge', 0, edge.edge);
        const receipts = await Promise.all([ban(1), ban(2), ban(3)].map((one) => bus.publishBan(one)));
        expect(receipts.map((receipt) => receipt.map(({ edgeId }) => edgeId))).toEqual([['edge'], ['edge'], ['edge']]);
        expect(bus.edges()).toEqual([{ id: 'edge', snapshotVersion: 0, banSequence: 3 }]);
        expect(edge.seen.filter((line) => line.startsWith('ban'))).toEqual(['ban 1', 'ban 2', 'ban 3']);
      }));

    test('a joining edge has the key value stores before it counts as joined, and then every change in order, once', () =>
      withBus(async ({ bus, quiet }) => {
        bus.attach(source(0, [], [{ kind: 'contents', storeId: 'S', created: 0, modified: 0, version: 1, pairs: [['k', 'v']] }]));
        const edge = recorder();
        await bus.join('edge', 0, edge.edge);
        edge.hold();
        const published = Promise.all([2, 3].map((version) => bus.publishKeyValues(update(version))));
        expect(await isPending(published, quiet)).toBe(true);
        edge.open();
        await published;
        await bus.publishKeyValues({ kind: 'gone', storeId: 'S' });
        expect(edge.seen.filter((line) => !line.startsWith('snapshot'))).toEqual([
          'contents S',
          'change 2',
          'change 3',
          'gone S',
        ]);
      }));

    test('an edge that leaves is not waited for', () =>
      withBus(async ({ bus, quiet }) => {
        bus.attach(source(0, []));
        const edge = recorder();
        const joined = await bus.join('edge', 0, edge.edge);
        edge.hold();
        const published = Promise.all([bus.publishSnapshot(snapshot(1)), bus.publishBan(ban(1))]);
        expect(await isPending(published, quiet)).toBe(true);
        await joined.leave();
        expect((await published)[1]).toEqual([]);
        expect(bus.edges()).toEqual([]);
        await bus.publishBan(ban(2));
        expect(edge.seen).not.toContain('ban 2');
        edge.open();
      }));

    test('an edge that fails is asked again, with the same ban and with the newest snapshot', () =>
      withBus(async ({ bus, retry, quiet }) => {
        bus.attach(source(0, []));
        const edge = recorder();
        let failing = false;
        const refuse = (): void => {
          if (failing) throw new Error('no');
        };
        await bus.join('edge', 0, {
          snapshot: (one) => (refuse(), edge.edge.snapshot(one)),
          ban: (one) => (refuse(), edge.edge.ban(one)),
          keyValues: (one) => (refuse(), edge.edge.keyValues(one)),
        });
        failing = true;
        const published = Promise.all([
          bus.publishSnapshot(snapshot(1)),
          bus.publishSnapshot(snapshot(2)),
          bus.publishBan(ban(1)),
          bus.publishBan(ban(2)),
          bus.publishKeyValues(update(2)),
          bus.publishKeyValues(update(3)),
        ]);
        expect(await isPending(published, quiet)).toBe(true);
        failing = false;
        await retry();
        await published;
        expect(edge.seen.filter((line) => line.startsWith('ban'))).toEqual(['ban 1', 'ban 2']);
        expect(edge.seen.filter((line) => line.startsWith('snapshot'))).toEqual(['snapshot 0', 'snapshot 2']);
        expect(edge.seen.filter((line) => line.startsWith('change'))).toEqual(['change 2', 'change 3']);
      }));
  });
}
