/**
 * One connection to an origin: bytes in and out, with backpressure both ways. Whoever owns it at the moment (an exchange, or the
 * pool while it is idle) hears what happens. Over clear text: tcp-connection.ts; over TLS: tls-connection.ts; how either comes about: dial.ts.
 */

export interface ConnectionOwner {
  received(bytes: Buffer): void;
  /** More may be written. */
  drained(): void;
  /** The origin sends no more. */
  halfClosed(): void;
  /** Gone; nothing follows. */
  lost(error: Error): void;
}

export abstract class OriginConnection {
  /** True once it has carried a whole exchange: the origin may be closing it at this moment. */
  reused = false;
  /** How long it took to make. */
  setup = { dns: 0, connect: 0 };
  protected owner: ConnectionOwner | undefined;

  abstract readonly isOpen: boolean;

  own(owner: ConnectionOwner): void {
    this.owner = owner;
  }

  /** False when the owner should wait for `drained` before it writes more. */
  abstract write(bytes: Uint8Array): boolean;
  abstract pause(): void;
  abstract resume(): void;
  /** Nothing more will be written; what the origin still sends is read. */
  abstract end(): void;
  /** Closes at once; the owner hears nothing more. */
  abstract destroy(): void;
}

/** Gone, and nobody has said why. */
export function wasClosed(): Error {
  return new Error('the connection was closed');
}
