/**
 * The asking side of a tier: knows who answers for which key, and asks them over connections that are kept for the next question. Whoever
 * cannot be reached, or does not take a question at once, is passed over for a while: its keys are then the next one's, or the origin
 * is asked. An answer that has begun and breaks off is the viewer's to see. What is said: tier-messages.ts.
 */
import type { Socket } from 'node:net';
import { OriginFailure, type Clock } from '../../edge/ports.ts';
import type { AskOptions, NextTier, TierAnswer, TierHead, TierQuestion } from '../../edge/tiers/next-tier.ts';
import type { ErrorDetail } from '../../core/outcome.ts';
import type { Fields } from '../../http/fields.ts';
import { SECOND, type Duration, type Instant } from '../../model/units.ts';
import { openFrameSocket, type FrameSocket } from '../../sockets/frame-socket.ts';
import { createIncoming, type Incoming } from './incoming.ts';
import { FRAME, readJson, TIER_VERSION, type TierFailure } from './tier-messages.ts';

/** A cache of this tier. */
export interface TierNode {
  readonly name: string;
  /** Where it listens. */
  readonly address: string;
}

/** Who answers for keys, and who else there is. */
export interface TierRing {
  readonly owners: readonly TierNode[];
  /** Everybody but this cache itself. */
  readonly peers: readonly TierNode[];
}

export interface TierClient extends NextTier {
  setRing(ring: TierRing): void;
  /** Who answers for the key; undefined where nobody does. */
  ownerOf(key: string): TierNode | undefined;
  close(): void;
}

export interface TierClientOptions {
  readonly clock: Clock;
  readonly secret: string;
  /** The address under which this cache answers itself. */
  readonly ownAddress: string;
  readonly connect: (address: string) => Promise<Socket>;
  /** `rendezvousOwner` of core/tiers; adapters do not call the core, so the composition root hands it in. */
  readonly choose: (key: string, nodes: readonly TierNode[], counts: (node: TierNode) => boolean) => TierNode | undefined;
}

/** Ours: a process that lives takes a question in no time. */
const TAKING_TIME: Duration = SECOND;
/** Ours: how long one that could not be reached is passed over; news of who is there ends it at once. */
const AVOIDED_FOR: Duration = 5 * SECOND;
/** Ours: a kept connection, a new one, and the next in order. */
const MOST_TRIES = 3;
/** Ours: connections kept to each cache, waiting for their next question. */
const MOST_IDLE = 32;

interface Connection {
  readonly frames: FrameSocket;
  readonly address: string;
  /** Who is to hear what comes. */
  exchange: Exchange | undefined;
}

interface Exchange {
  frame(kind: number, payload: Uint8Array): void;
  closed(): void;
}

/** The question was not taken: somebody else can be asked. */
class NotTaken extends Error {}

export function createTierClient({ clock, secret, ownAddress, connect, choose }: TierClientOptions): TierClient {
  let ring: TierRing = { owners: [], peers: [] };
  const idle = new Map<string, Connection[]>();
  const avoided = new Map<string, Instant>();

  function ownerOf(key: string): TierNode | undefined {
    if (avoided.size === 0) return choose(key, ring.owners, everyone);
    return choose(key, ring.owners, ({ address }) => (avoided.get(address) ?? 0) <= clock.now());
  }

  async function connectionTo(address: string): Promise<Connection> {
    const kept = idle.get(address)?.pop();
    if (kept !== undefined) return kept;
    const socket = await connect(address);
    const connection: Connection = {
      address,
      exchange: undefined,
      frames: openFrameSocket(socket, {
        frame: (kind, payload) => connection.exchange?.frame(kind, payload),
        closed() {
          drop(connection);
          connection.exchange?.closed();
        },
      }),
    };
    connection.frames.send(FRAME.hello, JSON.stringify({ secret, version: TIER_VERSION }));
    return connection;
  }

  function release(connection: Connection): void {
    connection.exchange = undefined;
    const all = idle.get(connection.address) ?? [];
    idle.set(connection.address, all);
    if (all.length >= MOST_IDLE || !connection.frames.isOpen) connection.frames.destroy();
    else all.push(connection);
  }

  function drop(connection: Connection): void {
    const all = idle.get(connection.address);
    const at = all?.indexOf(connection) ?? -1;
    if (at >= 0) all?.splice(at, 1);
  }

  async function ask(question: TierQuestion, options: AskOptions = {}): Promise<TierAnswer | undefined> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const owner = ownerOf(question.key);
      if (owner === undefined || owner.address === ownAddress) return undefined;
      const isKept = (idle.get(owner.address)?.length ?? 0) > 0;
      try {
        const { head, body } = await exchange(await connectionTo(owner.address), question, options);
        return head.kind === 'reply' ? { head, body } : undefined;
      } catch (error) {
        if (error instanceof OriginFailure || options.signal?.aborted === true) return undefined;
        // A kept connection may have been another's last word; a new one tells.
        if (!isKept) avoided.set(owner.address, clock.now() + AVOIDED_FOR);
      }
    }
    return undefined;
  }

  /** Resolves with the head and what follows; rejects when nothing of an answer has come. */
  function exchange(
    connection: Connection,
    question: TierQuestion,
    { signal, interim }: AskOptions,
  ): Promise<{ readonly head: TierHead; readonly body: Incoming }> {
    const { frames } = connection;
    const { promise, resolve, reject } = Promise.withResolvers<{ head: TierHead; body: Incoming }>();
    const untaken = clock.after(TAKING_TIME, () => {
      reject(new NotTaken('the question was not taken'));
      frames.destroy();
    });
    const leave = (): void => frames.destroy();
    const over = (): void => {
      untaken.cancel();
      signal?.removeEventListener('abort', leave);
    };
    const body = createIncoming({ pause: frames.pause, resume: frames.resume, abandon: leave });
    connection.exchange = {
      frame(kind, payload) {
        switch (kind) {
          case FRAME.taken:
            return untaken.cancel();
          case FRAME.interim: {
            const { status, fields } = readJson(payload) as { status: number; fields: Fields };
            return interim?.(status, fields);
          }
          case FRAME.head:
            return resolve({ head: readJson(payload) as TierHead, body });
          case FRAME.data:
            return body.push(payload);
          case FRAME.end:
            over();
            release(connection);
            return body.end();
          case FRAME.fail: {
            const { status, detail, message } = readJson(payload) as TierFailure;
            const failure = new OriginFailure(status, detail as ErrorDetail, message);
            over();
            release(connection);
            reject(failure);
            return body.fail(failure);
          }
        }
      },
      closed() {
        over();
        reject(new NotTaken('the connection has ended'));
        body.fail(new OriginFailure(502, 'OriginReadError', 'the next tier has gone in the middle of its answer'));
      },
    };
    signal?.addEventListener('abort', leave);
    frames.send(FRAME.ask, JSON.stringify(question));
    if (signal?.aborted === true) leave();
    return promise;
  }

  /** Best effort: who cannot be reached has gone, and so has what it had in memory. */
  async function forgetAt({ address }: TierNode, keys: readonly string[]): Promise<void> {
    try {
      const connection = await connectionTo(address);
      const { promise, resolve } = Promise.withResolvers<void>();
      const late = clock.after(TAKING_TIME, () => connection.frames.destroy());
      connection.exchange = { frame: (kind) => kind === FRAME.forgotten && resolve(), closed: resolve };
      connection.frames.send(FRAME.forget, JSON.stringify(keys));
      await promise;
      late.cancel();
      release(connection);
    } catch {
      avoided.set(address, clock.now() + AVOIDED_FOR);
    }
  }

  return {
    setRing(next) {
      ring = next;
      avoided.clear();
      const known = new Set([...next.owners, ...next.peers].map(({ address }) => address));
      for (const [address, all] of idle) {
        if (known.has(address)) continue;
        idle.delete(address);
        for (const { frames } of all) frames.destroy();
      }
    },
    ownerOf,
    isElsewhere(key) {
      const owner = ownerOf(key);
      return owner !== undefined && owner.address !== ownAddress;
    },
    ask,
    async forget(keys) {
      await Promise.all(ring.peers.map((peer) => forgetAt(peer, keys)));
    },
    close() {
      const all = [...idle.values()].flat();
      idle.clear();
      for (const { frames } of all) frames.destroy();
    },
  };
}

const everyone = (): boolean => true;
