/**
 * A connection to an origin over TLS, on the streams of node:tls for its first exchange: until a response is there, an origin may still break
 * off the handshake (RFC 8446 4.6.2), and node:tls has the words for it. Later exchanges have no need of the streams (runtime-connection.ts).
 */
import type { TLSSocket } from 'node:tls';
import { OriginConnection, wasClosed } from './connection.ts';
import { RuntimeConnection } from './runtime-connection.ts';

export class TlsConnection extends OriginConnection {
  private error: Error | undefined;
  private gone = false;

  constructor(private readonly socket: TLSSocket) {
    super();
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.owner?.received(bytes));
    socket.on('drain', () => this.owner?.drained());
    socket.on('end', () => this.owner?.halfClosed());
    socket.on('error', (error) => (this.error = error));
    socket.on('close', () => {
      this.gone = true;
      this.owner?.lost(this.error ?? wasClosed());
    });
  }

  get isOpen(): boolean {
    return !this.gone && !this.socket.destroyed;
  }

  override settled(): OriginConnection {
    const { socket } = this;
    if (!this.isOpen || socket.readableLength > 0 || socket.writableLength > 0) return this;
    this.owner = undefined;
    return new RuntimeConnection(socket);
  }

  write(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.owner = undefined;
    this.socket.destroy();
  }
}
