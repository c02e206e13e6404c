/**
 * Clear-text viewers: HTTP/1.1 only. CloudFront speaks HTTP/2 over TLS only (facts 10.4), so h2c is not offered.
 * Redirecting to HTTPS is the viewer protocol policy's, in core/viewer-request/viewer-protocol.ts.
 */
import { answerMistake, answerViewers } from './answer-viewers.ts';
import { openingTcp, SERVE_LIMITS, type Listener, type ListenOptions } from './listener.ts';
import { stopServer } from './stop-server.ts';

export function listenClear(options: ListenOptions): Listener {
  const { hostname, port, handler, report } = options;
  const server = openingTcp(options, () =>
    Bun.serve({
      ...SERVE_LIMITS,
      hostname,
      port,
      fetch: answerViewers(handler, { scheme: 'http', httpVersion: '1.1' }),
      error: answerMistake(report),
    }),
  );
  return { port: server.port!, stop: (drain) => stopServer(server, drain) };
}
