/**
 * Calls between two processes that trust each other: either side names a function of the other and gets its result, or its error, back.
 * Values are plain JSON. A call whose connection ends fails; what that means is for the caller to say.
 *
 *     frame 1: {"id", "name", "argument"}     frame 2: {"id", "value"} or {"id", "error": {"message", "code", "path"}}
 */
import type { Socket } from 'node:net';
import { openFrameSocket } from './frame-socket.ts';

/** What may be called, by name. Throwing or rejecting answers with the error. */
export type Callable = Readonly<Record<string, (argument: never) => unknown>>;

export interface Calls {
  /** Rejects with the other side's error, or with ConnectionEnded. */
  call(name: string, argument?: unknown): Promise<unknown>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  /** Ends the connection when what was said has left. */
  end(): void;
  /** Ends it now. */
  destroy(): void;
}

export class ConnectionEnded extends Error {}

const CALL = 1;
const ANSWER = 2;

interface Wire {
  readonly id: number;
  readonly name?: string;
  readonly argument?: unknown;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string; readonly path?: string };
}

export function openCalls(socket: Socket, callable: Callable): Calls {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;
  const frames = openFrameSocket(socket, {
    frame(kind, payload) {
      const message = JSON.parse(Buffer.from(payload).toString()) as Wire;
      if (kind === CALL) void answer(message);
      else if (kind === ANSWER) settle(message);
    },
    closed(error) {
      for (const one of waiting.values()) one.reject(new ConnectionEnded('the other process has gone', { cause: error }));
      waiting.clear();
      ended.resolve();
    },
  });

  async function answer({ id, name = '', argument }: Wire): Promise<void> {
    try {
      const called = Object.hasOwn(callable, name) ? callable[name] : undefined;
      if (called === undefined) throw new Error(`there is nothing called "${name}" here`);
      frames.send(ANSWER, JSON.stringify({ id, value: await called(argument as never) }));
    } catch (error) {
      frames.send(ANSWER, JSON.stringify({ id, error: told(error) }));
    }
  }

  function settle({ id, value, error }: Wire): void {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(Object.assign(new Error(error.message), error));
  }

  return {
    call(name, argument) {
      const one = Promise.withResolvers<unknown>();
      if (!frames.isOpen) return Promise.reject(new ConnectionEnded('the other process has gone'));
      lastId += 1;
      waiting.set(lastId, one);
      frames.send(CALL, JSON.stringify({ id: lastId, name, argument }));
      return one.promise;
    },
    ended: ended.promise,
    end: frames.end,
    destroy: frames.destroy,
  };
}

/** What a sentence for people is made of (cli/start-failure.ts). */
function told(error: unknown): NonNullable<Wire['error']> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, path } = error as NodeJS.ErrnoException;
  return { message, ...(typeof code === 'string' && { code }), ...(typeof path === 'string' && { path }) };
}
