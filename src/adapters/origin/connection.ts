/**
 * One connection to an origin: bytes in and out, with backpressure both ways. Whoever owns it at the moment (an exchange, or the
 * pool while it is idle) hears what happens. node:net and node:tls rather than Bun.connect: their pausing, half-close and reset
 * reports were found right, and a certificate can be judged by our own rule.
 */
import type { Socket } from 'node:net';

export interface ConnectionOwner {
  received(bytes: Uint8Array): void;
  /** More may be written. */
  drained(): void;
  /** The origin sends no more. */
  halfClosed(): void;
  /** Gone; nothing follows. */
  lost(error: Error): void;
}

export class OriginConnection {
  /** True once it has carried a whole exchange: the origin may be closing it at this moment. */
  reused = false;
  /** How long it took to make. */
  setup = { dns: 0, connect: 0 };
  private owner: ConnectionOwner | undefined;
  private error: Error | undefined;
  private gone = false;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (bytes: Uint8Array) => this.owner?.received(bytes));
    socket.on('drain', () => this.owner?.drained());
    socket.on('end', () => this.owner?.halfClosed());
    socket.on('error', (error) => (this.error = error));
    socket.on('close', () => {
      this.gone = true;
      this.owner?.lost(this.error ?? new Error('the connection was closed'));
    });
  }

  get isOpen(): boolean {
    return !this.gone && !this.socket.destroyed;
  }

  own(owner: ConnectionOwner): void {
    this.owner = owner;
  }

  /** False when the owner should wait for `drained` before it writes more. */
  write(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Nothing more will be written; what the origin still sends is read. */
  end(): void {
    this.socket.end();
  }

  /** Closes at once; the owner hears nothing more. */
  destroy(): void {
    this.owner = undefined;
    this.socket.destroy();
  }
}
