/**
 * A connection to an origin over TLS. node:tls rather than Bun.connect: its pausing, half-close and reset reports were found right, sessions
 * come when they come, and a certificate can be judged by our own rule (tls.ts).
 */
import type { TLSSocket } from 'node:tls';
import { OriginConnection, wasClosed } from './connection.ts';

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
