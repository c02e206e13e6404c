/**
 * What the TLS library's errors mean for the person who runs the origin. Which of them there are was found by making each happen
 * (test/contracts/origin-tls.ts); what it calls them otherwise stands as it came.
 */
import { errorCode } from '../../model/error-code.ts';

const REASONS: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port',
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS on this port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no protocol as new as OriginSslProtocols asks for',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks no protocol as new as OriginSslProtocols asks for',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'it broke the handshake off; it has no protocol or cipher in common with us, or wants a client certificate (OriginMtlsConfig)',
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: 'it has no cipher in common with us',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it does not know the server name it was asked for',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a client certificate (OriginMtlsConfig)',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it refuses our client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'our client certificate has expired',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'it refuses our client certificate: not made for clients, perhaps',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the CA of our client certificate',
};

/** Undefined where the error is none of TLS. */
export function tlsReason(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code?.startsWith('ERR_SSL_') !== true) return undefined;
  return REASONS[code] ?? (error as Error).message;
}
