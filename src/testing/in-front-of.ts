/**
 * A second cache for tests, before the first: viewers ask it, and what it misses it asks of the first, as the workers of one Warmfront do.
 * To viewers the two are one cache. How they speak: adapters/tier.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '../adapters/store/memory-store.ts';
import { createTierClient } from '../adapters/tier/tier-client.ts';
import { createTierServer } from '../adapters/tier/tier-server.ts';
import { createSizeAwareFifo } from '../core/cache/size-aware-eviction.ts';
import { rendezvousOwner } from '../core/tiers/rendezvous.ts';
import type { EdgePorts } from '../edge/ports.ts';
import { createEdge, type Edge } from '../edge/serve.ts';
import { MIB } from '../model/units.ts';
import { connectToUnixSocket, listenOnUnixSocket } from '../sockets/unix-sockets.ts';

export interface InFront {
  readonly edge: Edge;
  /** The first cache takes no questions any more, and those it has break off. */
  cut(): void;
  stop(): void;
}

export async function inFrontOf(owner: Edge, ports: EdgePorts): Promise<InFront> {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-tier-'));
  const [address, ownAddress] = [join(folder, 'owner'), join(folder, 'own')];
  const server = createTierServer({ secret: 'test', source: owner.tierSource, report: ports.report });
  const listening = await listenOnUnixSocket(address, server.accept);
  const tier = createTierClient({
    clock: ports.clock,
    secret: 'test',
    ownAddress,
    connect: connectToUnixSocket,
    choose: rendezvousOwner,
  });
  const node = { name: 'owner', address };
  tier.setRing({ owners: [node], peers: [node] });
  const store = createMemoryStore({ capacity: 64 * MIB, eviction: createSizeAwareFifo });
  const cut = (): void => {
    listening.close();
    server.close();
  };
  return {
    edge: createEdge({ ...ports, store, tier, copies: store }),
    cut,
    stop() {
      cut();
      tier.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
