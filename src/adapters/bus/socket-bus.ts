/**
 * The bus between processes: the control plane's side takes edges that join over a connection, the edge's side joins over its own. In
 * between are calls (sockets/calls.ts); lanes, order and retries are the in-process bus's, which each remote edge joins as if it were
 * here. An edge whose connection ends has left: nobody waits for it any more.
 *
 *     edge calls      join {edgeId, after}, leave {edgeId}
 *     control calls   snapshot {edgeId, snapshot}, ban {edgeId, ban}, keyValues {edgeId, update}; the answer is the acknowledgement
 */
import type { Bus, EdgeSubscriber } from '../../edge/ports.ts';
import type { KeyValueUpdate } from '../../model/key-value-store.ts';
import type { Ban, Snapshot } from '../../model/snapshot.ts';
import { ConnectionEnded, type Callable, type Calls } from '../../sockets/calls.ts';
import type { Admission, InProcessBus } from './in-process-bus.ts';

interface Joining {
  readonly edgeId: string;
  readonly after: number;
}

/** What a control plane lets the other end of one connection call. `calls`: that connection. */
export function serveBus(bus: Pick<InProcessBus, 'admit'>, calls: () => Calls): Callable {
  const members = new Map<string, Admission>();
  const leave = (edgeId: string): void => {
    members.get(edgeId)?.leave();
    members.delete(edgeId);
  };
  return {
    async join({ edgeId, after }: Joining) {
      const { call, ended } = calls();
      const admission = bus.admit(edgeId, after, {
        snapshot: (snapshot) => acknowledged(call('snapshot', { edgeId, snapshot })),
        ban: (ban) => acknowledged(call('ban', { edgeId, ban })),
        keyValues: (update) => acknowledged(call('keyValues', { edgeId, update })),
      });
      members.set(edgeId, admission);
      void ended.then(() => leave(edgeId));
      await admission.joined;
    },
    leave: ({ edgeId }: Pick<Joining, 'edgeId'>) => leave(edgeId),
  };
}

/** Who has gone acknowledges nothing and need not be asked again: it is about to leave. */
async function acknowledged(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof ConnectionEnded) return new Promise(() => {});
    throw error;
  }
}

/** The edge's side: the bus to join, and what the control plane must be able to call. */
export function createBusClient(calls: () => Calls): { readonly bus: Bus; readonly callable: Callable } {
  const subscribers = new Map<string, EdgeSubscriber>();
  const subscriber = (edgeId: string): EdgeSubscriber => {
    const found = subscribers.get(edgeId);
    if (found === undefined) throw new Error(`no edge ${edgeId} has joined from here`);
    return found;
  };
  return {
    bus: {
      async join(edgeId, after, edge) {
        subscribers.set(edgeId, edge);
        await calls().call('join', { edgeId, after } satisfies Joining);
        return {
          async leave() {
            subscribers.delete(edgeId);
            await calls().call('leave', { edgeId });
          },
        };
      },
    },
    callable: {
      snapshot: ({ edgeId, snapshot }: { edgeId: string; snapshot: Snapshot }) => subscriber(edgeId).snapshot(snapshot),
      ban: ({ edgeId, ban }: { edgeId: string; ban: Ban }) => subscriber(edgeId).ban(ban),
      keyValues: ({ edgeId, update }: { edgeId: string; update: KeyValueUpdate }) => subscriber(edgeId).keyValues(update),
    },
  };
}
