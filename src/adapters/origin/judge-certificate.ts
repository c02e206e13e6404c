/**
 * Is the origin's certificate one to trust, and if not, which of its chain is at fault and how? Facts 8.1: from a trusted CA with its whole
 * chain, in date, for the origin's domain name or the Host. The TLS library verifies; this says in words what it found. What may be
 * trusted is decided in tls.ts.
 */
import { X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Instant } from '../../model/units.ts';

/** What is wrong, completing "its certificate is refused: ..."; undefined when nothing is. */
export function judgeCertificate(socket: TLSSocket, names: readonly string[], now: Instant): string | undefined {
  const leaf = socket.getPeerCertificate(true);
  // An anonymous cipher would show none; we offer no such.
  if (leaf.raw === undefined) return 'the origin has shown none';
  if (!socket.authorized) return explain(codeOf(socket), chainOf(leaf), now);
  if (names.some((name) => isFor(leaf, name))) return undefined;
  return `${nameOf(leaf)} covers ${leaf.subjectaltname ?? 'no names'}, but neither of ${names.join(', ')}`;
}

/** Whether the certificate is for the name; a wildcard also stands for itself and for what it covers. */
function isFor(leaf: DetailedPeerCertificate, name: string): boolean {
  if (!name.startsWith('*.')) return checkServerIdentity(name, leaf) === undefined;
  const suffix = name.slice(1).toLowerCase();
  return (leaf.subjectaltname ?? '').split(', ').some((alternative) => {
    const [, host] = /^dns:(.+)$/.exec(alternative.toLowerCase()) ?? [];
    return host?.endsWith(suffix) === true && !host.slice(0, -suffix.length).includes('.');
  });
}

function codeOf({ authorizationError: error }: TLSSocket): string {
  const given: unknown = error;
  if (typeof given === 'string') return given;
  return given instanceof Error && 'code' in given && typeof given.code === 'string' ? given.code : String(given);
}

/** The leaf and whatever certifies it, as far as the origin sent it. */
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.raw !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

function explain(code: string, chain: readonly DetailedPeerCertificate[], now: Instant): string {
  const [leaf] = chain;
  const last = chain.at(-1);
  if (leaf === undefined || last === undefined) return code;
  switch (code) {
    case 'CERT_HAS_EXPIRED': {
      const expired = chain.find((certificate) => Date.parse(certificate.valid_to) < now) ?? leaf;
      return `${nameOf(expired)} has expired, on ${expired.valid_to}; renew it`;
    }
    case 'CERT_NOT_YET_VALID': {
      const early = chain.find((certificate) => Date.parse(certificate.valid_from) > now) ?? leaf;
      return `${nameOf(early)} is not valid before ${early.valid_from}; check the clocks`;
    }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `${nameOf(leaf)} is self-signed; it needs one from a CA, or its own file given to --origin-ca`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `its chain ends at ${nameOf(last)}, a CA that is not trusted; --origin-ca can add it`;
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return `its chain ends at ${nameOf(last)}, issued by ${issuerOf(last)}, which was not sent and is not trusted; the origin must send every intermediate certificate, or --origin-ca must hold the CA`;
    case 'CERT_SIGNATURE_FAILURE':
      return `${nameOf(leaf)} is not signed by the ${issuerOf(leaf)} that is trusted here`;
    case 'INVALID_PURPOSE':
      return `${nameOf(leaf)} is not made for servers (extended key usage)`;
    default:
      return `${nameOf(leaf)}: ${code}`;
  }
}

function nameOf(certificate: DetailedPeerCertificate): string {
  return `the certificate ${quoted(distinguishedName(certificate, 'subject'))}`;
}

function issuerOf(certificate: DetailedPeerCertificate): string {
  return quoted(distinguishedName(certificate, 'issuer'));
}

/** `CN=site.test, O=Example`: one line, whatever it holds. */
function distinguishedName({ raw }: DetailedPeerCertificate, whose: 'subject' | 'issuer'): string {
  const parsed = new X509Certificate(raw)[whose] as string | undefined;
  return parsed === undefined || parsed === '' ? 'without a name' : parsed.split('\n').toReversed().join(', ');
}

/** Origins may name themselves anything: control characters show, and what is long is cut. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}...` : text);
}
