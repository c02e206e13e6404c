/**
 * TLS viewers over TCP: HTTP/1.1 and HTTP/2 by ALPN, certificates by server name, terms by distribution. HTTP/3: http3/listen-http3.ts.
 */
import type { SecureListener, SecureListenOptions } from './listener.ts';
import { listenTcp } from './tcp/tcp-listener.ts';

export function listenTls(options: SecureListenOptions): SecureListener {
  const listener = listenTcp(options);
  return {
    port: listener.port,
    setCertificates: async (certificates) => listener.setCertificates(certificates),
    stop: (drain, patience) => listener.stop(drain, patience),
  };
}
