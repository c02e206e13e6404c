/**
 * A viewer's request as the decisions read it. Made once by the listener; bodies and sockets never get here.
 * Limits and syntax are judged in viewer-request/admit-request.ts.
 */
import type { Fields } from '../http/fields.ts';
import type { Bytes, Instant } from '../model/units.ts';

export interface ViewerRequest {
  /** As sent; methods are case-sensitive (RFC 9110 9.1). */
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Undefined where the runtime does not tell (TLS: HTTP/1.1 or HTTP/2). */
  readonly httpVersion: '1.0' | '1.1' | '2.0' | '3.0' | undefined;
  /** The Host field or `:authority` as sent, port included; '' when absent. */
  readonly host: string;
  /** The path as sent, percent-encoding untouched; starts with `/`. */
  readonly path: string;
  /** What follows the first `?`, raw; undefined when there is no `?`. */
  readonly query: string | undefined;
  /** Without Host. */
  readonly fields: Fields;
  readonly viewerAddress: string;
  readonly viewerPort: number;
  readonly body: { readonly kind: 'none' } | { readonly kind: 'length'; readonly length: Bytes } | { readonly kind: 'chunked' };
  /** Set where the listener could not read the request as HTTP has it, or does not want it: what is known of it is here, and it is refused. */
  readonly fault?: RequestFault | undefined;
  /** What the viewer's connection agreed on; undefined over clear text, and where the runtime does not tell (HTTP/3). */
  readonly tls?: ViewerTls | undefined;
  /** A well-formed WebSocket handshake (RFC 6455 4.1): the connection becomes a tunnel when the answer is 101. */
  readonly upgrade?: 'websocket' | undefined;
  /** The viewer's connection brings the very same octets again and again, and this object with them: what is made of it may be kept. */
  readonly recurs?: boolean | undefined;
  /** Set where a custom error page is asked for: what the viewer had asked for. */
  readonly errorOf?: Pick<ViewerRequest, 'path' | 'query'>;
}

export interface RequestFault {
  readonly kind: 'malformed' | 'url too long' | 'fields too large' | 'body too large' | 'too many requests';
  /** For the operator. */
  readonly message: string;
}

/** A viewer's TLS connection. */
export interface ViewerTls {
  /** `TLSv1.2`, `TLSv1.3`. */
  readonly version: string;
  /** OpenSSL's name: `TLS_AES_128_GCM_SHA256`. */
  readonly cipher: string;
  /** The name that the viewer asked for (SNI), lower case; undefined when none. */
  readonly serverName: string | undefined;
  /** How the connection came about, and for all requests but its first, that it was there already. */
  readonly handshake: 'fullHandshake' | 'sessionResumed' | 'connectionReused';
  /** What the viewer showed of itself, where it was asked to. */
  readonly clientCertificate?: ClientCertificate | undefined;
}

export interface ClientCertificate {
  /** PEM, the leaf alone. */
  readonly pem: string;
  /** The trust store that it chains to (ClientCertificateTerms); undefined where nobody judged it. */
  readonly trustedBy: string | undefined;
  /** `0a:1b:...` */
  readonly serialNumber: string;
  /** RFC 2253. */
  readonly issuer: string;
  readonly subject: string;
  /** Of its DER, hexadecimal. */
  readonly sha256: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** A request to an origin, complete except for signing, hop-by-hop framing and the body. */
export interface OriginRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Where to connect. */
  readonly hostname: string;
  readonly port: number;
  /** The Host field; also the TLS server name. */
  readonly host: string;
  /** Origin path included, with the query, as it goes on the request line. */
  readonly target: string;
  readonly fields: Fields;
  /** The origin is asked to switch to this protocol; the fields hold the rest of the handshake. */
  readonly upgrade?: 'websocket' | undefined;
}

/** The head of an origin's response as the origin client hands it over: parsed strictly, framing fields removed. */
export interface OriginResponseHead {
  readonly status: number;
  readonly fields: Fields;
  /** What the framing promised; undefined for chunked or close-delimited bodies. 0 where no body is allowed. */
  readonly bodyLength: Bytes | undefined;
}
