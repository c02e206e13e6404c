/**
 * Has requested certificates issued and renewed by the authority: who is due is decided in decide-attempt.ts, what is done about it is
 * here. What has been issued stays in use until its successor is there. Everything that must outlast a restart is in the certificate's
 * document, so that a start goes on where the last run ended.
 */
import { createHash } from 'node:crypto';
import { IssuanceFailure, NOT_WANTED, type CertificateAuthority } from '../../../edge/certificate-ports.ts';
import type { Clock } from '../../../edge/ports.ts';
import { HOUR, MINUTE, type Duration, type Instant } from '../../../model/units.ts';
import type { CertificateDocument, CertificateRegistry, StoredCertificate } from './certificate-registry.ts';
import { isTimedOut, nextAttempt, pauseAfter } from './decide-attempt.ts';
import type { MaterialVersions } from './material-versions.ts';
import { sentence } from '../../../model/sentence.ts';

export interface IssuanceOptions {
  readonly registry: CertificateRegistry;
  readonly versions: MaterialVersions;
  readonly authority: CertificateAuthority;
  readonly clock: Clock;
  /** Takes one line for the operator. */
  readonly report: (line: string) => void;
}

export interface Issuance {
  /** Asks the authority now; resolves when it has answered, however. Never rejects. */
  attempt(id: string): Promise<void>;
  /** The certificate was deleted: what was begun for it is dropped. */
  abandon(id: string): void;
  /** A certificate has changed: looks who is due. */
  look(): void;
  /** Resolves when no attempt is under way. */
  settled(): Promise<void>;
  stop(): void;
}

/** Ours: so many orders at a time, to be no burden to an authority. */
const AT_ONCE = 4;
/** Clocks jump, and timers have a longest delay. */
const LOOK_AGAIN: Duration = HOUR;
/** Whatever clocks and certificates say: an authority that has just answered is left alone for so long. */
const AFTER_SUCCESS: Duration = HOUR;
/** After a mistake of ours, or a disk that is full. */
const AFTER_MISTAKE: Duration = MINUTE;

export function createIssuance({ registry, versions, authority, clock, report }: IssuanceOptions): Issuance {
  const { certificates } = registry;
  const underway = new Map<string, { readonly work: Promise<void>; readonly deleted: AbortController }>();
  const heldOff = new Map<string, Instant>();
  let timer: { cancel(): void } | undefined;
  const stopping = new AbortController();

  function dueAt({ id, document }: StoredCertificate): Instant | undefined {
    const due = nextAttempt(document, drawFor(id, document.version));
    return due === undefined ? undefined : Math.max(due, heldOff.get(id) ?? 0);
  }

  function look(): void {
    timer?.cancel();
    if (stopping.signal.aborted) return;
    const now = clock.now();
    let next = now + LOOK_AGAIN;
    for (const stored of certificates.list()) {
      const due = underway.has(stored.id) ? undefined : dueAt(stored);
      if (due === undefined) continue;
      if (due > now) next = Math.min(next, due);
      else if (underway.size < AT_ONCE) void attempt(stored.id);
    }
    timer = clock.after(next - now, look);
  }

  function attempt(id: string): Promise<void> {
    const running = underway.get(id);
    if (running !== undefined) return running.work;
    const deleted = new AbortController();
    const work = ask(id, AbortSignal.any([stopping.signal, deleted.signal]))
      .catch((error: unknown) => {
        heldOff.set(id, clock.now() + AFTER_MISTAKE);
        report(`certificate ${id} could not be issued: ${sentence(error)}`);
      })
      .then(async () => {
        // What it was writing when it was told to stop.
        if (deleted.signal.aborted) await drop(id);
        underway.delete(id);
        look();
      });
    underway.set(id, { work, deleted });
    return work;
  }

  function drop(id: string): Promise<void> {
    heldOff.delete(id);
    return authority
      .abandon(id)
      .catch((error: unknown) => report(`certificate ${id}: its order could not be dropped: ${sentence(error)}`));
  }

  async function ask(id: string, signal: AbortSignal): Promise<void> {
    const stored = certificates.get(id);
    if (stored === undefined || signal.aborted) return;
    const { names, keyAlgorithm } = stored.document;
    try {
      refuseToReplace(stored.document, authority);
      const material = await authority.issue({ id, names, keyAlgorithm, signal });
      if (signal.aborted) return;
      const now = clock.now();
      const changes = {
        status: 'ISSUED',
        obtainedAt: now,
        source: authority.name,
        isRenewalAsked: false,
        issuance: { failures: 0, nextAttempt: now + AFTER_SUCCESS, problem: undefined, updatedAt: now },
      } as const;
      await versions.replace(id, material, changes, { now, who: 'acm' });
    } catch (error) {
      if (!(error instanceof IssuanceFailure)) throw error;
      if (!signal.aborted) fail(id, error);
    }
  }

  function fail(id: string, failure: IssuanceFailure): void {
    const stored = certificates.get(id);
    if (stored === undefined) return;
    const now = clock.now();
    const { document } = stored;
    const failures = (document.issuance?.failures ?? 0) + 1;
    const pause = pauseAfter(failures, drawFor(id, failures));
    const issuance = { failures, nextAttempt: now + pause, problem: failure.message, updatedAt: now };
    certificates.update(
      stored,
      { etag: stored.etag, document: { ...document, ...outcomeOf(failure, stored, now), issuance } },
      { now, who: 'acm' },
    );
    const what = document.held === undefined ? 'could not be issued' : 'could not be renewed';
    report(`certificate for ${document.domainName} (${id}) ${what} by ${authority.name}: ${failure.message}`);
  }

  return {
    attempt,
    abandon(id) {
      underway.get(id)?.deleted.abort(NOT_WANTED);
      void drop(id);
    },
    look,
    async settled() {
      while (underway.size > 0) await Promise.all([...underway.values()].map(({ work }) => work));
    },
    stop() {
      stopping.abort();
      timer?.cancel();
    },
  };
}

/**
 * Ours: what another authority has issued is not made the local CA's because a start has left out --acme-directory: no browser would
 * trust it any more. Throws IssuanceFailure, unless somebody has asked for it.
 */
function refuseToReplace({ held, source, isRenewalAsked }: CertificateDocument, authority: CertificateAuthority): void {
  if (!authority.isLocal || held === undefined || source === authority.name || isRenewalAsked === true) return;
  throw new IssuanceFailure(
    `it was issued by ${source}; start with --acme-directory, or have the ${authority.name} issue it with RenewCertificate`,
    false,
  );
}

/** What is issued stays issued, and is tried again; a request may end here. */
function outcomeOf(
  failure: IssuanceFailure,
  { document, created }: StoredCertificate,
  now: Instant,
): Partial<CertificateDocument> {
  if (document.held !== undefined) return {};
  if (failure.isFinal) return { status: 'FAILED', failureReason: failure.reason };
  return isTimedOut(created, now) ? { status: 'VALIDATION_TIMED_OUT' } : {};
}

/** From 0 to 1: the same for the same certificate at every look, another for every certificate. */
function drawFor(id: string, count: number): number {
  return createHash('sha256').update(`${id} ${count}`).digest().readUInt32BE() / 2 ** 32;
}
