/**
 * May this request be answered over this connection? The Host of a request has to be of the distribution that the connection's server
 * name (SNI) is of, and the connection has to be what that distribution asks of its viewers. RFC 9110 7.4, 15.5.20; facts 1.3, 10.4,
 * 10.5. The handshake keeps to the terms of its server name (adapters/listen/tcp); this is about whoever asks for another name afterwards.
 */
import { CONNECTIONS_WITHOUT_SERVER_NAME_REACH_ALL, UNKNOWN_SERVER_NAMES_REACH_ALL } from '../../model/assumptions.ts';
import { ownerOf } from '../../model/alias.ts';
import type { CompiledDistribution, CompiledSnapshot } from '../../model/compile.ts';
import { isOlderTls, type ClientCertificateTerms, type TlsTerms } from '../../model/tls-terms.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { ClientCertificate, ViewerRequest, ViewerTls } from '../request.ts';

export type ConnectionDecision =
  | { readonly kind: 'proceed' }
  | {
      readonly kind: 'refused';
      readonly status: 421;
      readonly detail: ErrorDetail;
      readonly cause: string;
      readonly reason: 'server-name' | 'http-version' | 'tls' | 'client-certificate';
    };

const PROCEED: ConnectionDecision = { kind: 'proceed' };

/** `distribution` is that of the Host; where a staging distribution answers for it, its primary. */
export function decideConnection(
  snapshot: CompiledSnapshot,
  distribution: CompiledDistribution,
  { scheme, httpVersion, tls }: ViewerRequest,
): ConnectionDecision {
  if (scheme === 'http') return PROCEED;
  if (httpVersion === '3.0') return distribution.http3 ? PROCEED : misdirected('http-version');
  const { tls: terms } = distribution;
  // A listener that does not tell what was agreed on cannot have asked for a certificate.
  if (tls === undefined) return terms.clientCertificates === undefined ? PROCEED : misdirected('client-certificate');
  if (!isReachedBy(snapshot, distribution, tls.serverName)) return misdirected('server-name');
  // RFC 9113 9.2: HTTP/2 needs TLS 1.2.
  if (httpVersion === '2.0' && (!terms.http2 || isOlderTls(tls.version, 'TLSv1.2'))) return misdirected('http-version');
  if (!isStrongEnough(terms, tls)) return misdirected('tls');
  if (!hasCertificateFor(terms.clientCertificates, tls.clientCertificate)) return misdirected('client-certificate');
  return PROCEED;
}

function isReachedBy(snapshot: CompiledSnapshot, distribution: CompiledDistribution, serverName: string | undefined): boolean {
  if (serverName === undefined) return CONNECTIONS_WITHOUT_SERVER_NAME_REACH_ALL;
  const owner = ownerOf(snapshot, serverName);
  return owner === undefined ? UNKNOWN_SERVER_NAMES_REACH_ALL : owner === distribution;
}

function isStrongEnough({ minimumVersion, ciphers }: TlsTerms, { version, cipher }: ViewerTls): boolean {
  if (version === 'TLSv1.3') return true;
  return !isOlderTls(version, minimumVersion) && ciphers.includes(cipher);
}

/** Whom another trust store let in, or this one as it was, is not let in by this. */
function hasCertificateFor(asked: ClientCertificateTerms | undefined, shown: ClientCertificate | undefined): boolean {
  if (asked === undefined || asked.mode === 'passthrough') return true;
  return shown === undefined ? asked.mode === 'optional' : shown.trustedBy === asked.trustStore;
}

function misdirected(reason: Extract<ConnectionDecision, { kind: 'refused' }>['reason']): ConnectionDecision {
  return { kind: 'refused', status: 421, detail: 'InvalidRequestCertificate', cause: ERROR_CAUSES.certificateMismatch, reason };
}
