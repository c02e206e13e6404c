/**
 * Certificates: the local authority as it lies on the disk and whether programs here trust it; what the running server shows for each
 * configured name, wherever it comes from.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { ok, problem, warning, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

const DAY = 86_400_000;
/** Ours: an authority is replaced by hand, so its end is told well before; other certificates are renewed by Warmfront or their owner. */
const AUTHORITY_NOTICE = 90;
const NOTICE = 14;
/** Ours: so many names are asked for. */
const MOST_NAMES = 100;
const HANDSHAKE_LIMIT = 3000;
const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

export async function checkCertificates(
  patient: Patient,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const path = join(patient.settings.data, 'ca.pem');
  const pem = textOf(path);
  const keyPem = textOf(join(patient.settings.data, 'ca-key.pem'));
  if (pem === undefined && keyPem === undefined) return [ok('local CA', 'will be made at the first start')];
  const authority = judgeAuthority({ path, pem, keyPem, now: Date.now() });
  if (pem === undefined || authority.level === 'problem') return [authority];
  return [authority, checkTrust(path, pem, environment), ...(await checkServed(patient, pem))];
}

export interface AuthorityFacts {
  readonly path: string;
  readonly pem: string | undefined;
  readonly keyPem: string | undefined;
  readonly now: number;
}

export function judgeAuthority({ path, pem, keyPem, now }: AuthorityFacts): Finding {
  const remedy = 'restore ca.pem and ca-key.pem, or delete both to have a new authority made (which must then be trusted anew)';
  if (pem === undefined || keyPem === undefined) return problem('local CA', `${path}: half of it is missing`, remedy);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) {
      return problem('local CA', `${path} does not belong to the key beside it`, remedy);
    }
  } catch {
    return problem('local CA', `${path} or its key cannot be read`, remedy);
  }
  const days = daysLeft(certificate.validTo, now);
  if (days < 0)
    return problem(
      'local CA',
      `${path} expired on ${certificate.validTo}`,
      `delete it and ca-key.pem, start again, and trust the new one`,
    );
  if (days < AUTHORITY_NOTICE)
    return warning(
      'local CA',
      `${path} expires in ${days} days`,
      'plan its replacement: everyone who trusts it must trust the new one',
    );
  return ok('local CA', `${path}, for ${days} more days`);
}

/** What programs read: the bundle of the system, and what the environment names. */
function checkTrust(path: string, pem: string, environment: Readonly<Record<string, string | undefined>>): Finding {
  const body = pemBody(pem);
  const named = ['CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'];
  const by = named.filter((name) => pemBody(textOf(environment[name] ?? '') ?? '').includes(body));
  const bundle = BUNDLES.find((file) => pemBody(textOf(file) ?? '').includes(body));
  if (bundle !== undefined) return ok('trust in the local CA', `in ${bundle}`);
  if (by.length > 0) return ok('trust in the local CA', `in this shell, by ${by.join(', ')}`);
  return warning(
    'trust in the local CA',
    'no program here trusts it; names with an imported certificate are not concerned',
    `for this shell: eval "$(warmfront env)"; for Debian: cp ${path} /usr/local/share/ca-certificates/warmfront.crt && update-ca-certificates; browsers have a list of their own`,
  );
}

async function checkServed({ settings, record, answer }: Patient, authority: string): Promise<readonly Finding[]> {
  if (record === undefined || answer === undefined || typeof answer === 'string') return [];
  const names = answer.status.distributions
    .filter(({ enabled }) => enabled)
    .flatMap(({ domainName, aliases }) => [domainName, ...aliases]);
  const asked = names.slice(0, MOST_NAMES).map((name) => name.replace(/^\*/, 'any'));
  const host = settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host === '::' ? '::1' : settings.host;
  const shown = await Promise.all(asked.map((name) => certificateFor(host, record.httpsPort, name, authority)));
  const findings = shown.flatMap((certificate, index) => judgeServed(asked[index]!, certificate, Date.now()));
  if (findings.length > 0 || asked.length === 0) return findings;
  return [ok('certificates', `${asked.length} names are served with certificates that are valid for them`)];
}

export interface ServedCertificate {
  /** Why a client would refuse it. */
  readonly refusal: string | undefined;
  readonly validTo: string | undefined;
}

/** Nothing when all is well. */
export function judgeServed(name: string, { refusal, validTo }: ServedCertificate, now: number): readonly Finding[] {
  const subject = `certificate of ${name}`;
  const days = validTo === undefined ? undefined : daysLeft(validTo, now);
  if (days !== undefined && days < 0) return [problem(subject, `expired on ${validTo}`, 'renew it, or import the new one again')];
  if (refusal !== undefined) return [problem(subject, refusal, 'import a certificate for it, or look at the log of the server')];
  if (days !== undefined && days < NOTICE)
    return [warning(subject, `expires in ${days} days`, 'renew it, or import the new one again')];
  return [];
}

/** The certificate is looked at whether or not it is trusted; the local authority counts as trusted. */
function certificateFor(host: string, port: number, servername: string, authority: string): Promise<ServedCertificate> {
  const { promise, resolve } = Promise.withResolvers<ServedCertificate>();
  const socket = connectTls({
    host,
    port,
    servername: isIP(servername) === 0 ? servername : '',
    ca: [authority],
    rejectUnauthorized: false,
  });
  socket.setTimeout(HANDSHAKE_LIMIT, () => socket.destroy(new Error('no TLS handshake within three seconds')));
  socket.once('secureConnect', () => {
    const validTo = socket.getPeerX509Certificate()?.validTo;
    const covers = socket.getPeerX509Certificate()?.checkHost(servername) !== undefined;
    socket.destroy();
    resolve({ validTo, refusal: covers ? undefined : 'another name’s certificate is shown' });
  });
  socket.once('error', (error) => resolve({ validTo: undefined, refusal: error.message }));
  return promise;
}

function daysLeft(validTo: string, now: number): number {
  return Math.floor((Date.parse(validTo) - now) / DAY);
}

function pemBody(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
