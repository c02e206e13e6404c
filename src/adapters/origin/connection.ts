/**
 * One connection to an origin: bytes in and out, with backpressure both ways. Whoever owns it at the moment (an exchange, or the
 * pool while it is idle) hears what happens. What it is made of: runtime-connection.ts, and tls-connection.ts until the first
 * response is there; how it comes about: dial.ts.
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

  /** What carries the exchanges after the first, which has ended; this one is not used any more where that is another. */
  settled(): OriginConnection {
    return this;
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
