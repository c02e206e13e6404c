/**
 * Unix sockets as the processes of one Warmfront use them: in a folder that only their owner may enter, 0700, each socket 0600.
 * Whoever can connect is trusted as far as the file system says; who speaks is told by a secret on top (calls.ts).
 */
import { chmodSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

/** Linux: 108 octets with the final zero; macOS: 104. */
export const LONGEST_SOCKET_PATH = 103;

export interface UnixServer {
  /** Takes no more connections. Those that are open stay so. */
  close(): void;
}

/** Resolves when connections are taken. */
export function listenOnUnixSocket(path: string, accept: (socket: Socket) => void): Promise<UnixServer> {
  const { promise, resolve, reject } = Promise.withResolvers<UnixServer>();
  const server = createServer(accept);
  server.once('error', reject);
  server.listen(path, () => {
    chmodSync(path, 0o600);
    resolve({ close: () => void server.close() });
  });
  return promise;
}

/** Rejects when nobody listens there. */
export function connectToUnixSocket(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    resolve(socket);
  });
  return promise;
}
