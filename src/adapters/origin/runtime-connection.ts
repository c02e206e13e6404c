/**
 * A connection to an origin on the runtime's own socket: node:net and node:tls make the connection (dial.ts), and from then on their streams
 * have no part in it, since they cost more than all the rest of a small exchange (docs/decisions/0002-own-origin-client.md).
 *
 *   write() -> socket.write -> kernel
 *                 └ not taken: queue -> drain event -> kernel
 */
import type { Socket } from 'node:net';
import { OriginConnection, wasClosed } from './connection.ts';

/** Bun 1.4.5 has more than its types name: this closes, too, where an origin does not answer the end of TLS, for which end() waits. */
type RuntimeSocket = Bun.Socket<RuntimeConnection> & { close(): void };

/** Bun's sockets take a handler for TLS sessions, which their types do not name. */
const HANDLERS: Bun.SocketHandler<RuntimeConnection> & {
  session(socket: Bun.Socket<RuntimeConnection>, session: Buffer): void;
} = {
  data: (socket, octets) => socket.data.received(octets),
  drain: (socket) => socket.data.drained(),
  end: (socket) => socket.data.halfClosed(),
  close: (socket, error) => socket.data.closed(error),
  error(socket, error) {
    // Of the connection: a record that does not decrypt. Of ours: a handler threw.
    if ('code' in error) return socket.data.failed(error);
    queueMicrotask(() => {
      throw error;
    });
  },
  session: (socket, session) => socket.data.sessionCame(session),
};

export class RuntimeConnection extends OriginConnection {
  private readonly socket: RuntimeSocket;
  private readonly queue: Uint8Array[] = [];
  private state: 'open' | 'ending' | 'gone' = 'open';
  private hasEnded = false;
  private failure: Error | undefined;

  /** Takes over a connection of which the streams hold nothing that has not been read or written. */
  constructor(private readonly made: Socket) {
    super();
    this.socket = runtimeSocket(made);
    this.socket.data = this;
    this.socket.reload({ socket: HANDLERS });
    this.socket.setNoDelay(true);
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  write(bytes: Uint8Array): boolean {
    if (this.queue.length === 0) {
      const taken = this.socket.write(bytes);
      if (taken === bytes.byteLength) return true;
      // A negative count: the socket has gone; its close event follows.
      if (taken < 0) return false;
      this.queue.push(bytes.subarray(taken));
    } else this.queue.push(bytes);
    return false;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    if (this.queue.length === 0) this.socket.shutdown();
  }

  destroy(): void {
    this.owner = undefined;
    this.queue.length = 0;
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.socket.close();
  }

  received(octets: Buffer): void {
    this.owner?.received(octets);
  }

  /** The kernel takes octets again. */
  drained(): void {
    const { queue } = this;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const taken = this.socket.write(head);
      if (taken < 0) return;
      if (taken < head.byteLength) {
        queue[0] = head.subarray(taken);
        return;
      }
      queue.shift();
    }
    if (this.state === 'ending') this.socket.shutdown();
    else this.owner?.drained();
  }

  halfClosed(): void {
    this.hasEnded = true;
    this.owner?.halfClosed();
  }

  failed(error: Error): void {
    this.failure ??= error;
    this.socket.close();
  }

  /** Who made the connection keeps sessions (tls.ts). */
  sessionCame(session: Buffer): void {
    this.made.emit('session', session);
  }

  closed(reason: Error | undefined): void {
    const error = reason ?? this.failure;
    const wasEnding = this.state === 'ending';
    this.state = 'gone';
    this.queue.length = 0;
    // Where our side has ended already, the origin's end comes as the close alone.
    if (error === undefined && !this.hasEnded && wasEnding) this.owner?.halfClosed();
    this.owner?.lost(error ?? wasClosed());
  }
}

/** What lies under a socket of node:net in Bun 1.4.5; its types do not name it. */
function runtimeSocket(made: Socket): RuntimeSocket {
  const handle: unknown = Reflect.get(made, '_handle');
  if (typeof handle !== 'object' || handle === null || !('close' in handle)) throw new Error('there is no socket of Bun’s');
  return handle as RuntimeSocket;
}
