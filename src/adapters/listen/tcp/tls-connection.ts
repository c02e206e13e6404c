/**
 * What a TLS handshake has come to, read off Bun's socket: whether it keeps to the terms of the distribution that its server name names,
 * and what the core is told of it. CloudFront: facts 10. What the terms are is compiled with the snapshot.
 */
import type { ViewerTls } from '../../../core/request.ts';
import type { ClientCertificateTerms, TlsTerms, TlsVersion } from '../../../edge/answer.ts';

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

/** From the oldest to the newest. */
const TLS_VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** Lower case; undefined when the viewer has named none. */
export function serverNameOf(socket: TlsSocket): string | undefined {
  const name: unknown = socket.getServername();
  return typeof name === 'string' && name !== '' ? name.toLowerCase() : undefined;
}

/** CloudFront: a connection below the security policy, or without the certificate that is required, does not come about. */
export function keepsTerms(socket: TlsSocket, terms: TlsTerms | undefined): boolean {
  if (terms === undefined) return true;
  const version = TLS_VERSIONS.indexOf(socket.getTLSVersion() as TlsVersion);
  if (version < TLS_VERSIONS.indexOf(terms.minimumVersion)) return false;
  const asked = terms.clientCertificates;
  if (asked === undefined || asked.mode === 'passthrough') return true;
  const isShown = socket.getPeerX509Certificate() !== undefined;
  return isShown ? isTrusted(socket, asked) : asked.mode === 'optional';
}

/** RFC 9113 9.2: HTTP/2 needs TLS 1.2. CloudFront: and a distribution that has it. Asked while the handshake goes on. */
export function takesHttp2(socket: Pick<TlsSocket, 'getTLSVersion'>, terms: TlsTerms | undefined): boolean {
  return terms?.http2 !== false && TLS_VERSIONS.indexOf(socket.getTLSVersion() as TlsVersion) >= TLS_VERSIONS.indexOf('TLSv1.2');
}

/** `error`: what the runtime says of the viewer's certificate. */
export function viewerTls(
  socket: TlsSocket,
  serverName: string | undefined,
  asked: ClientCertificateTerms | undefined,
  error: Error | null,
): ViewerTls {
  const shown = asked === undefined ? undefined : socket.getPeerX509Certificate();
  const clientCertificate =
    shown === undefined || asked === undefined
      ? undefined
      : { pem: shown.toString(), isTrusted: asked.mode !== 'passthrough' && isTrusted(socket, asked), reason: error?.message };
  return {
    version: socket.getTLSVersion(),
    cipher: socket.getCipher().name,
    serverName,
    isResumed: socket.isSessionReused(),
    clientCertificate,
  };
}

function isTrusted(socket: TlsSocket, { ignoresExpiry }: ClientCertificateTerms): boolean {
  if (socket.authorized) return true;
  const error: unknown = socket.getAuthorizationError();
  return ignoresExpiry && error instanceof Error && 'code' in error && error.code === 'CERT_HAS_EXPIRED';
}

/** RFC 7301 3.1: names with their lengths, as a viewer offers them. */
export function protocolNames(wire: Uint8Array): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at < wire.length; at += 1 + wire[at]!) {
    names.push(Buffer.from(wire.subarray(at + 1, at + 1 + wire[at]!)).toString('latin1'));
  }
  return names;
}
