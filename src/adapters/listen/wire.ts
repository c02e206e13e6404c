/**
 * The octets of one viewer's connection, TCP or TLS, and the lane that speaks a protocol over them. The wire knows sockets and no
 * protocol; a lane (http1/, http2/) knows its protocol and no sockets. Bun's sockets become wires in tcp-wire.ts.
 *
 * Output is gathered: what is written while one batch of input is handled, or in one turn of the event loop, leaves together.
 */
import type { ViewerTls } from '../../core/request.ts';
import type { Bytes, Duration, Instant } from '../../model/units.ts';

/** Where the next octets go: written from `length` on, which is then moved. Valid until the next call of the wire. */
export interface OutBuffer {
  readonly octets: Buffer;
  length: Bytes;
}

export interface Wire {
  readonly viewerAddress: string;
  readonly viewerPort: number;
  /** Undefined over clear text. */
  readonly tls: ViewerTls | undefined;
  /** Room for `size` octets (at most ROOM_LIMIT) to be written in place, which costs no copy. */
  room(size: Bytes): OutBuffer;
  /** Sends in order. Large octets are not copied: they must not change any more. */
  send(octets: Uint8Array): void;
  /** Octets that the viewer's side does not take yet. Whoever produces more waits for drained() while this is above WRITE_AHEAD. */
  readonly backlog: Bytes;
  /** Octets that the viewer's side has taken so far: what a slow reader is known by. */
  readonly sent: Bytes;
  /** Hands over no more octets until resume(): the viewer is held back by its own window. */
  pause(): void;
  resume(): void;
  /** When everything sent has left: no more octets follow. What the viewer still sends is read and dropped for a moment, so that it reads our last words. */
  end(): void;
  /** At once, with RST: whatever was under way is cut off so that nobody takes it for whole. */
  destroy(): void;
  /** When `expired` of the lane is to be called; Infinity for never. Checked about once a second. */
  deadline: Instant;
}

/**
 * The TLS of a connection as each of its requests tells it, asked once for each. CloudFront: the first says how it came about, the
 * others that it was there (facts 7.3).
 */
export function tlsOfRequests(tls: ViewerTls | undefined): () => ViewerTls | undefined {
  let isUsed = false;
  let later: ViewerTls | undefined;
  return () => {
    if (isUsed) return (later ??= tls && { ...tls, handshake: 'connectionReused' });
    isUsed = true;
    return tls;
  };
}

/** What room() can be asked for. */
export const ROOM_LIMIT: Bytes = 64 * 1024;

/** Ours: what a connection may have waiting for a slow viewer before its producers wait: one write of TLS records, and the next. */
export const WRITE_AHEAD: Bytes = 128 * 1024;

/** One protocol spoken with one viewer. No call throws for anything a viewer does. */
export interface Lane {
  /** Octets in order; they are valid during the call only. */
  receive(octets: Uint8Array): void;
  /** The viewer has ended its side (FIN) and may still read. */
  ended(): void;
  /** The backlog has gone. */
  drained(): void;
  /** The deadline of the wire has passed. */
  expired(): void;
  /**
   * The listener goes: finish what is under way, then end the wire. `patience`: how long a viewer who may be about to ask again is
   * answered once more, and told to go elsewhere.
   */
  retire(patience?: Duration): void;
  /** The connection has gone. Called once, last. */
  closed(): void;
  /** Nothing is under way. */
  readonly isIdle: boolean;
}
