/**
 * TLS sessions to resume, which spares an origin and us most of a handshake (RFC 8446 2.2). A session is offered only where everything
 * that was checked when it was made would be checked alike, and not for long, since its certificate is not verified again.
 */
import type { Clock } from '../../edge/ports.ts';
import { HOUR } from '../../model/units.ts';
import type { Duration, Instant } from '../../model/units.ts';

/** Ours: how long a certificate that has expired or been withdrawn may still serve. */
const LIFETIME: Duration = HOUR;
/** Ours: one session for each of so many origins; those made longest ago go first. */
const MOST_KEPT = 1_000;

export class TlsSessions {
  private readonly sessions = new Map<string, { readonly session: Buffer; readonly until: Instant }>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** The newest session for these promises. `verifiedAt`: when the handshake that checked the certificate was made. */
  offered(key: string): { readonly session: Buffer; readonly verifiedAt: Instant } | undefined {
    const kept = this.sessions.get(key);
    if (kept === undefined) return undefined;
    if (kept.until > this.clock.now()) return { session: kept.session, verifiedAt: kept.until - LIFETIME };
    this.sessions.delete(key);
    return undefined;
  }

  keep(key: string, session: Buffer, verifiedAt: Instant): void {
    this.sessions.delete(key);
    this.sessions.set(key, { session, until: verifiedAt + LIFETIME });
    for (const oldest of this.sessions.keys()) {
      if (this.sessions.size <= MOST_KEPT) break;
      this.sessions.delete(oldest);
    }
  }

  forget(key: string): void {
    this.sessions.delete(key);
  }
}
