/**
 * TLS viewers over TCP: HTTP/1.1 and HTTP/2 by ALPN, certificates by server name. Bun cannot change a listener's certificates, so
 * a change starts a new listener on the same port (SO_REUSEPORT) and drains the old one. HTTP/3: listen-h3.ts.
 */
import type { ServerCertificate } from '../../edge/ports.ts';
import { answerMistake, answerViewers } from './answer-viewers.ts';
import { openingTcp, SERVE_LIMITS, type SecureListener, type SecureListenOptions } from './listener.ts';
import { stopServer } from './stop-server.ts';

export function listenTls(options: SecureListenOptions): SecureListener {
  const { hostname, handler, report } = options;
  const fetch = answerViewers(handler, { scheme: 'https', httpVersion: undefined });
  const error = answerMistake(report);
  const serve = (port: number, certificates: readonly ServerCertificate[]) =>
    Bun.serve({ ...SERVE_LIMITS, hostname, port, reusePort: true, tls: [...certificates], http2: true, fetch, error });

  let server = openingTcp(options, () => serve(options.port, options.certificates));
  const port = server.port!;
  const retired = new Set<Promise<void>>();

  return {
    port,
    async setCertificates(certificates) {
      const old = server;
      server = serve(port, certificates);
      const draining = stopServer(old, true).finally(() => retired.delete(draining));
      retired.add(draining);
    },
    async stop(drain) {
      await Promise.all([stopServer(server, drain), ...(drain ? retired : [])]);
    },
  };
}
