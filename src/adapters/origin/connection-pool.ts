/**
 * Connections waiting for their next request, kept per place, server name and TLS promise. CloudFront: idle no longer than the
 * origin's keep-alive timeout (facts 8.1). The most recently used is handed out first, so that spare ones age and go.
 */
import type { Clock } from '../../edge/ports.ts';
import type { Duration } from '../../model/units.ts';
import type { OriginConnection } from './connection.ts';

/** Ours: more idle connections than this help no origin; they only hold file descriptors. */
const MAX_IDLE_PER_KEY = 128;
const MAX_IDLE = 1_024;

interface Idle {
  readonly connection: OriginConnection;
  readonly expiry: { cancel(): void };
}

export class ConnectionPool {
  private readonly idle = new Map<string, Idle[]>();
  private count = 0;
  private closed = false;

  constructor(private readonly clock: Clock) {}

  get idleCount(): number {
    return this.count;
  }

  /** An open connection for this key, the caller's from now on. */
  take(key: string): OriginConnection | undefined {
    const last = this.idle.get(key)?.at(-1);
    if (last === undefined) return undefined;
    this.forget(key, last);
    return last.connection.isOpen ? last.connection : this.take(key);
  }

  /** Keeps a connection whose last exchange ended cleanly, or closes it when there is no room. */
  put(key: string, connection: OriginConnection, timeout: Duration): void {
    const waiting = this.idle.get(key) ?? [];
    if (this.closed || !connection.isOpen || waiting.length >= MAX_IDLE_PER_KEY || this.count >= MAX_IDLE) {
      connection.destroy();
      return;
    }
    connection.reused = true;
    const drop = (): void => {
      this.forget(key, entry);
      connection.destroy();
    };
    const entry: Idle = { connection, expiry: this.clock.after(timeout, drop) };
    waiting.push(entry);
    this.idle.set(key, waiting);
    this.count += 1;
    // Nothing may arrive on an idle connection: bytes nobody asked for must never answer the next request.
    connection.own({ received: drop, drained: () => {}, halfClosed: drop, lost: drop });
    connection.resume();
  }

  /** Closes what is idle; what comes back later is closed too. */
  close(): void {
    this.closed = true;
    for (const [key, waiting] of this.idle) {
      for (const entry of waiting.slice()) {
        this.forget(key, entry);
        entry.connection.destroy();
      }
    }
  }

  private forget(key: string, entry: Idle): void {
    const waiting = this.idle.get(key);
    const index = waiting?.indexOf(entry) ?? -1;
    if (waiting === undefined || index < 0) return;
    waiting.splice(index, 1);
    if (waiting.length === 0) this.idle.delete(key);
    this.count -= 1;
    entry.expiry.cancel();
  }
}
