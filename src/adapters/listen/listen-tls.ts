/**
 * TLS viewers over TCP: HTTP/1.1 and HTTP/2 by ALPN, certificates by server name. Bun cannot change a listener's certificates, so
 * a change starts a new listener on the same port (SO_REUSEPORT) and retires the old one. HTTP/3: listen-h3.ts.
 */
import type { ServerCertificate } from '../../edge/ports.ts';
import type { Duration } from '../../model/units.ts';
import { answerMistake, answerViewers } from './answer-viewers.ts';
import { openingTcp, SERVE_LIMITS, type SecureListener, type SecureListenOptions } from './listener.ts';
import { stopServer, willClose } from './stop-server.ts';

/**
 * Ours: how long a replaced listener answers with `Connection: close` before it closes what is idle. A viewer that asks this often
 * has then moved over by itself; RFC 9112 9.5 has the others ask again.
 */
const MOVING_TIME: Duration = 200;

export function listenTls(options: SecureListenOptions): SecureListener {
  const { hostname, handler, report } = options;
  const answer = answerViewers(handler, { scheme: 'https', httpVersion: undefined });
  const error = answerMistake(report);

  function serve(port: number, certificates: readonly ServerCertificate[]) {
    const state = { isRetiring: false };
    const fetch: typeof answer = (request, server) => {
      const response = answer(request, server);
      if (response instanceof Promise) return response.then((settled) => (state.isRetiring ? willClose(settled) : settled));
      return state.isRetiring ? willClose(response) : response;
    };
    const tls = [...certificates];
    return { server: Bun.serve({ ...SERVE_LIMITS, hostname, port, reusePort: true, tls, http2: true, fetch, error }), state };
  }

  let current = openingTcp(options, () => serve(options.port, options.certificates));
  const port = current.server.port!;
  const retired = new Set<Promise<void>>();

  return {
    port,
    async setCertificates(certificates) {
      const old = current;
      current = serve(port, certificates);
      old.state.isRetiring = true;
      await Bun.sleep(MOVING_TIME);
      const draining = stopServer(old.server, true).finally(() => retired.delete(draining));
      retired.add(draining);
    },
    async stop(drain) {
      current.state.isRetiring = true;
      await Promise.all([stopServer(current.server, drain), ...(drain ? retired : [])]);
    },
  };
}
