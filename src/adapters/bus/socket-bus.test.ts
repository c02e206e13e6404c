/** The socket bus keeps the contract over real Unix sockets, each edge on a connection of its own; and an edge that dies has left. */
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busContract, type BusUnderTest } from '../../../test/contracts/bus.ts';
import type { Bus } from '../../edge/ports.ts';
import { openCalls, type Calls } from '../../sockets/calls.ts';
import { connectToUnixSocket, listenOnUnixSocket } from '../../sockets/unix-sockets.ts';
import { createInProcessBus } from './in-process-bus.ts';
import { createBusClient, serveBus } from './socket-bus.ts';

interface Edges {
  /** The connection of each edge that has joined, seen from the edge. */
  readonly connections: Calls[];
  /** Joins over a connection of its own. */
  readonly bus: Bus;
}

async function start(): Promise<BusUnderTest & Edges> {
  const timers = new Set<() => void>();
  const clock = {
    now: () => 0,
    after(_delay: number, run: () => void) {
      timers.add(run);
      return { cancel: () => void timers.delete(run) };
    },
  };
  const bus = createInProcessBus({ clock, warn: () => {} });
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-bus-'));
  const path = join(folder, 'bus');
  const served: Calls[] = [];
  const connections: Calls[] = [];
  const echo = (): null => null;
  const server = await listenOnUnixSocket(path, (socket) => {
    const calls: Calls = openCalls(socket, { ...serveBus(bus, () => calls), echo });
    served.push(calls);
  });
  const joinAlone = async (...[edgeId, after, edge]: Parameters<Bus['join']>): ReturnType<Bus['join']> => {
    const client = createBusClient(() => calls);
    const calls = openCalls(await connectToUnixSocket(path), { ...client.callable, echo });
    connections.push(calls);
    return client.bus.join(edgeId, after, edge);
  };
  /** What is sent on one connection arrives in order: once an echo is back, so has everything before it. */
  const quiet = async (): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([...served, ...connections].map((calls) => calls.call('echo').catch(() => undefined)));
    }
  };
  return {
    bus: { ...bus, join: joinAlone },
    connections,
    quiet,
    async retry() {
      await quiet();
      const due = [...timers];
      timers.clear();
      for (const run of due) run();
    },
    async close() {
      for (const calls of [...connections, ...served]) calls.destroy();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

busContract('the socket bus', start);

test('an edge whose connection ends has left: nobody waits for it, and it acknowledges nothing', async () => {
  const { bus, connections, quiet, close } = await start();
  bus.attach({ snapshot: () => ({ version: 1, distributions: [] }), bansAfter: () => [], keyValues: () => [] });
  const held = Promise.withResolvers<void>();
  await bus.join('dying', 0, { snapshot: () => {}, ban: () => held.promise, keyValues: () => {} });
  await bus.join('living', 0, { snapshot: () => {}, ban: () => {}, keyValues: () => {} });
  const published = bus.publishBan({ sequence: 1, distributionId: 'E', invalidationId: 'I', issuedAt: 0, items: ['/*'] });
  await quiet();
  connections[0]?.destroy();
  expect((await published).map(({ edgeId }) => edgeId)).toEqual(['living']);
  expect(bus.edges().map(({ id }) => id)).toEqual(['living']);
  held.resolve();
  await close();
});

test('an edge that dies while it joins is not waited for', async () => {
  const { bus, connections, quiet, close } = await start();
  bus.attach({ snapshot: () => ({ version: 1, distributions: [] }), bansAfter: () => [], keyValues: () => [] });
  const asked = Promise.withResolvers<void>();
  const joining = bus.join('dying', 0, {
    snapshot: () => (asked.resolve(), new Promise(() => {})),
    ban: () => {},
    keyValues: () => {},
  });
  await asked.promise;
  connections[0]?.destroy();
  await expect(joining).rejects.toThrow('the other process has gone');
  await bus.publishSnapshot({ version: 2, distributions: [] });
  await quiet();
  expect(bus.edges()).toEqual([]);
  await close();
});
