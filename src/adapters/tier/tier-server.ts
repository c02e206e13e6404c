/**
 * The answering side of a tier: takes questions of other caches from their connections and streams what the edge answers, at the pace of
 * whoever reads. Speaks to those that know the secret. What is said: tier-messages.ts; how it is answered: edge/tiers/answer-tier.ts.
 */
import type { Socket } from 'node:net';
import { OriginFailure } from '../../edge/ports.ts';
import type { BodyReader } from '../../edge/store-ports.ts';
import type { TierQuestion, TierSource } from '../../edge/tiers/next-tier.ts';
import { openFrameSocket, type FrameSocket } from '../../sockets/frame-socket.ts';
import { FRAME, isSecret, readJson, TIER_VERSION, type TierHello } from './tier-messages.ts';

export interface TierServer {
  /** Takes over a connection that somebody has opened. */
  accept(socket: Socket): void;
  /** Answers under way. */
  readonly underWay: number;
  /** Resolves when no answer is under way. */
  settled(): Promise<void>;
  /** Closes every connection. */
  close(): void;
}

export interface TierServerOptions {
  readonly secret: string;
  readonly source: TierSource;
  /** Our own mistakes, told loudly. */
  readonly report: (message: string, error: unknown) => void;
}

export function createTierServer({ secret, source, report }: TierServerOptions): TierServer {
  const connections = new Set<FrameSocket>();
  let underWay = 0;
  let waiting: (() => void)[] = [];

  function accept(socket: Socket): void {
    let isKnown = false;
    /** Aborted when the asker closes; made when somebody wants to know. */
    let leaving: AbortController | undefined;
    let hasLeft = false;
    let reader: BodyReader | undefined;
    const frames: FrameSocket = openFrameSocket(socket, {
      frame(kind, payload) {
        const said = readJson(payload);
        if (kind === FRAME.hello) isKnown = isHello(said, secret);
        if (!isKnown) frames.destroy();
        else if (kind === FRAME.ask) void answer(said as TierQuestion);
        else if (kind === FRAME.forget) {
          source.forget(said as readonly string[]);
          frames.send(FRAME.forgotten);
        }
      },
      closed() {
        connections.delete(frames);
        hasLeft = true;
        leaving?.abort();
        reader?.cancel();
      },
    });
    connections.add(frames);

    const signal = (): AbortSignal => {
      leaving ??= new AbortController();
      if (hasLeft) leaving.abort();
      return leaving.signal;
    };

    async function answer(question: TierQuestion): Promise<void> {
      underWay += 1;
      leaving = undefined;
      frames.send(FRAME.taken);
      try {
        const { head, body } = await source.answer(
          question,
          signal,
          (status, fields) => void frames.send(FRAME.interim, JSON.stringify({ status, fields })),
        );
        frames.send(FRAME.head, JSON.stringify(head));
        reader = body;
        if (body !== undefined) await stream(body);
        frames.send(FRAME.end);
      } catch (error) {
        if (!(error instanceof OriginFailure)) report('a question of another cache could not be answered', error);
        frames.send(FRAME.fail, JSON.stringify(failureOf(error)));
      } finally {
        reader = undefined;
        underWay -= 1;
        if (underWay === 0) for (const resolve of waiting.splice(0)) resolve();
      }
    }

    async function stream(body: BodyReader): Promise<void> {
      if (hasLeft) return body.cancel();
      for await (const chunk of body.chunks) {
        if (!frames.isOpen) return;
        if (!frames.send(FRAME.data, chunk)) await frames.drained();
      }
    }
  }

  return {
    accept,
    get underWay() {
      return underWay;
    },
    settled: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      for (const frames of connections) frames.destroy();
      waiting = [];
    },
  };
}

function isHello(said: unknown, secret: string): boolean {
  const { secret: given, version } = said as Partial<TierHello>;
  return version === TIER_VERSION && isSecret(given, secret);
}

function failureOf(error: unknown): { status: number; detail: string; message: string } {
  if (error instanceof OriginFailure) return { status: error.status, detail: error.detail, message: error.message };
  return { status: 502, detail: 'OriginError', message: 'the next tier could not answer' };
}
