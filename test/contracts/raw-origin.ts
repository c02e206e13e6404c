/**
 * An origin that does exactly what a script says, byte by byte, over a real socket: the only way to show a client what broken,
 * slow and lying origins do. One script runs per connection, with the connection's number from 1.
 */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { TlsOptions } from 'node:tls';

export interface RawConnection {
  /** Takes the next request head off the connection, blank line included. */
  head(): Promise<string>;
  /** Takes exactly so many bytes. */
  take(count: number): Promise<Uint8Array>;
  /** Resolves when more may be written, or the client has closed its side; rejects when the connection is gone. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
  end(): void;
  reset(): void;
  /** Resolves when the client has closed the connection, in whichever way. */
  readonly closed: Promise<void>;
  /** TLS only: the name the client asked for. */
  readonly serverName: string | undefined;
  /** TLS only: the client went on with an earlier session. */
  readonly isResumed: boolean;
  /** TLS only: the name in the certificate that the client showed. */
  readonly clientName: string | undefined;
}

export interface RawOrigin {
  readonly port: number;
  /** How many connections have been opened so far. */
  readonly connections: number;
  /** Resolves when so many connections have been opened. */
  connected(count: number): Promise<void>;
  close(): void;
}

export type OriginScript = (connection: RawConnection, number: number) => Promise<void> | void;

export async function startRawOrigin(script: OriginScript, tls?: TlsOptions): Promise<RawOrigin> {
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let connections = 0;
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const connection = rawConnection(socket);
    // A script that writes to a client that has left fails here; what the client made of it is what the test looks at.
    Promise.resolve(script(connection, connections)).catch(() => socket.destroy());
  };
  const count = (): void => {
    connections += 1;
    for (const waiter of waiting) if (waiter.count <= connections) waiter.resolve();
  };
  const server: Server = tls === undefined ? createServer({ allowHalfOpen: true }) : createTlsServer(tls);
  server.on('connection', count);
  server.on(tls === undefined ? 'connection' : 'secureConnection', accept);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the raw origin has no port');
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    connected(wanted) {
      if (connections >= wanted) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ count: wanted, resolve }));
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function rawConnection(socket: Socket): RawConnection {
  let inbox = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  const gone = Promise.withResolvers<void>();
  socket.on('data', (bytes: Buffer) => {
    inbox = Buffer.concat([inbox, bytes]);
    wake?.();
  });
  socket.on('error', () => {});
  socket.on('end', () => gone.resolve());
  socket.on('close', () => gone.resolve());

  /** Takes what `measure` counts off the inbox, as soon as it is not undefined. */
  async function takeWhen(measure: () => number | undefined): Promise<Buffer> {
    for (;;) {
      const count = measure();
      if (count !== undefined) {
        const taken = inbox.subarray(0, count);
        inbox = inbox.subarray(count);
        return taken;
      }
      const more = new Promise<void>((resolve) => (wake = resolve));
      const outcome = await Promise.race([more, gone.promise.then(() => 'gone' as const)]);
      if (outcome === 'gone' && measure() === undefined) throw new Error('the client closed the connection');
    }
  }

  return {
    async head() {
      const bytes = await takeWhen(() => {
        const end = inbox.indexOf('\r\n\r\n');
        return end < 0 ? undefined : end + 4;
      });
      return bytes.toString('latin1');
    },
    take: (count) => takeWhen(() => (inbox.length < count ? undefined : count)),
    async write(bytes) {
      if (socket.destroyed) throw new Error('the client closed the connection');
      if (socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)) return;
      const drained = new Promise<void>((resolve) => socket.once('drain', resolve));
      await Promise.race([drained, gone.promise]);
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    closed: gone.promise,
    get serverName() {
      const name: unknown = 'servername' in socket ? socket.servername : undefined;
      return typeof name === 'string' ? name : undefined;
    },
    get isResumed() {
      return socket instanceof TLSSocket && socket.isSessionReused();
    },
    get clientName() {
      const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
      return typeof name === 'string' ? name : undefined;
    },
  };
}
