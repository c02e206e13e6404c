/**
 * What a TLS handshake has come to, read off Bun's socket: whether it keeps to the terms of the distribution that its server name names,
 * and what the core is told of it. CloudFront: facts 10. What the terms are is compiled with the snapshot.
 */
import type { X509Certificate } from 'node:crypto';
import type { ClientCertificate, ViewerTls } from '../../../core/request.ts';
import { isOlderTls, type ClientCertificateTerms, type TlsTerms } from '../../../model/tls-terms.ts';
import type { Instant } from '../../../model/units.ts';
import { errorCode } from '../../../model/error-code.ts';

/** The part of Bun's socket that tells of TLS. */
export type TlsSocket = Pick<
  Bun.Socket<unknown>,
  | 'authorized'
  | 'getAuthorizationError'
  | 'getCipher'
  | 'getPeerX509Certificate'
  | 'getServername'
  | 'getTLSVersion'
  | 'isSessionReused'
>;

/** Lower case; undefined when the viewer has named none. */
export function serverNameOf(socket: TlsSocket): string | undefined {
  const name: unknown = socket.getServername();
  return typeof name === 'string' && name !== '' ? name.toLowerCase() : undefined;
}

/** What the core is told of a connection that keeps to its terms; undefined: it does not, and CloudFront lets none such come about. */
export function agreedTls(
  socket: TlsSocket,
  serverName: string | undefined,
  terms: TlsTerms | undefined,
  now: Instant,
): ViewerTls | undefined {
  const version = socket.getTLSVersion();
  if (terms !== undefined && isOlderTls(version, terms.minimumVersion)) return undefined;
  const asked = terms?.clientCertificates;
  const shown = asked === undefined ? undefined : socket.getPeerX509Certificate();
  let clientCertificate: ClientCertificate | undefined;
  if (asked !== undefined && shown === undefined && asked.mode === 'required') return undefined;
  if (asked !== undefined && shown !== undefined) {
    const isJudged = asked.mode !== 'passthrough';
    clientCertificate = clientCertificateOf(shown, isJudged ? asked.trustStore : undefined);
    if (isJudged && !isTrusted(socket, asked, clientCertificate, now)) return undefined;
  }
  return {
    version,
    cipher: socket.getCipher().name,
    serverName,
    handshake: socket.isSessionReused() ? 'sessionResumed' : 'fullHandshake',
    clientCertificate,
  };
}

/** A resumed session holds what was found when it began; the certificate may have expired since. */
function isTrusted(
  socket: TlsSocket,
  { authorities, ignoresExpiry }: ClientCertificateTerms,
  { notBefore, notAfter }: Pick<ClientCertificate, 'notBefore' | 'notAfter'>,
  now: Instant,
): boolean {
  // Without any, the runtime would go by the authorities that it comes with.
  if (authorities.length === 0) return false;
  if (socket.authorized) return ignoresExpiry || (notBefore <= now && now <= notAfter);
  return ignoresExpiry && errorCode(socket.getAuthorizationError()) === 'CERT_HAS_EXPIRED';
}

function clientCertificateOf(shown: X509Certificate, trustedBy: string | undefined): ClientCertificate {
  const { serialNumber } = shown;
  const hex = serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`;
  return {
    pem: shown.toString(),
    trustedBy,
    serialNumber: hex.toLowerCase().replaceAll(/..(?=.)/g, '$&:'),
    issuer: distinguishedName(shown.issuer),
    subject: distinguishedName(shown.subject),
    sha256: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBefore: Date.parse(shown.validFrom),
    notAfter: Date.parse(shown.validTo),
  };
}

/**
 * RFC 2253 2.1: the last relative name first, with commas between. The runtime writes one a line, with what is special escaped; what is not
 * ASCII is written in the hexadecimal pairs of 2.4, since it goes into header fields.
 */
function distinguishedName(lines: string): string {
  const name = lines.split('\n').toReversed().join(',');
  return name.replaceAll(/[^\x20-\x7e]/gu, (char) => Buffer.from(char).toString('hex').toUpperCase().replaceAll(/../g, '\\$&'));
}

/** RFC 9113 9.2: HTTP/2 needs TLS 1.2. CloudFront: and a distribution that has it. Asked while the handshake goes on. */
export function takesHttp2(socket: Pick<TlsSocket, 'getTLSVersion'>, terms: TlsTerms | undefined): boolean {
  return terms?.http2 !== false && !isOlderTls(socket.getTLSVersion(), 'TLSv1.2');
}

/** RFC 7301 3.1: names with their lengths, as a viewer offers them. */
export function protocolNames(wire: Uint8Array): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at < wire.length; at += 1 + wire[at]!) {
    names.push(Buffer.from(wire.subarray(at + 1, at + 1 + wire[at]!)).toString('latin1'));
  }
  return names;
}
