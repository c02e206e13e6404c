/**
 * When is a certificate issued, renewed, or tried again? ACM renews without being asked; Ours: at two thirds of the lifetime, a little
 * earlier for some than for others, and after a failure with ever longer pauses, for as long as the old certificate is shown. ACM user
 * guide: a request that is not validated within 72 hours is given up.
 */
import { DAY, HOUR, MINUTE, type Duration, type Instant } from '../../../model/units.ts';
import type { CertificateDocument } from './certificate-registry.ts';

const RENEWAL_SHARE = 2 / 3;
/** Of the lifetime: so much earlier at most, so that certificates of one day are not renewed in one minute. */
const SPREAD = 1 / 30;
/** Let's Encrypt: five failed validations of a name in an hour; with this and the doubling, the sixth comes later. */
const FIRST_PAUSE: Duration = 2 * MINUTE;
const LONGEST_PAUSE: Duration = 6 * HOUR;
const VALIDATION_LIMIT: Duration = 3 * DAY;

/** When an authority is asked next; undefined while nobody is. `draw` is from 0 to 1 and the certificate's own. */
export function nextAttempt(
  { request, status, held, issuance, isRenewalAsked }: CertificateDocument,
  draw: number,
): Instant | undefined {
  if (request === undefined) return undefined;
  const allowed = issuance?.nextAttempt ?? 0;
  if (status === 'PENDING_VALIDATION') return allowed;
  if (status !== 'ISSUED' || held === undefined) return undefined;
  if (isRenewalAsked) return allowed;
  const { notBefore, notAfter } = held.facts;
  return Math.max(allowed, Math.floor(notBefore + (notAfter - notBefore) * (RENEWAL_SHARE - SPREAD * draw)));
}

/** How long to wait after this many failures in a row; `draw` is from 0 to 1. */
export function pauseAfter(failures: number, draw: number): Duration {
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(failures - 1, 16), LONGEST_PAUSE);
  return Math.floor(pause * (1 + draw / 5));
}

/** Whether a request that was made at `created` is given up. */
export function isTimedOut(created: Instant, now: Instant): boolean {
  return now - created >= VALIDATION_LIMIT;
}
