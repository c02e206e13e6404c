/**
 * Frames over one stream socket, with backpressure both ways. Works on any duplex socket: Unix sockets between the processes of one
 * machine, TLS between machines. What frames mean is decided by whoever opens it.
 */
import type { Socket } from 'node:net';
import { createFrameReader, encodeFrame } from './frames.ts';

export interface FrameSocket {
  readonly isOpen: boolean;
  /** False when the sender should wait for `drained` before it sends more. */
  send(kind: number, payload?: Uint8Array | string): boolean;
  /** Resolves when there is room again, or the socket has closed. */
  drained(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Closes when what was sent has left. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface FrameHandlers {
  frame(kind: number, payload: Uint8Array): void;
  /** Called once; nothing follows. */
  closed(error: Error | undefined): void;
}

const NOTHING = new Uint8Array(0);

export function openFrameSocket(socket: Socket, handlers: FrameHandlers): FrameSocket {
  let failure: Error | undefined;
  let isOpen = true;
  let waiting: (() => void)[] = [];
  const push = createFrameReader((kind, payload) => {
    if (isOpen) handlers.frame(kind, payload);
  });
  const goOn = (): void => {
    const all = waiting;
    waiting = [];
    for (const resume of all) resume();
  };

  socket.on('data', (bytes: Uint8Array) => {
    try {
      push(bytes);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  socket.on('drain', goOn);
  socket.on('error', (error) => (failure = error));
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    if (!isOpen) return;
    isOpen = false;
    goOn();
    handlers.closed(failure);
  });

  return {
    get isOpen() {
      return isOpen;
    },
    send: (kind, payload = NOTHING) => !isOpen || socket.write(encodeFrame(kind, payload)),
    drained: () => (isOpen ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
