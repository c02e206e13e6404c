/**
 * `warmfront certificates`: which certificates there are, where they are from, until when they are valid and who shows them; then, in words,
 * what needs somebody. Exits 1 when a certificate that is shown has expired or will before anything renews it.
 */
import type { CertificateState } from '../../model/admin.ts';
import { DAY, type Instant } from '../../model/units.ts';
import type { ControlClient } from '../control-client.ts';
import { columns, type Terminal } from '../terminal.ts';

export async function printCertificates(
  client: ControlClient,
  asJson: boolean,
  now: Instant,
  terminal: Terminal,
): Promise<number> {
  const certificates = await client.certificates();
  const warnings = certificates.flatMap((one) => warningOf(one, now) ?? []);
  if (asJson) terminal.print(JSON.stringify(certificates, null, 2));
  else {
    if (certificates.length === 0) terminal.print('no certificates: aws acm request-certificate, or import-certificate');
    for (const line of columns(certificates.map((one) => row(one, now)))) terminal.print(line);
    for (const warning of warnings) terminal.print(`warning: ${warning}`);
  }
  return certificates.some((one) => one.usedBy.length > 0 && isLost(one)) ? 1 : 0;
}

function row(one: CertificateState, now: Instant): string[] {
  return [
    one.names.join(' '),
    one.source,
    one.status,
    one.notAfter === undefined ? '' : `until ${dayOf(one.notAfter)} (${left(one.notAfter, now)})`,
    one.renewsItself ? 'renews itself' : 'imported: renew it by hand',
    one.usedBy.length === 0 ? 'not shown' : `shown by ${one.usedBy.map((arn) => arn.split('/').at(-1)).join(' ')}`,
    one.arn,
  ];
}

/** What somebody should do about it, or know; undefined when all is well. */
function warningOf(
  { names, status, notAfter, isNearEnd, renewsItself, problem, nextAttempt }: CertificateState,
  now: Instant,
): string | undefined {
  const name = names[0] ?? 'a certificate without a name';
  const again = nextAttempt === undefined ? '' : `; tried again at ${new Date(nextAttempt).toISOString()}`;
  if (status === 'FAILED' || status === 'VALIDATION_TIMED_OUT')
    return `${name} was not issued: ${problem ?? status}; request it again`;
  if (notAfter === undefined) return problem === undefined ? undefined : `${name} has not been issued yet: ${problem}${again}`;
  if (status === 'EXPIRED') {
    const remedy = renewsItself
      ? `its renewal fails: ${problem ?? 'no reason is known'}${again}`
      : 'import its successor under the same ARN';
    return `${name} expired on ${dayOf(notAfter)}; ${remedy}`;
  }
  if (problem !== undefined)
    return `${name} could not be renewed: ${problem}${again}; the old one is shown until ${dayOf(notAfter)}`;
  if (isNearEnd && !renewsItself) return `${name} expires ${left(notAfter, now)}; import its successor under the same ARN`;
  return undefined;
}

function isLost({ status, isNearEnd, renewsItself, problem }: CertificateState): boolean {
  return status === 'EXPIRED' || (isNearEnd && (!renewsItself || problem !== undefined));
}

function dayOf(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function left(notAfter: Instant, now: Instant): string {
  const days = Math.floor((notAfter - now) / DAY);
  if (notAfter <= now) return 'expired';
  return days === 0 ? 'in less than a day' : `in ${days} day${days === 1 ? '' : 's'}`;
}
