/**
 * What a distribution asks of the TLS connections of its viewers: its security policy, HTTP/2, client certificates. Made once for each
 * snapshot. Facts 10.4, 10.5. Listeners keep to it in the handshake, by server name (adapters/listen/tcp); that a request came over
 * such a connection is judged in core/viewer-request/decide-connection.ts.
 */
import { SECURITY_POLICIES } from '../tables/security-policies.ts';
import type { Distribution, ViewerMtls } from './distribution.ts';

export interface TlsTerms {
  readonly minimumVersion: TlsVersion;
  /** OpenSSL's names, for up to TLS 1.2, the best first; the suites of TLS 1.3 are not chosen. */
  readonly ciphers: readonly string[];
  readonly http2: boolean;
  /** Undefined: viewers are not asked for certificates. */
  readonly clientCertificates: ClientCertificateTerms | undefined;
}

export type TlsVersion = (typeof TLS_VERSIONS)[number];

export interface ClientCertificateTerms {
  /** `required`: no connection without a trusted one. `optional`: none, or a trusted one. `passthrough`: whatever is shown, unjudged. */
  readonly mode: ViewerMtls['mode'];
  /** PEM: whom a viewer's certificate must chain to; empty for passthrough. */
  readonly authorities: readonly string[];
  readonly ignoresExpiry: boolean;
  /** Names the authorities as they are now, and how they judge: certificates that others trusted are not these'. '' for passthrough. */
  readonly trustStore: string;
}

/** From the oldest to the newest. */
const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** `version` as the runtime names it; one that is not known is older than all. */
export function isOlderTls(version: string, minimum: TlsVersion): boolean {
  return TLS_VERSIONS.indexOf(version as TlsVersion) < TLS_VERSIONS.indexOf(minimum);
}

/** CloudFront: `http3` alone speaks HTTP/1.1 and 3. */
const HTTP_2: ReadonlySet<Distribution['httpVersion']> = new Set(['http2', 'http2and3']);
const HTTP_3: ReadonlySet<Distribution['httpVersion']> = new Set(['http3', 'http2and3']);

export function compileTlsTerms({ httpVersion, minimumProtocolVersion, viewerMtls }: Distribution): TlsTerms {
  return {
    ...SECURITY_POLICIES[minimumProtocolVersion],
    http2: HTTP_2.has(httpVersion),
    clientCertificates: viewerMtls && clientCertificateTerms(viewerMtls),
  };
}

/** CloudFront: no HTTP/3 with viewer mTLS. The API refuses the pair; nor would we serve it. */
export function speaksHttp3({ httpVersion, viewerMtls }: Distribution): boolean {
  return HTTP_3.has(httpVersion) && viewerMtls === undefined;
}

function clientCertificateTerms({ mode, trustStore }: ViewerMtls): ClientCertificateTerms {
  if (trustStore === undefined) return { mode, authorities: [], ignoresExpiry: false, trustStore: '' };
  const { id, revision, certificates, ignoresExpiry } = trustStore;
  const name = `${id} ${revision}${ignoresExpiry ? ', expired or not' : ''}`;
  return { mode, authorities: certificates, ignoresExpiry, trustStore: name };
}
